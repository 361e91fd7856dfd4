import { expect, it } from 'vitest'

import { areaName, under } from './area'
import { maskName, maskPhone } from './mask'
import { uuid7 } from './uuid'

it('makes ids in the order of their making', () => {
  const ids = [1_700_000_000_000, 1_700_000_000_001, 1_800_000_000_000].map((at) => uuid7(at))
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect([...ids].sort()).toEqual(ids)
  expect(parseInt(ids[0]!.replace(/-/g, '').slice(0, 12), 16)).toBe(1_700_000_000_000)
  expect(new Set(Array.from({ length: 1000 }, () => uuid7(1))).size).toBe(1000)
})

it('shows no more of a person than a list needs', () => {
  expect(maskName('林秋禾')).toBe('林*')
  expect(maskName('')).toBe('')
  expect(maskPhone('138 0013 8000')).toBe('138****8000')
})

it('names an area with its town', () => {
  const area = (code: number, name: string, level: 'town' | 'village', parent: number | null) =>
    ({ code, name, level, parent, is_virtual: false, is_rural: true })
  const areas = [area(441802103000, '源潭镇', 'town', 441802000000), area(441802103201, '踵头村委会', 'village', 441802103000)]
  expect(areaName(areas, 441802103201)).toBe('源潭镇 踵头村委会')
  expect(areaName(areas, 441802103000)).toBe('源潭镇')
  expect(areaName(areas, 441802199999)).toBe('441802199999')
  expect(under(areas, 441802103000).map((one) => one.code)).toEqual([441802103201])
})
