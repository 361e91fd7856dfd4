/** Sends what is in the outbox. One sender for all tabs, in the order of recording. */
import { computed, ref } from 'vue'

import { dataOf, POST } from '@/api/client'
import { AppError } from '@/api/problem'
import type { components } from '@/api/schema'
import { clockOffset } from '@/api/session'

import { note, sweep } from './outbox'
import { database, type Item } from './store'
import { seen } from './vault'

type Verdict = components['schemas']['Verdict']

const MOST = 20
const BYTES = 180_000
const LONGEST = 300_000

/** idle · sending · offline: no answer · signed-out: sign in again, nothing is lost. */
export const state = ref<'idle' | 'sending' | 'offline' | 'signed-out'>('idle')
export const lastSentAt = ref<number | null>(null)
const nextAt = ref<number | null>(null)
/** When the next try comes by itself; null when nothing waits. */
export const nextTry = computed(() => nextAt.value)

let timer: ReturnType<typeof setTimeout> | undefined
let most = MOST

/** 2, 4, 8 … seconds, at most five minutes. */
export const pause = (attempts: number): number => Math.min(1000 * 2 ** attempts, LONGEST)

/** Send what is due. `now` sends everything that waits, whatever its pause. */
export async function flush(at: 'due' | 'now' = 'due'): Promise<void> {
  clearTimeout(timer)
  await navigator.locks.request('outbox', { ifAvailable: true }, async (held) => {
    if (!held) return
    await sweep()
    let first = at
    while (await sendSome(first)) first = 'due'
  })
  await wakeLater()
}

/** The next few that are due; false when none is, or the way is barred. */
async function sendSome(at: 'due' | 'now'): Promise<boolean> {
  const queued = await queue()
  const due = queued.filter((item) => at === 'now' || item.nextAt <= Date.now())
  const batch = firstOf(due)
  if (batch.length === 0) {
    if (queued.length === 0) state.value = 'idle'
    return false
  }
  state.value = 'sending'
  for (const item of batch) if (!item.tried) await note(item.id, { tried: true })
  try {
    const verdicts = await dataOf(POST('/api/v1/sync', { body: {
      clock_offset: clockOffset.value,
      items: batch.map((item) => ({ id: item.id, sealed: item.letter! })),
    } }))
    most = MOST
    lastSentAt.value = Date.now()
    await seen()
    for (const verdict of verdicts.items) await take(verdict, batch)
    return true
  } catch (error) {
    return await failed(error, batch)
  }
}

/** What may be sent: words before photos, and no photo before the record it belongs to was taken. */
async function queue(): Promise<Item[]> {
  const items = await (await database()).getAll('outbox')
  const open = new Set(items.filter(({ state }) => state === 'queued' || state === 'invalid').map(({ id }) => id))
  const queued = items.filter((item) => item.state === 'queued' && item.letter !== null)
  return [...queued.filter(({ after }) => !after), ...queued.filter(({ after }) => after && !open.has(after))]
}

function firstOf(due: Item[]): Item[] {
  const batch: Item[] = []
  let bytes = 0
  for (const item of due.slice(0, most)) {
    bytes += item.letter!.length
    if (batch.length > 0 && bytes > BYTES) break
    batch.push(item)
  }
  return batch
}

async function take(verdict: Verdict, batch: Item[]): Promise<void> {
  const item = batch.find(({ id }) => id === verdict.id)
  if (!item) return
  const problem = verdict.problem ?? null
  switch (verdict.status) {
    case 'done':
      return note(item.id, { state: 'sent', letter: null, ...(item.photo ? { photo: null } : {}) }, {
        number: verdict.receipt?.number ?? null, problem: null,
        // What was written is with the server now, and no longer needed here.
        command: { id: item.id, happened_at: '', answers: {} },
      })
    case 'conflict':
      return note(item.id, { state: 'conflict', letter: null }, { problem })
    case 'invalid':
      return note(item.id, { state: 'invalid', tried: false }, { problem })
    case 'later':
      return postpone(item)
  }
}

async function failed(error: unknown, batch: Item[]): Promise<boolean> {
  if (error instanceof AppError && error.status === 401) {
    state.value = 'signed-out'
    return false
  }
  if (error instanceof AppError && error.status === 413 && batch.length > 1) {
    most = Math.ceil(batch.length / 2)
    return true
  }
  state.value = 'offline'
  for (const item of batch) await postpone(item)
  return false
}

function postpone(item: Item): Promise<void> {
  const attempts = item.attempts + 1
  return note(item.id, { attempts, nextAt: Date.now() + pause(attempts) })
}

async function wakeLater(): Promise<void> {
  const times = (await queue()).map((item) => item.nextAt)
  nextAt.value = times.length > 0 && state.value !== 'signed-out' ? Math.min(...times) : null
  if (nextAt.value === null) return
  timer = setTimeout(() => void flush(), Math.max(nextAt.value - Date.now(), 500))
}

/** Send whenever the network comes back or the page is looked at again. */
export function watchNetwork(): void {
  addEventListener('online', () => void flush('now'))
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void flush()
  })
}
