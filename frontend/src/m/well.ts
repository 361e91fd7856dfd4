/** The answers of a visit at which all was well: those whose question names the good case. */
import type { Field } from '@/forms/definition'
import type { Answers } from '@/forms/rules'

const GOOD = /(_well|_safe)$/
const BAD = new Set(['dv_suspected'])

/** null for a form that is not about how somebody is. */
export function wellIn(fields: Field[]): Answers | null {
  const yes = fields.filter((field) => field.type === 'yes' && !field.visibleIf)
  const good = yes.filter((field) => GOOD.test(field.name))
  if (good.length < 3) return null
  const bad = yes.filter((field) => BAD.has(field.name))
  return Object.fromEntries([...good.map((field) => [field.name, true]), ...bad.map((field) => [field.name, false])])
}
