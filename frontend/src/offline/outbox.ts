/** Records on their way to the server: put in, changed until they were first sent, listed. */
import { ref } from 'vue'

import { uuid7 } from '@/domain/uuid'
import type { Problem } from '@/api/problem'

import { toBase64 } from './base64'
import { sealLetter } from './letters'
import type { Photo } from './photos'
import { database, type Item, STRICT } from './store'
import { owner, seal, sealBytes, unseal, unsealBytes } from './vault'

/** What was recorded, as the owner sees it again. */
export interface Record {
  kind: string
  name: string
  case_id: string | null
  /** The neutral line the list shows: 登记 · 11:20. */
  title: string
  /** The body of the operation. */
  command: { id: string; happened_at: string; answers: object; area?: number | null }
  problem?: Problem | null
  number?: string | null
}

export interface Listed { item: Item; record: Record | null }

const channel = new BroadcastChannel('outbox')
/** Grows whenever something in the outbox changed, here or in another tab. */
export const revision = ref(0)
channel.onmessage = () => void revision.value++

export function changed(): void {
  revision.value++
  channel.postMessage('changed')
}

async function put(...items: Item[]): Promise<void> {
  const tx = (await database()).transaction('outbox', 'readwrite', STRICT)
  await Promise.all([...items.map((item) => tx.store.put(item)), tx.done])
  changed()
}

export type Writing = Omit<Record, 'command'> & { command: Omit<Record['command'], 'id'> }

/** A photo is attached to the case of its record by a command of its own. */
export const ATTACHED = 'attached'
export interface Photos { what: string; title: string; photos: Photo[] }

/** Put a record in with its photos, on disk before this resolves: each once sealed to the server,
 * once for its owner. An item that came back is replaced under its own id. */
export async function enqueue(record: Writing, id = uuid7(), taken: Photos | null = null): Promise<string> {
  const items = [await sealed(record, id)]
  for (const photo of taken?.photos ?? []) {
    const about: Writing = {
      kind: record.kind, name: ATTACHED, case_id: record.case_id ?? id, title: taken!.title,
      command: { happened_at: record.command.happened_at, answers: { what: taken!.what } },
    }
    items.push({ ...await sealed(about, uuid7(), photo.bytes), after: id, photo: await sealBytes(photo.bytes) })
  }
  await put(...items)
  return id
}

async function sealed(record: Writing, id: string, photo: Uint8Array<ArrayBuffer> | null = null): Promise<Item> {
  const account = owner()
  const device = await (await database()).get('device', 'own')
  if (account === null || !device) throw new Error('locked')
  const whole: Record = { ...record, command: { id, ...record.command } }
  const { kind, name, case_id, command } = whole
  const text = JSON.stringify({ account_id: account, kind, name, case_id, command })
  const letter = await sealLetter(device.point, text, id, photo)
  return {
    id, account, state: 'queued', tried: false, attempts: 0, nextAt: 0, madeAt: Date.now(),
    letter: toBase64(letter), body: await seal(whole),
  }
}

/** A photo in the outbox, for its owner; null where it is none, or was delivered. */
export async function photoOf(item: Item): Promise<Blob | null> {
  if (!item.photo) return null
  return new Blob([await unsealBytes(item.photo)], { type: 'image/jpeg' })
}

/** Everything in the outbox, the oldest first; without its record where the PIN that sealed it is
 * gone. */
export async function listed(): Promise<Listed[]> {
  const items = await (await database()).getAll('outbox')
  return Promise.all(
    items.map(async (item) => ({
      item,
      record: item.body ? await unseal<Record>(item.body).catch(() => null) : null,
    })),
  )
}

/** How many records the server does not have yet. */
export async function waiting(): Promise<number> {
  const items = await (await database()).getAll('outbox')
  return items.filter((item) => item.state === 'queued' || item.state === 'invalid').length
}

export async function itemOf(id: string): Promise<Listed | null> {
  const item = await (await database()).get('outbox', id)
  if (!item) return null
  const record = item.body ? await unseal<Record>(item.body).catch(() => null) : null
  return { item, record }
}

/** Note something about an item, and in its owner's copy where that can be opened. */
export async function note(id: string, news: Partial<Item>, told: Partial<Record> = {}): Promise<void> {
  const found = await itemOf(id).catch(() => null)
  const item = found?.item ?? (await (await database()).get('outbox', id))
  if (!item) return
  const body = found?.record ? await seal({ ...found.record, ...told }) : item.body
  await put({ ...item, body, ...news })
}

/** Take an item away for good, and the photos that wait for it: its owner said so, or it was
 * delivered long ago. */
export async function drop(id: string): Promise<void> {
  const tx = (await database()).transaction('outbox', 'readwrite', STRICT)
  for (const item of await tx.store.getAll()) {
    if (item.id === id || (item.after === id && item.state === 'queued')) await tx.store.delete(item.id)
  }
  await tx.done
  changed()
}

/** The supervisor decided about these: nothing is left to do here. */
export async function settle(ids: string[]): Promise<void> {
  const items = await (await database()).getAll('outbox')
  for (const item of items) if (item.state === 'conflict' && ids.includes(item.id)) await note(item.id, { state: 'settled' })
}

const WEEK = 7 * 86_400_000

/** Receipts older than a week are of no use to anybody. */
export async function sweep(now = Date.now()): Promise<void> {
  for (const item of await (await database()).getAll('outbox')) {
    const done = item.state !== 'queued' && item.state !== 'invalid'
    if (done && now - item.madeAt > WEEK) await drop(item.id)
  }
}

/** The queue as a file for whoever helps when the phone fails: letters only, open nowhere here. */
export async function rescue(): Promise<Blob> {
  const items = await (await database()).getAll('outbox')
  const letters = items
    .filter((item) => item.letter !== null)
    .map((item) => ({ id: item.id, sealed: item.letter }))
  return new Blob([JSON.stringify({ items: letters })], { type: 'application/json' })
}
