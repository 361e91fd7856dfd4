import { expect, it } from 'vitest'

import { axisOf, barOf, type Deadline } from './axis'

const NOW = new Date('2026-03-10T00:00:00Z')
const due = (more: Partial<Deadline>) => ({ id: 'd', title: '查访', status: 'running', overdue: false, late: false, met_at: null, dropped_at: null, started_at: '2026-03-01T00:00:00Z', due_at: '2026-03-08T00:00:00Z', ...more }) as Deadline

it('puts clocks of different cases to scale on one axis', () => {
  const both = [due({ overdue: true }), due({ id: 'e', started_at: '2026-03-06T00:00:00Z', due_at: '2026-03-20T00:00:00Z' })]
  const axis = axisOf(both, NOW)
  const [first, second] = both.map((one) => barOf(one, axis)) as [ReturnType<typeof barOf>, ReturnType<typeof barOf>]
  expect([first.kind, second.kind]).toEqual(['overdue', 'running'])
  expect(second.width / first.width).toBeCloseTo(2)
  expect(first.left).toBeLessThan(second.left)
  expect(axis.now).toBeGreaterThan(first.left + first.width)
  expect(axis.ticks.length).toBeLessThanOrEqual(8)
})

it('ends a bar where the clock was met', () => {
  const met = due({ status: 'met', met_at: '2026-03-02T00:00:00Z' })
  const axis = axisOf([met, due({ status: 'met', met_at: '2026-03-02T00:00:00Z', due_at: '2027-03-08T00:00:00Z' })], NOW)
  expect(axis.to).toBeLessThan(Date.parse('2026-04-01T00:00:00Z'))
  expect(barOf(met, axis).kind).toBe('met')
  expect(barOf(met, axis).width).toBeLessThan(barOf(due({}), axis).width)
})
