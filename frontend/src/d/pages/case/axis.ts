/** Clocks of several cases on one axis of time. */
import type { components } from '@/api/schema'

export type Deadline = components['schemas']['DeadlineShown']

export interface Bar {
  id: string
  title: string
  /** Percent of the axis. */
  left: number
  width: number
  kind: 'met' | 'late' | 'overdue' | 'running' | 'dropped' | 'paused'
  startedAt: string
  dueAt: string
}
export interface Axis { from: number; to: number; now: number; ticks: { at: number; words: string }[] }

const DAY = 86_400_000

/** Where a bar ends: a clock that was met or dropped early says nothing of the time after. */
const ended = (due: Deadline) => due.met_at ?? due.dropped_at ?? due.due_at

export function axisOf(deadlines: Deadline[], now: Date): Axis {
  const moments = deadlines.flatMap((due) => [Date.parse(due.started_at), Date.parse(ended(due))])
  const from = Math.min(...moments, now.getTime()) - DAY
  const to = Math.max(...moments, now.getTime()) + DAY
  const place = (moment: number) => ((moment - from) / (to - from)) * 100
  return { from, to, now: place(now.getTime()), ticks: ticks(from, to).map((moment) => ({ at: place(moment), words: words(moment, to - from) })) }
}

export function barOf(due: Deadline, { from, to }: Axis): Bar {
  const place = (moment: string) => ((Date.parse(moment) - from) / (to - from)) * 100
  const left = place(due.started_at)
  return {
    id: due.id, title: due.round > 1 ? `${due.title}（第 ${due.round} 次）` : due.title, left, width: Math.max(place(ended(due)) - left, .6), startedAt: due.started_at, dueAt: due.due_at,
    kind: due.status === 'running' ? (due.overdue ? 'overdue' : 'running') : due.status === 'met' ? (due.late ? 'late' : 'met') : due.status,
  }
}

/** At most seven moments, at even distances of whole days. */
function ticks(from: number, to: number): number[] {
  const step = Math.max(1, Math.ceil((to - from) / DAY / 7)) * DAY
  const first = Math.ceil(from / DAY) * DAY
  return Array.from({ length: Math.floor((to - first) / step) + 1 }, (_, at) => first + at * step)
}

const dayWords = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', month: 'numeric', day: 'numeric' })
const monthWords = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', year: 'numeric', month: 'numeric' })
const words = (moment: number, span: number) => (span > 300 * DAY ? monthWords : dayWords).format(moment)
