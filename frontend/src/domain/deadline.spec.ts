import { describe, expect, it } from 'vitest'

import { agoWords, dueWords, momentWords } from './deadline'

const now = new Date('2026-11-25T10:00:00+08:00')
const due = (text: string) => dueWords(new Date(text), now)

describe('due moments in words', () => {
  it.each([
    ['2026-11-23T18:00:00+08:00', '逾期 2 天', 'overdue'],
    ['2026-11-24T23:30:00+08:00', '逾期 1 天', 'overdue'],
    ['2026-11-25T05:00:00+08:00', '逾期 5 小时', 'overdue'],
    ['2026-11-25T09:40:00+08:00', '刚刚逾期', 'overdue'],
    ['2026-11-25T18:30:00+08:00', '今天 18:30 前', 'today'],
    ['2026-11-25T23:59:59+08:00', '今天到期', 'today'],
    ['2026-11-26T00:00:00+08:00', '明天到期', 'soon'],
    ['2026-11-28T12:00:00+08:00', '剩 3 天', 'soon'],
    ['2026-11-30T12:00:00+08:00', '剩 5 天', 'later'],
    // 02:00 in Shanghai is the day before by UTC: the days are Shanghai's.
    ['2026-11-25T18:00:00Z', '明天到期', 'soon'],
  ])('%s is %s', (at, text, urgency) => {
    expect(due(at)).toEqual({ text, urgency })
  })
})

it('tells moments and how long ago they were', () => {
  expect(momentWords(new Date('2026-06-03T01:05:00Z'), now)).toBe('6月3日 09:05')
  expect(momentWords(new Date('2025-06-03T01:05:00Z'), now)).toBe('2025年6月3日 09:05')
  expect(agoWords(new Date('2026-11-25T09:59:40+08:00'), now)).toBe('刚刚')
  expect(agoWords(new Date('2026-11-25T07:00:00+08:00'), now)).toBe('3 小时前')
  expect(agoWords(new Date('2026-11-20T07:00:00+08:00'), now)).toBe('5 天前')
})
