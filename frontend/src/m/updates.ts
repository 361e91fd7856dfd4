/** The service worker, and a new version of the shell: taken when its user says so, never by itself. */
import { ref } from 'vue'
import { Workbox } from 'workbox-window'

export const updateReady = ref(false)
let workbox: Workbox | null = null

export async function watch(): Promise<void> {
  workbox = new Workbox('/m/sw.js', { scope: '/m/' })
  workbox.addEventListener('waiting', () => (updateReady.value = true))
  await workbox.register()
}

/** Take the new version. Called where no form is open. */
export function update(): void {
  workbox?.addEventListener('controlling', () => location.reload())
  workbox?.messageSkipWaiting()
}
