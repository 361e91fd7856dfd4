import { expect, it } from 'vitest'

import type { components } from '@/api/schema'

import { historyOf, readable } from './danger'

type Event = components['schemas']['EventShown']

const SCALE = {
  items: { threatened: '威胁', stalked: '监视' }, vetoes: { suffocated: '勒脖子' },
  bands: [{ lowest: 0, level: 'low', title: '低危' }, { lowest: 4, level: 'medium', title: '中危' }, { lowest: 6, level: 'high', title: '高危' }],
} as unknown as components['schemas']['InstrumentShown']
const assessed = (seq: number, outcome: string, answers: Record<string, unknown>, more: Partial<Event> = {}) =>
  ({ id: `e${seq}`, seq, outcome, answers, happened_at: `2026-03-0${seq}T00:00:00Z`, replaced_by: null, ...more }) as Event

it('tells who raised it, who lowered it, and on which answers', () => {
  const high = assessed(2, 'high', { threatened: true, stalked: false, suffocated: true })
  const history = historyOf([assessed(3, 'low', { threatened: false, stalked: true, suffocated: false }), high, assessed(1, 'low', { threatened: true, stalked: false, suffocated: false })], SCALE)
  expect(history.map((one) => one.move)).toEqual(['lowered', 'raised', 'first'])
  expect(history.map((one) => one.now)).toEqual([['监视'], ['勒脖子'], ['威胁']])
  expect(history.map((one) => one.nowNot)).toEqual([['勒脖子', '威胁'], [], []])
})

it('measures a correction against what held before, not against what it corrected', () => {
  const wrong = assessed(2, 'high', { threatened: true, stalked: true, suffocated: true }, { replaced_by: 'e3' })
  const right = assessed(3, 'low', { threatened: true, stalked: false, suffocated: false }, { happened_at: wrong.happened_at })
  const history = historyOf([right, wrong, assessed(1, 'low', { threatened: true, stalked: false, suffocated: false })], SCALE)
  expect(history.map((one) => one.move)).toEqual(['same', 'corrected', 'first'])
  expect(history[0]!.now).toEqual([])
})

it('does not take the answers one may not read for answers of no', () => {
  expect(readable(assessed(1, 'high', { judged: 'high' }), SCALE)).toBe(false)
  expect(readable(assessed(1, 'low', { threatened: false }), SCALE)).toBe(true)
})
