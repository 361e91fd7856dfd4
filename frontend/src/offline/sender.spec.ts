import 'fake-indexeddb/auto'

import { beforeEach, expect, it, vi } from 'vitest'

import { enqueue, listed, waiting } from './outbox'
import { flush, nextTry, pause, state } from './sender'
import { database } from './store'
import * as vault from './vault'

const answers: (() => Response)[] = []
const sent: string[][] = []

/** The server, as the network shows it: a session that stands, and the answers laid ready. */
async function server(input: Request | string): Promise<Response> {
  if (typeof input === 'string') return Response.json({ access_token: 'token' })
  const { items } = (await input.json()) as { items: { id: string }[] }
  sent.push(items.map((item) => item.id))
  return answers.shift()!()
}

const lost = () => {
  throw new TypeError('Failed to fetch')
}
const refused = (status: number) => () =>
  Response.json({ type: '/problems/x', title: '', status, detail: '', basis: null, problems: [] }, { status })
const verdicts = (...statuses: string[]) => () => Response.json({
  items: sent.at(-1)!.map((id, at) => ({
    id, status: statuses[at], receipt: { number: '告诫〔2026〕00001号' },
    problem: { type: '/problems/x', title: '', status: 422, detail: '请改', basis: null, problems: [] },
  })),
})
const record = { kind: 'dv_warning', name: 'opened', case_id: null, title: '情况登记', command: { happened_at: '', answers: { what_happened: '吵架' } } }
const states = async () => (await listed()).map(({ item }) => item.state)

beforeEach(async () => {
  vi.stubGlobal('fetch', server)
  const request = (_: string, __: object, run: (held: object) => Promise<void>) => run({})
  Object.defineProperty(navigator, 'locks', { configurable: true, value: { request } })
  const db = await database()
  await Promise.all([...db.objectStoreNames].map((name) => db.clear(name)))
  const pair = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, false, ['deriveBits'])
  await vault.enrol('246810', 7, new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)))
  sent.length = answers.length = 0
})

it('keeps the words of what was delivered no longer', async () => {
  await enqueue(record)
  answers.push(verdicts('done'))
  await flush()
  const [one] = await listed()
  expect(one!.item.state).toBe('sent')
  expect(one!.item.letter).toBeNull()
  expect(JSON.stringify(one!.record)).not.toContain('吵架')
  expect(one!.record!.number).toBe('告诫〔2026〕00001号')
})

it('takes each verdict for its own record', async () => {
  for (let n = 0; n < 4; n++) await enqueue(record)
  answers.push(verdicts('done', 'conflict', 'invalid', 'later'))
  await flush()
  expect(await states()).toEqual(['sent', 'conflict', 'invalid', 'queued'])
  expect(await waiting()).toBe(2)
  expect(nextTry.value).not.toBeNull()
})

it.each([['lost', lost], ['503', refused(503)], ['429', refused(429)], ['500', refused(500)]])('never gives up: %s', async (_, answer) => {
  await enqueue(record)
  answers.push(answer)
  await flush()
  expect(state.value).toBe('offline')
  const [one] = await listed()
  expect(one!.item).toMatchObject({ state: 'queued', attempts: 1, tried: true })
  answers.push(verdicts('done'))
  await flush()
  expect(sent.length).toBe(1)
  await flush('now')
  expect(await states()).toEqual(['sent'])
})

it('waits for the next sign-in', async () => {
  await enqueue(record)
  answers.push(refused(401), refused(401))
  await flush()
  expect(state.value).toBe('signed-out')
  expect(await states()).toEqual(['queued'])
})

it('sends less at once to a server that finds it too much', async () => {
  for (let n = 0; n < 4; n++) await enqueue(record)
  answers.push(refused(413), verdicts('done', 'done'), verdicts('done', 'done'))
  await flush()
  expect(sent.map((ids) => ids.length)).toEqual([4, 2, 2])
  expect(await states()).toEqual(['sent', 'sent', 'sent', 'sent'])
})

it('sends no photo before its record was put right', async () => {
  const bytes = new Uint8Array([0xff, 0xd8])
  const id = await enqueue(record, undefined, { what: '现场照片', title: '照片', photos: [{ id: 'p', bytes }] })
  answers.push(verdicts('invalid'))
  await flush()
  expect(sent).toEqual([[id]])
  expect(await states()).toEqual(['invalid', 'queued'])
  await enqueue(record, id)
  answers.push(verdicts('done'), verdicts('done'))
  await flush('now')
  expect(sent.map((ids) => ids.length)).toEqual([1, 1, 1])
  expect(await states()).toEqual(['sent', 'sent'])
})

it('waits twice as long each time, five minutes at most', () => {
  expect([1, 2, 3, 8, 9, 20].map(pause)).toEqual([2000, 4000, 8000, 256_000, 300_000, 300_000])
})
