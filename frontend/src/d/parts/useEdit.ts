/** Edits made on a version: where somebody else was faster, both versions are shown, nothing is lost. */
import { ref, shallowRef } from 'vue'

import type { Tagged } from '@/api/client'
import { AppError, wordsOf } from '@/api/problem'

import { withStepUp } from '../stepUp'

export interface EditOptions<Shown, Body> {
  read: () => Promise<Tagged<Shown>>
  write: (body: Body, tag: string) => Promise<unknown>
  done: () => void
}

export function useEdit<Shown, Body>({ read, write, done }: EditOptions<Shown, Body>) {
  const busy = ref(false)
  const failure = ref<string | null>(null)
  /** What stands there now, and what was to be written over an older version. */
  const collision = shallowRef<{ mine: Body; theirs: Tagged<Shown> } | null>(null)

  async function save(body: Body, tag: string): Promise<void> {
    busy.value = true
    failure.value = null
    try {
      await withStepUp(() => write(body, tag))
      collision.value = null
      done()
    } catch (error) {
      if (error instanceof AppError && error.status === 412) collision.value = { mine: body, theirs: await read() }
      else failure.value = wordsOf(error)
    } finally {
      busy.value = false
    }
  }
  return { busy, failure, collision, save }
}
