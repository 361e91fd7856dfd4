/** What was answered, in the words of the form. */
import { momentWords } from '@/domain/deadline'

import type { Field } from './definition'

export interface AnswerWords { name: string; title: string; words: string; source: string }

/** Every answer that is there, in the order of the form; `names` gives the people it speaks of.
 * What the form does not know (an answer of an older version) is left as it is. */
export function answersInWords(fields: Field[], answers: Record<string, unknown>, names: Map<string, string>, now: Date): AnswerWords[] {
  const known = new Map(fields.map((field) => [field.name, field]))
  const order = [...known.keys(), ...Object.keys(answers).filter((name) => !known.has(name))]
  return order.flatMap((name) => {
    const words = wordsFor(known.get(name), answers[name], names, now)
    return words === null ? [] : [{ name, title: known.get(name)?.title ?? name, words, source: known.get(name)?.source ?? '' }]
  })
}

/** One answer in words; null where there is none. */
export function wordsFor(field: Field | undefined, answer: unknown, names: Map<string, string>, now: Date): string | null {
  if (answer === undefined || answer === null || answer === '') return null
  if (Array.isArray(answer)) return answer.map((one) => wordsFor(field, one, names, now)).filter(Boolean).join('、') || null
  if (typeof answer === 'boolean') return answer ? '是' : '否'
  if (typeof answer === 'object') {
    const parts = Object.entries(answer).map(([name, value]) => {
      const inner = field?.person.find((one) => one.name === name)
      const words = wordsFor(inner, value, names, now)
      return words === null ? null : `${inner?.title ?? name} ${words}`
    })
    return parts.filter(Boolean).join('，') || null
  }
  const text = String(answer)
  if (field?.type === 'moment') return momentWords(new Date(text), now)
  return names.get(text) ?? field?.options.find((option) => option.value === text)?.label ?? text
}
