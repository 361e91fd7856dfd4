import './theme.css'

import { VueQueryPlugin } from '@tanstack/vue-query'
import { createApp } from 'vue'

import { PICKER } from '@/forms/ui/picker'

import App from './App.vue'
import { askBeforeClosing } from './drafts'
import { me } from './known'
import PickedInput from './parts/PickedInput.vue'
import { queries } from './queries'
import { router } from './router'
import { watchIdle } from './session'

createApp(App)
  .provide(PICKER, PickedInput)
  .use(VueQueryPlugin, { queryClient: queries })
  .use(router)
  .mount('#app')

askBeforeClosing()
watchIdle(() => me.value !== null, () => void router.replace({ path: '/login', query: { to: router.currentRoute.value.fullPath } }))
