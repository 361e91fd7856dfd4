/** Leaving: by one's own will, because nobody touched the page, or because the session ended. */
import { ref } from 'vue'

import { forget, signOut } from '@/api/session'

import { forgetKnown } from './known'
import { queries } from './queries'

/** As the server: fifteen minutes unused. This page asks for counts by itself, which the server
 * cannot tell from work. */
export const IDLE = 15 * 60_000
export const WARNING = 60_000

/** Seconds until the page leaves by itself; null while there are more than `WARNING`. */
export const leavingIn = ref<number | null>(null)

type Said = 'left' | { touched: number }
const channel = new BroadcastChannel('desk')
let touchedAt = Date.now()
let toldAt = 0

/** Nothing that was read stays behind. What was typed and not sent does, for the same account. */
function clear(): void {
  forget()
  forgetKnown()
  queries.clear()
  leavingIn.value = null
}

/** Sign out here and in the other windows of this browser. */
export async function leave(): Promise<void> {
  const told = signOut().catch(() => undefined) // without a network the session ends by itself
  clear()
  channel.postMessage('left' satisfies Said)
  await told
}

export const ended = clear

export function touch(): void {
  touchedAt = Date.now()
  leavingIn.value = null
  if (touchedAt - toldAt > 5_000) {
    toldAt = touchedAt
    channel.postMessage({ touched: touchedAt } satisfies Said)
  }
}

/** Watch for idleness while somebody is signed in; `left` is called when this page was left. */
export function watchIdle(inside: () => boolean, left: () => void): void {
  for (const event of ['pointerdown', 'keydown', 'wheel'] as const) {
    addEventListener(event, touch, { passive: true, capture: true })
  }
  channel.onmessage = ({ data }: MessageEvent<Said>) => {
    if (data !== 'left') touchedAt = Math.max(touchedAt, data.touched)
    else if (inside()) {
      clear()
      left()
    }
  }
  setInterval(() => {
    if (!inside()) return
    const rest = touchedAt + IDLE - Date.now()
    leavingIn.value = rest <= WARNING ? Math.max(0, Math.ceil(rest / 1000)) : null
    if (rest <= 0) void leave().then(left)
  }, 1_000)
  // A page that Back brings out of the browser's memory would show what was on it.
  addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload()
  })
}
