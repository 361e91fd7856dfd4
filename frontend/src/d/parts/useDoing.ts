/** One thing asked of the server at a time: whether it is under way, and in words why it did not come off. */
import { ref } from 'vue'

import { wordsOf } from '@/api/problem'

export function useDoing(said: (error: unknown) => string = wordsOf) {
  const busy = ref(false)
  const failure = ref<string | null>(null)

  async function doing(work: () => Promise<void>): Promise<void> {
    busy.value = true
    failure.value = null
    try {
      await work()
    } catch (error) {
      failure.value = said(error)
    } finally {
      busy.value = false
    }
  }
  return { busy, failure, doing }
}
