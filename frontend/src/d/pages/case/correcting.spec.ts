import { expect, it } from 'vitest'

import type { Field } from '@/forms/definition'

import { changes, correctable, type Event, merged } from './correcting'

const field = (name: string, more: Partial<Field> = {}) => ({ name, title: name, type: 'text', sight: 'S1', visibleIf: null, person: [], options: [], ...more }) as unknown as Field
const WHY = field('why', { visibleIf: { field: 'outcome', values: ['refused'] } })
const FIELDS = [field('outcome'), WHY, field('names')]
const event = (withheld: number, answers: Record<string, unknown>) => ({ withheld, answers }) as unknown as Event

it('sends what differs, and takes back what no longer belongs', () => {
  const before = { outcome: 'refused', why: '不在家', names: '周明' }
  expect(changes(FIELDS, before, before)).toEqual({})
  expect(changes(FIELDS, before, { ...before, names: ' 周明 ' })).toEqual({})
  expect(changes(FIELDS, before, { ...before, outcome: 'met' })).toEqual({ outcome: 'met', why: null })
  expect(changes(FIELDS, { outcome: 'met' }, { outcome: 'met', names: '郑力' })).toEqual({ names: '郑力' })
})

it('keeps what each of two changed', () => {
  const read = { outcome: 'met', names: '周明' }
  expect(merged(FIELDS, read, { outcome: 'met', names: '郑力' }, { outcome: 'seen', names: '周明' })).toEqual({ outcome: 'seen', names: '郑力' })
})

it('offers neither people nor secrets, nor what had effects or is not read', () => {
  const all = [...FIELDS, field('victim', { type: 'person' }), field('address', { sight: 'S4' })]
  const names = (withheld: number, answers: object) => correctable(all, ['outcome'], event(withheld, answers as Record<string, unknown>)).map((one) => one.name)
  expect(names(0, {})).toEqual(['why', 'names'])
  expect(names(2, { names: '周明' })).toEqual(['names'])
})
