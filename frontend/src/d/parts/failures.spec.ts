import { describe, expect, it } from 'vitest'

import { problemIn, Unreachable } from '@/api/problem'

import { failureOf } from './failures'

const refused = (status: number) => problemIn(status, { type: '/problems/x', title: '', detail: '没有这件案件', status, basis: null, problems: [] })

describe('what is said of something that did not come', () => {
  it('asks again only where that may help', () => {
    const offered = [new Unreachable(), new TypeError('Failed to fetch'), problemIn(502, '<html>'), refused(503), refused(429), refused(403), refused(404), refused(422)]
    expect(offered.map((error) => failureOf(error).again)).toEqual([true, true, true, true, true, false, false, false])
  })
  it('keeps the words of a refusal, and none of a broken program', () => {
    expect(failureOf(refused(404)).title).toBe('没有这件案件')
    for (const error of [new TypeError('Failed to fetch'), problemIn(502, '<html>Bad Gateway')]) {
      const { title, text } = failureOf(error)
      expect(title + text).not.toMatch(/[A-Za-z]/)
    }
  })
})
