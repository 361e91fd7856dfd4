/** When the page locks itself: five minutes without a touch, in all tabs; or at once. */
import { forget } from '@/api/session'

import { forgetTasks } from './tasks'
import { access, lock } from './vault'

export const IDLE = 5 * 60_000
export const NOTICE = '/m/notice'

type Said = { touched: number } | 'lock'
const channel = new BroadcastChannel('lock')
let touchedAt = Date.now()
let toldAt = 0

/** Lock this tab: keys, token and all that was read are gone from memory. */
function shut(): void {
  lock()
  forget()
  forgetTasks()
}

/** Lock all tabs. */
export function lockNow(): void {
  channel.postMessage('lock' satisfies Said)
  shut()
}

/** One tap in somebody's home: what was typed is kept, then the page is blank, then another. */
export async function quickExit(keepDraft: () => Promise<void>): Promise<void> {
  blank()
  try {
    await keepDraft()
  } finally {
    lockNow()
    location.replace(NOTICE)
  }
}

function blank(): void {
  document.documentElement.classList.add('covered')
}

function touch(): void {
  touchedAt = Date.now()
  if (touchedAt - toldAt > 5_000) {
    toldAt = touchedAt
    channel.postMessage({ touched: touchedAt } satisfies Said)
  }
}

function lockIfIdle(): void {
  if (access.value === 'open' && Date.now() - touchedAt >= IDLE) lockNow()
}

/** Watch for idleness; `locked` is called when this tab was locked. */
export function watchIdle(locked: () => void): void {
  for (const event of ['pointerdown', 'keydown', 'input'] as const) {
    addEventListener(event, touch, { passive: true, capture: true })
  }
  channel.onmessage = ({ data }: MessageEvent<Said>) => {
    if (data !== 'lock') touchedAt = Math.max(touchedAt, data.touched)
    else if (access.value === 'open') {
      shut()
      locked()
    }
  }
  setInterval(() => {
    const was = access.value
    lockIfIdle()
    if (was === 'open' && access.value !== 'open') locked()
  }, 5_000)
  document.addEventListener('visibilitychange', () => {
    const root = document.documentElement.classList
    if (document.visibilityState === 'hidden') root.add('covered')
    else {
      lockIfIdle()
      if (access.value !== 'open') locked()
      root.remove('covered')
    }
  })
  // A page that Back brings out of the browser's memory would show what was on it.
  addEventListener('pagehide', blank)
  addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload()
  })
}
