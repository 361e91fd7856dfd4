/** What a correction says, of which answers, and beside what stands there. */
import type { components } from '@/api/schema'
import { areaName } from '@/domain/area'
import { type Field, readForm } from '@/forms/definition'
import { type Answers, tidy } from '@/forms/rules'
import { wordsFor } from '@/forms/words'

import { actionOf, areas, definitions, kindOf } from '../../known'
import type { Line } from '../../parts/Collision.vue'

export type Event = components['schemas']['EventShown']

/** The questions that an event answers. */
export function fieldsOf(kind: string, event: Event): Field[] {
  const name = event.name === 'opened' ? kindOf(kind)?.form : (actionOf(kind, event.name)?.form ?? definitions.value?.steps[event.name])
  return name && definitions.value && name in definitions.value.schemas ? readForm(definitions.value, name).fields : []
}

/** The answers with names in place of numbers: of organisations, accounts, areas and files. */
export function named(fields: Field[], answers: Answers, names: Record<string, string>): Answers {
  const places = new Map(fields.map((field) => [field.name, field.widget]))
  const word = (name: string, answer: unknown) => {
    if (places.get(name) === 'area' && typeof answer === 'number') return areaName(areas.value, answer)
    if (name === 'attachment_id') return `编号末八位 ${String(answer).slice(-8)}`
    return names[name] ?? answer
  }
  return Object.fromEntries(Object.entries(answers).map(([name, answer]) => [name, word(name, answer)]))
}

/** Those that may be answered anew: neither people nor the vault's, nothing that had effects, and of an
 * event with answers beyond the reader's class only what she reads, so that nothing unseen is overwritten. */
export function correctable(fields: Field[], settled: string[], event: Event): Field[] {
  return fields.filter((field) =>
    field.type !== 'person' && field.type !== 'people' && field.sight !== 'S4' && !settled.includes(field.name) &&
    (event.withheld === 0 || field.name in event.answers))
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one ?? null) === JSON.stringify(other ?? null)

/** The answers that differ from those before; null where one was taken back. */
export function changes(fields: Field[], before: Answers, typed: Answers): Answers {
  const now = tidy(fields, typed)
  const changed = fields.filter(({ name }) => !same(before[name], now[name]))
  return Object.fromEntries(changed.map(({ name }) => [name, now[name] ?? null]))
}

/** Mine where I changed what I had read, theirs everywhere else. */
export const merged = (fields: Field[], read: Answers, mine: Answers, theirs: Answers): Answers =>
  ({ ...theirs, ...changes(fields, read, mine) })

/** Two versions of the same answers, line by line, in words; without what neither answers. */
export function versions(fields: Field[], mine: Answers, theirs: Answers, names: Map<string, string>, now: Date): Line[] {
  const words = (field: Field, answers: Answers) => wordsFor(field, answers[field.name], names, now) ?? '—'
  return fields.map((field) => ({ title: field.title, mine: words(field, mine), theirs: words(field, theirs) }))
    .filter((line) => line.mine !== '—' || line.theirs !== '—')
}

/** The people of a case by name, or by what they are to it; its linked cases by number. */
export const namesOf = ({ parties, links }: components['schemas']['CaseShown']): Map<string, string> => new Map([
  ...parties.map((party) => [party.person_id, party.name ?? party.role_title] as const),
  ...links.items.map((one) => [one.id, `${one.number ?? '尚无案号'} ${one.kind_title}`] as const),
])
