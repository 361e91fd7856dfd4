/** Forms that were not finished: in memory, for the one who typed them, until this page is closed. */
import type { Answers } from '@/forms/rules'

import { me } from './known'

export interface Draft { answers: Answers; area: number | null; happenedAt: string }

const drafts = new Map<string, Draft>()
const key = (name: string) => `${me.value?.id} ${name}`

export const draft = (name: string): Draft | undefined => drafts.get(key(name))
export const keepDraft = (name: string, typed: Draft): void => void drafts.set(key(name), typed)
export const dropDraft = (name: string): void => void drafts.delete(key(name))

/** Nobody else's: another account signed in on this page. */
export function dropOthers(): void {
  for (const name of drafts.keys()) if (!name.startsWith(`${me.value?.id} `)) drafts.delete(name)
}

/** Closing the window would lose them: the browser asks first. */
export function askBeforeClosing(): void {
  addEventListener('beforeunload', (event) => {
    if (drafts.size > 0) event.preventDefault()
  })
}
