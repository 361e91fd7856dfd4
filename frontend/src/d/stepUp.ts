/** Showing a second factor before what needs it: the question is put once, then asked again. */
import { ref } from 'vue'

import { AppError, type Problem } from '@/api/problem'

interface Waiting { problem: Problem; shown: (done: boolean) => void }

/** What the dialog has to ask for; null while nothing waits. */
export const waiting = ref<Waiting | null>(null)

/** What `ask` gives, after a second factor where the server wants one. Throws as `ask` does; its
 * `second-factor-needed` where the user turned away. */
export async function withStepUp<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof AppError) || error.type !== 'second-factor-needed') throw error
    const shown = await new Promise<boolean>((done) => (waiting.value = { problem: error.problem, shown: done }))
    waiting.value = null
    if (!shown) throw error
    return ask()
  }
}
