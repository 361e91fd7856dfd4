/** The tabs of the worklist that somebody has, each with what it asks and what it counts. */
import { dataOf, GET } from '@/api/client'

import { holdsOne, me } from '../../known'

export interface Tab {
  name: string
  title: string
  scope: 'mine' | 'area'
  overdue?: boolean
  /** A count above 0 stands out. */
  alarm?: boolean
  count: () => Promise<string>
}

type CountName = 'overdue' | 'today' | 'week' | 'all'

const WHOLE_AREA = ['women_fed_village', 'women_fed_town', 'women_fed_district', 'police']

function counted(scope: Tab['scope'], name: CountName): () => Promise<string> {
  return async () => {
    const { count, capped } = (await dataOf(GET('/api/v1/worklist/counts', { params: { query: { scope } } })))[name]
    return capped ? `${count}+` : String(count)
  }
}

/** Who answers for the work of others sees all clocks of her area. */
const seesArea = () => holdsOne(WHOLE_AREA) || (me.value?.roles.some((held) => held.supervisor) ?? false)

export function tabs(): Tab[] {
  const wide = seesArea()
  const scope = wide ? 'area' : 'mine'
  const here = me.value?.roles.find((held) => held.area_name)?.area_name ?? '本地区'
  return [
    { name: 'mine', title: '我的', scope: 'mine', count: counted('mine', 'all') },
    ...(wide ? [{ name: 'area', title: here, scope: 'area', count: counted('area', 'all') } as Tab] : []),
    { name: 'overdue', title: '逾期', scope, overdue: true, alarm: true, count: counted(scope, 'overdue') },
  ]
}

export const queryOf = (tab: Tab, filters: { kind?: string; area?: string; overdue?: string }) => ({
  scope: tab.scope,
  ...(filters.kind ? { kind: filters.kind } : {}),
  ...(filters.area ? { area: Number(filters.area) } : {}),
  ...(tab.overdue || filters.overdue === 'true' ? { overdue: true } : {}),
})
