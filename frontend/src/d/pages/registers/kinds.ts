/** What is registered, and who keeps which kinds (调解法 10；法援法 5；粤办法 41). */
import type { components } from '@/api/schema'

import { areas, me } from '../../known'

export type Organisation = components['schemas']['OrganisationShown']
export type Kind = components['schemas']['OrganisationKind']
export type Level = components['schemas']['MediatorShown']['level']

export const KINDS: [Kind, string][] = [
  ['mediation_committee', '人民调解委员会'], ['legal_aid_station', '法律援助工作站'], ['legal_aid', '法律援助机构'], ['shelter', '临时庇护场所'], ['police', '公安机关'],
  ['court', '人民法院'], ['women_fed_district', '区妇联'], ['women_fed_town', '镇街妇联'], ['women_fed_village', '村（社区）妇联'], ['village_committee', '村（居）民委员会'],
  ['civil_affairs', '民政部门'], ['justice_bureau', '司法行政部门'], ['zongzhi', '综治中心'], ['hospital', '医疗机构'], ['school', '学校、幼儿园'], ['wcwc_office', '妇儿工委办公室'],
]
export const LEVELS: Record<Level, string> = { district: '区级', town: '镇街', village: '村（社区）' }

const KEPT_BY: Record<string, Kind[]> = {
  justice_bureau: ['mediation_committee', 'legal_aid', 'legal_aid_station'],
  civil_affairs: ['shelter'],
}

/** The kinds that whoever is signed in adds, corrects and closes. The server decides all the same. */
export function kept(): [Kind, string][] {
  const held = me.value?.roles ?? []
  if (held.some((one) => one.role === 'women_fed_district' && one.supervisor)) return KINDS
  const own = held.flatMap((one) => KEPT_BY[one.role] ?? [])
  return KINDS.filter(([kind]) => own.includes(kind))
}

/** 区级, 镇街 or 村（社区）: on which of the three levels an area lies. */
export function levelOf(code: number): string {
  const level = areas.value.find((area) => area.code === code)?.level
  return level ? LEVELS[level as Level] : ''
}
