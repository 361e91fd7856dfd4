/** Keeping what is typed: a moment after the last change, and at once when the form is left. */
import { onScopeDispose, watch } from 'vue'

const PAUSE = 300

export interface Keeping {
  /** Keep it now, and wait until it is kept. */
  keepNow: () => Promise<void>
  /** It was saved for good: nothing is kept from here on. */
  stop: () => void
}

export function useKeeping<T extends object>(typed: T, keep: (now: T) => Promise<void> | void): Keeping {
  let timer: ReturnType<typeof setTimeout> | undefined

  async function keepNow(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    await keep(JSON.parse(JSON.stringify(typed)) as T)
  }
  const unwatch = watch(typed, () => {
    clearTimeout(timer)
    timer = setTimeout(() => void keepNow(), PAUSE)
  }, { flush: 'sync', deep: true })

  function stop(): void {
    unwatch()
    clearTimeout(timer)
    timer = undefined
  }
  onScopeDispose(() => {
    if (timer !== undefined) void keepNow()
  })
  return { keepNow, stop }
}
