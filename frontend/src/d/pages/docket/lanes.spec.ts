import { expect, it } from 'vitest'

import { type Busy, type Docket, hoursOf, inTheWay, lanesOf, placed, type Sitting } from './lanes'

const at = (time: string) => new Date(`2026-03-02T${time}:00+08:00`).toISOString()
const busy = (room_id: number, mediator_id: number, from: string, to: string): Busy => ({ room_id, mediator_id, starts_at: at(from), ends_at: at(to) })
const sitting = (...told: Parameters<typeof busy>): Sitting =>
  ({ ...busy(...told), id: `${told}`, case_id: 'c', room: `房${told[0]}`, mediator: `员${told[1]}`, arrives_a: at(told[2]), arrives_b: at(told[2]), apart: false, recused: false, party_a: null, party_b: null }) as Sitting
const docket: Docket = { items: [sitting(1, 7, '09:00', '10:30'), sitting(2, 7, '14:00', '15:00')], taken: [busy(3, 8, '09:30', '10:00'), busy(1, 9, '16:00', '17:00')], more: false }

it('shows one\'s own rooms also where they are free, and others where they are in use', () => {
  const rooms = lanesOf(docket, 'room', [{ id: 1, name: '第一' }, { id: 4, name: '第四' }], [{ id: 3, name: '第三' }])
  expect(rooms.map((lane) => [lane.name, lane.sittings.length, lane.taken.length])).toEqual([['第一', 1, 1], ['第四', 0, 0], ['房2', 1, 0], ['第三', 0, 1]])
  expect(lanesOf(docket, 'mediator', []).map((lane) => [lane.id, lane.sittings.length])).toEqual([[7, 2]])
})

it('draws office hours, and as much more as there are sittings', () => {
  expect(hoursOf(docket.items)).toEqual({ from: 8, to: 18 })
  expect(hoursOf([busy(1, 1, '07:30', '08:30'), busy(1, 1, '18:00', '19:10')])).toEqual({ from: 7, to: 20 })
  expect(placed(busy(1, 1, '09:30', '11:00'), 8)).toEqual({ top: 1.5, length: 1.5 })
})

it('finds what stands in the way; one goes, the next comes', () => {
  const found = (from: string, to: string) => inTheWay(docket, at(from), at(to)).map((one) => one.room_id)
  expect(found('10:00', '11:00')).toEqual([1])
  expect(found('09:45', '10:15')).toEqual([1, 3])
  expect(found('10:30', '14:00')).toEqual([])
})
