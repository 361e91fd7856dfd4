import 'fake-indexeddb/auto'

import { beforeEach, describe, expect, it } from 'vitest'

import { kept, keep, keepDraft, draft } from './kept'
import { enqueue, listed } from './outbox'
import { database } from './store'
import * as vault from './vault'

const record = { kind: 'dv_warning', name: 'opened', case_id: null, title: '情况登记', command: { happened_at: '2026-11-25T10:00:00Z', answers: { what_happened: '吵架' } } }

async function point(): Promise<Uint8Array<ArrayBuffer>> {
  const pair = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, false, ['deriveBits'])
  return new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))
}

beforeEach(async () => {
  const db = await database()
  await Promise.all([...db.objectStoreNames].map((name) => db.clear(name)))
  await vault.enrol('246810', 7, await point())
})

describe('the PIN', () => {
  it('opens what it sealed, and no other does', async () => {
    await keep('tasks', { name: '林' })
    vault.lock()
    expect(vault.access.value).toBe('locked')
    await expect(kept('tasks')).rejects.toThrow()
    expect(await vault.unlock('000000')).toEqual({ left: 9 })
    expect(await vault.unlock('246810')).toBe('open')
    expect(await kept('tasks')).toEqual({ name: '林' })
    // The right one makes the wrong ones before it forgotten.
    expect(await vault.unlock('000000')).toEqual({ left: 9 })
  })

  it('wipes after ten wrong ones, and leaves the letters', async () => {
    await keepDraft('log', { text: '没写完' })
    await enqueue(record)
    vault.lock()
    for (let left = 9; left > 0; left--) expect(await vault.unlock('111111')).toEqual({ left })
    expect(await vault.unlock('111111')).toBe('wiped')
    expect(vault.access.value).toBe('none')
    const db = await database()
    expect(await db.count('device')).toBe(0)
    expect(await db.count('drafts')).toBe(0)
    const [item] = await db.getAll('outbox')
    expect(item!.letter).not.toBeNull()
    expect(item!.body).toBeNull()
  })

  it('wipes what the server has not seen for three days', async () => {
    await vault.seen(Date.now() - vault.LONGEST_UNSEEN - 1)
    await vault.look()
    expect(vault.access.value).toBe('none')
    expect(await (await database()).count('device')).toBe(0)
  })

  it('is stretched, and its key cannot be taken out', async () => {
    const device = await (await database()).get('device', 'own')
    expect(device!.rounds).toBeGreaterThanOrEqual(600_000)
    expect(device!.key.extractable).toBe(false)
  })
})

it('keeps a record twice, neither of them to be read', async () => {
  await enqueue(record)
  const [one] = await listed()
  expect(one!.record!.command.answers).toEqual({ what_happened: '吵架' })
  const stored = one!.item
  const words = new TextDecoder().decode(stored.body!.data) + atob(stored.letter!)
  expect(words).not.toContain('吵架')
  expect(words).not.toContain('what_happened')
  vault.lock()
  const [locked] = await listed()
  expect(locked!.record).toBeNull()
  await vault.unlock('246810')
  expect(await draft('none')).toBeNull()
})
