import './theme.css'

import { createApp } from 'vue'

import { watchIdle } from '@/offline/lock'
import { watchNetwork } from '@/offline/sender'
import { look } from '@/offline/vault'

import App from './App.vue'
import { router } from './router'
import { applyTextSize } from './textSize'

async function start(): Promise<void> {
  await Promise.all([look(), applyTextSize()])
  createApp(App).use(router).mount('#app')
  watchIdle(() => {
    if (!router.currentRoute.value.meta.free) void router.replace('/pin')
  })
  watchNetwork()
  if ('serviceWorker' in navigator) void import('./updates').then((updates) => updates.watch())
}

void start()
