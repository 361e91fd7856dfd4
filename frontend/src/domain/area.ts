/** The district's areas: 12-digit codes, district → town → village. */
import type { components } from '@/api/schema'

export type Area = components['schemas']['AreaRow']

/** 源潭镇 大连塘村, or the code of an area that is not in the list. */
export function areaName(areas: readonly Area[], code: number): string {
  const byCode = new Map(areas.map((area) => [area.code, area]))
  const own = byCode.get(code)
  if (!own) return String(code)
  const town = own.level === 'village' && own.parent ? byCode.get(own.parent) : undefined
  return town ? `${town.name} ${own.name}` : own.name
}

/** Whether one area, by its code, is another or lies in it. */
export function inArea(code: number, area: number): boolean {
  const step = area % 1_000_000 === 0 ? 1_000_000 : area % 1_000 === 0 ? 1_000 : 1
  return Math.floor(code / step) === Math.floor(area / step)
}

/** The villages under a town, the towns under a district. */
export const under = (areas: readonly Area[], parent: number): Area[] =>
  areas.filter((area) => area.parent === parent)
