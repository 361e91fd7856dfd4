/** The tabs of the worklist that somebody has: what each asks, and what it counts. */
import { dataOf, GET } from '@/api/client'
import type { components } from '@/api/schema'
import { dayOf } from '@/domain/deadline'

import { definitions, holdsOne, me, supervises } from '../../known'
import type { Page } from '../../parts/usePaged'

type Schemas = components['schemas']
export type Counts = Schemas['Counts']
export interface Asked { kind?: string; area?: string; overdue?: string }
/** A clock that runs, or a case; what is shown of either. */
export interface Row {
  id: string
  case_id: string
  number: string | null
  kind: string
  state_title: string
  danger: string | null
  area: number
  title: string
  basis: string
  due_at: string | null
}
export interface Tab {
  name: 'mine' | 'area' | 'overdue' | 'today' | 'unassigned' | 'conflicts'
  title: string
  /** What is said where there is nothing, and what would stand there. */
  empty: string
  begin: string
  /** A count above 0 stands out. */
  alarm?: boolean
  /** Whether all its rows are overdue, or none. */
  settled?: boolean
  count: (counts: Counts) => Schemas['Counted'] | null | undefined
  /** Without it the tab has a page of its own. */
  ask?: (asked: Asked, cursor: string | undefined) => Promise<Page<Row>>
}

const WHOLE_AREA = ['women_fed_village', 'women_fed_town', 'women_fed_district', 'police']
/** Who answers for the work of others sees all clocks of her area. */
const seesArea = () => holdsOne(WHOLE_AREA) || supervises()
/** Whose cases they are, they put somebody in charge where one has to be named. */
const assigns = () => definitions.value?.kinds.some((kind) => kind.in_charge !== null && kind.actions.some((action) => action.name === 'assign' && holdsOne(action.by))) ?? false

const where = ({ kind, area }: Asked) => ({ limit: 50, kind, area: area ? Number(area) : undefined })

const clocks = (scope: 'mine' | 'area', due?: 'overdue' | 'today'): Tab['ask'] => (asked, cursor) =>
  dataOf(GET('/api/v1/worklist', {
    params: { query: { ...where(asked), scope, due: due ?? (asked.overdue === 'true' ? 'overdue' : undefined), cursor } },
  }))

const unassigned: Tab['ask'] = async (asked, cursor) => {
  const found = await dataOf(GET('/api/v1/cases', {
    params: { query: { ...where(asked), unassigned: true, overdue: asked.overdue === 'true' ? true : undefined, cursor } },
  }))
  return { next: found.next, items: found.items.map(asRow) }
}
const asRow = (found: Schemas['CaseRow']): Row => ({
  ...found, case_id: found.id, title: found.next_due?.title ?? '没有在计的期限', due_at: found.next_due?.due_at ?? null,
  basis: `${dayOf(new Date(found.opened_at))} 发生`,
})

const NEW = '接到新的情况，请从“登记”开始。'

export function tabs(): Tab[] {
  const wide = seesArea()
  const scope = wide ? 'area' : 'mine'
  const here = me.value?.roles.find((held) => held.area_name)?.area_name ?? '本地区'
  const all: (Tab | false)[] = [
    { name: 'mine', title: '我的', empty: '名下没有待办事项。', begin: `由您承办的案件，正在计算的期限列在这里，最紧急的在前。${NEW}`, count: (counts) => counts.mine.all, ask: clocks('mine') },
    wide && { name: 'area', title: here, empty: '本地区没有待办事项。', begin: `本地区各案件正在计算的期限列在这里，最紧急的在前。${NEW}`, count: (counts) => counts.area?.all, ask: clocks('area') },
    { name: 'overdue', title: '逾期', empty: '没有逾期的事项。', begin: '超过期限还没有办理的事项列在这里。', alarm: true, settled: true, count: (counts) => counts[scope]?.overdue, ask: clocks(scope, 'overdue') },
    { name: 'today', title: '今日到期', empty: '今天没有到期的事项。', begin: '今天二十四时以前到期的事项列在这里。', settled: true, count: (counts) => counts[scope]?.today, ask: clocks(scope, 'today') },
    assigns() && { name: 'unassigned', title: '待分派', empty: '没有待分派的案件。', begin: '由本部门承办、还没有指定承办人的案件列在这里，可以勾选后一并指定。', count: (counts) => counts.unassigned, ask: unassigned },
    supervises() && { name: 'conflicts', title: '手机冲突', empty: '', begin: '', alarm: true, count: (counts) => counts.phone_conflicts },
  ]
  return all.filter((tab): tab is Tab => tab !== false)
}

export function countWords(count: Schemas['Counted'] | null | undefined): string {
  return count ? `${count.count}${count.capped ? '+' : ''}` : '…'
}
