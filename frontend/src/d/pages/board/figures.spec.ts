import { describe, expect, it } from 'vitest'

import { goalOf, type Indicator, partsWords, periodsOf, valueWords } from './figures'

const figure = (more: Partial<Indicator>) => ({ value: null, numerator: null, denominator: null, text: null, suppressed: false, unit: '%', target: null, ...more }) as Indicator
const target = (text: string, direction = '↑') => ({ code: 'T', text, direction })

describe('a figure in words', () => {
  it('is what it is, or what stands in its place', () => {
    expect(valueWords(figure({ value: 80.263 }), '%')).toBe('80.3%')
    expect(valueWords(figure({ value: 1200 }), '件')).toBe('1,200 件')
    expect(valueWords(figure({ text: '<5', suppressed: true }), '%')).toBe('<5')
    expect(valueWords(figure({ text: '未报送' }), '人')).toBe('未报送')
    expect(valueWords(figure({}), '%')).toBe('没有可统计的')
    expect(partsWords(figure({ numerator: 183, denominator: 228 }))).toBe('183 / 228')
    expect(partsWords(figure({ numerator: 183 }))).toBe('')
  })

  it('stands beside its target, by the way the plan wants it to go', () => {
    expect(goalOf(figure({ value: 96.9, target: target('稳定在≥95%') }))).toEqual({ value: 95, met: true, gap: '已达目标' })
    expect(goalOf(figure({ value: 96.9, target: target('98.5%') }))).toEqual({ value: 98.5, met: false, gap: '差 1.6 个百分点' })
    expect(goalOf(figure({ value: 3, unit: '件', target: target('≤2 件', '↓') }))?.met).toBe(false)
    expect(goalOf(figure({ value: null, target: target('100%') }))?.met).toBeNull()
    expect(goalOf(figure({ value: 5, target: target('提高') }))).toBeNull()
  })
})

it('offers only periods that have begun', () => {
  expect(periodsOf(2026, '2026-04-02').map((one) => one.value)).toEqual(['2026', '2026Q1', '2026Q2', '2026-01', '2026-02', '2026-03', '2026-04'])
  expect(periodsOf(2025, '2026-04-02')).toHaveLength(17)
})
