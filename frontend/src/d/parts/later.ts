/** A part that few come for, downloaded when it is shown: what is seen meanwhile, and where it does not come. */
import { type Component, defineAsyncComponent } from 'vue'

import Broken from './Broken.vue'
import Loading from './Loading.vue'

export const later = <Part extends Component>(loader: () => Promise<{ default: Part }>) =>
  defineAsyncComponent({ loader, loadingComponent: Loading, errorComponent: Broken })
