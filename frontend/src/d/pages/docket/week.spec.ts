import { expect, it } from 'vitest'

import { later, minutesLater, momentOn, mondayOf, weekOf } from './week'

it('begins the week on Monday in Shanghai, also where UTC is still on Sunday', () => {
  expect(mondayOf(new Date('2026-03-01T17:00:00Z'))).toBe('2026-03-02')
  expect(mondayOf(new Date('2026-03-08T15:59:00Z'))).toBe('2026-03-02')
  expect(mondayOf(new Date('2026-03-08T16:00:00Z'))).toBe('2026-03-09')
})

it('goes over the ends of months and years', () => {
  expect(weekOf('2026-12-28')).toEqual(['2026-12-28', '2026-12-29', '2026-12-30', '2026-12-31', '2027-01-01', '2027-01-02', '2027-01-03'])
  expect(later('2026-03-01', -1)).toBe('2026-02-28')
})

it('spells moments as the API takes them', () => {
  expect(momentOn('2026-03-02', '09:30')).toBe('2026-03-02T01:30:00.000Z')
  expect(minutesLater('09:50', 20)).toBe('10:10')
  expect(minutesLater('23:50', 20)).toBe('23:59')
})
