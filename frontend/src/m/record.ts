/** Saving a form: into the outbox, and on its way if there is a network. */
import { timeOf } from '@/domain/deadline'
import type { Answers } from '@/forms/rules'
import { keep, kept } from '@/offline/kept'
import { enqueue, type Record as Written } from '@/offline/outbox'
import type { Photo } from '@/offline/photos'
import { flush } from '@/offline/sender'
import { definitions, me } from '@/offline/tasks'

export const OPENED = 'opened'

export interface Saving { kind: string; name: string; caseId: string | null; answers: Answers; area?: number | null; id?: string; happenedAt?: string; photos?: Photo[] }

/** Keep a record for sending; its id. It is safe on the phone when this resolves. */
export async function record(saving: Saving): Promise<string> {
  const { kind, name, caseId, answers, area, id } = saving
  const command: Omit<Written['command'], 'id'> = {
    happened_at: saving.happenedAt ?? new Date().toISOString(), answers,
    ...(name === OPENED && area ? { area } : {}),
  }
  if (area) await keep('lastArea', area)
  const time = timeOf(new Date())
  const title = `${titleOf(kind, name)} ${time}`
  const taken = { what: photosShow(kind, name), title: `照片 ${time}`, photos: saving.photos ?? [] }
  const made = await enqueue({ kind, name, case_id: caseId, title, command }, id, taken)
  void flush()
  return made
}

/** What photos of a step are: of a visit, of what was seen as it happened, or of what proves it. */
function photosShow(kind: string, name: string): string {
  return kind === 'left_behind_visit' ? 'visit' : name === OPENED ? 'injury' : 'evidence'
}

/** A neutral name of a step: what it is, never about whom. */
export function titleOf(kind: string, name: string): string {
  const defined = definitions.value?.kinds.find((one) => one.name === kind)
  if (name === OPENED) return '情况登记'
  return defined?.actions.find((action) => action.name === name)?.title ?? '记录'
}

/** Where the last record was made; else the village or town one works in. */
export async function usualArea(): Promise<number | null> {
  const last = await kept<number>('lastArea')
  return last ?? me.value?.roles.find((held) => held.area % 1_000_000 !== 0)?.area ?? null
}
