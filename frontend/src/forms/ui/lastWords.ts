/** What was answered the last time, in the words of the form. */
import type { Field } from '@/forms/definition'

export function lastWords(field: Field, answer: unknown): string | null {
  if (answer === undefined || answer === null || answer === '') return null
  if (typeof answer === 'boolean') return answer ? '是' : '否'
  const labels = new Map(field.options.map((option) => [option.value, option.label]))
  const words = (Array.isArray(answer) ? answer : [answer]).map((one) => labels.get(String(one)) ?? String(one))
  return field.type === 'person' || field.type === 'people' ? null : words.join('、') || null
}
