/** Opening a case and taking a step in one, of whatever kind: the paths are typed by kind, here the
 * kind is known at run time only. */
import { uuid7 } from '@/domain/uuid'
import type { Answers } from '@/forms/rules'

import { dataOf, POST } from './client'
import type { components } from './schema'
import { clockOffset } from './session'

export type Receipt = components['schemas']['ReceiptShown']
export interface Command { id: string; happened_at: string; clock_offset: number; answers: Answers; area?: number }

/** New words for some answers of an earlier event; null takes one back. */
export interface Correction extends Command { event_id: string; reason: string }

type Asked = Promise<{ data?: Receipt; error?: unknown; response: Response }>
const post = POST as unknown as (path: string, init: { body: Command }) => Asked

/** A command about something that happened then; sent again unchanged, it is carried out once. */
export const command = (answers: Answers, happenedAt: string, area?: number | null, id = uuid7()): Command => ({
  id, happened_at: happenedAt, clock_offset: clockOffset.value, answers, ...(area ? { area } : {}),
})

/** Throws AppError for a refusal, Unreachable without an answer: then send the same command again. */
export const openCase = (kind: string, sent: Command): Promise<Receipt> =>
  dataOf(post(`/api/v1/cases/${kind}`, { body: sent }))

/** As `openCase`. */
export const act = (kind: string, caseId: string, action: string, sent: Command): Promise<Receipt> =>
  dataOf(post(`/api/v1/cases/${kind}/${caseId}/${action}`, { body: sent }))

/** As `openCase`. */
export const correct = (kind: string, caseId: string, sent: Correction): Promise<Receipt> =>
  dataOf(post(`/api/v1/cases/${kind}/${caseId}/correct`, { body: sent }))
