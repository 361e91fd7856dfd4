/** The title on the bar where it depends on what is shown. The window's title never does. */
import { onScopeDispose, ref } from 'vue'

export const pageTitle = ref<string | null>(null)

export function usePageTitle(title: string): void {
  pageTitle.value = title
  onScopeDispose(() => (pageTitle.value = null))
}
