import './theme.css'

import { createApp, defineAsyncComponent } from 'vue'

import { forget, onLost, renew } from '@/api/session'
import { PICKER } from '@/forms/ui/picker'
import { watchIdle } from '@/offline/lock'
import { watchNetwork } from '@/offline/sender'
import { forgetTasks } from '@/offline/tasks'
import { access, look, wipe } from '@/offline/vault'

import App from './App.vue'
import { router } from './router'
import { applyTextSize } from './textSize'

async function start(): Promise<void> {
  await Promise.all([look(), applyTextSize()])
  createApp(App).provide(PICKER, defineAsyncComponent(() => import('./form/PickedInput.vue'))).use(router).mount('#app')
  watchIdle(() => {
    if (!router.currentRoute.value.meta.free) void router.replace('/pin')
  })
  onLost(async () => {
    await wipe()
    forgetTasks()
    await router.replace('/login')
  })
  // A locked phone asks, too: it may have been lost.
  if (access.value === 'locked') void renew().then(forget, () => undefined)
  watchNetwork()
  preload()
  if ('serviceWorker' in navigator) void import('./updates').then((updates) => updates.watch())
}

/** The pages needed where there is no network are in memory before it is gone. */
function preload(): void {
  setTimeout(() => {
    for (const page of [import('./pages/QuickLog.vue'), import('./form/FormPage.vue'), import('./pages/Outbox.vue')]) {
      page.catch(() => undefined) // no network yet: the page asks again when it is opened
    }
  }, 2_000)
}

void start()
