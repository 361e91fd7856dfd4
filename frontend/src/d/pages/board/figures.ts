/** Figures in words, and beside the target of the plan. */
import type { components } from '@/api/schema'

export type Indicator = components['schemas']['IndicatorShown']
export type Point = components['schemas']['PointShown']
type Figure = Pick<Indicator, 'value' | 'numerator' | 'denominator' | 'text' | 'suppressed'>

export const GROUPS = [
  { prefix: 'LAW', title: '妇女与法律' }, { prefix: 'FAM', title: '妇女与家庭建设' },
  { prefix: 'SS', title: '留守妇女关爱' }, { prefix: 'SOC', title: '妇女与社会保障' },
] as const

export const groupOf = (code: string): string => code.slice(0, code.indexOf('-'))

const number = new Intl.NumberFormat('zh-CN', { maximumFractionDigits: 1 })

/** 92.3%, 768 件, <5, 未报送, 没有可统计的 */
export function valueWords(figure: Figure, unit: string): string {
  if (figure.text) return figure.text
  if (figure.value === null) return '没有可统计的'
  return unit === '%' ? `${number.format(figure.value)}%` : `${number.format(figure.value)} ${unit}`
}

/** 183 / 228; empty where a figure has no such parts or does not show them. */
export function partsWords({ numerator, denominator }: Figure): string {
  return numerator === null || denominator === null ? '' : `${number.format(numerator)} / ${number.format(denominator)}`
}

export interface Goal { value: number; met: boolean | null; gap: string }

/** The number in a target such as “稳定在≥95%”; null for one in words only (“提高”). */
export function goalOf(indicator: Pick<Indicator, 'target' | 'unit' | 'value'>): Goal | null {
  const found = /(\d+(?:\.\d+)?)/.exec(indicator.target?.text ?? '')
  if (!found || !indicator.target) return null
  const goal = Number(found[1])
  if (indicator.value === null) return { value: goal, met: null, gap: '' }
  const less = indicator.target.direction === '↓'
  const met = less ? indicator.value <= goal : indicator.value >= goal
  const gap = number.format(Math.abs(indicator.value - goal))
  return { value: goal, met, gap: met ? '已达目标' : `差 ${gap} ${indicator.unit === '%' ? '个百分点' : indicator.unit}` }
}

/** 2026, 2026Q1…, 2026-01…: the periods of a year that have begun. */
export function periodsOf(year: number, today: string): { value: string; label: string }[] {
  const quarters = [1, 2, 3, 4].map((q) => ({ value: `${year}Q${q}`, label: `${year} 年第 ${q} 季度`, from: `${year}-${String(q * 3 - 2).padStart(2, '0')}` }))
  const months = Array.from({ length: 12 }, (_, at) => {
    const month = `${year}-${String(at + 1).padStart(2, '0')}`
    return { value: month, label: `${year} 年 ${at + 1} 月`, from: month }
  })
  const begun = [...quarters, ...months].filter((one) => one.from <= today.slice(0, 7))
  return [{ value: String(year), label: `${year} 年` }, ...begun.map(({ value, label }) => ({ value, label }))]
}
