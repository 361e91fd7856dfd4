/** The rules of a form, judged as the server judges them (tests/vectors/forms.json). */
import { idNumberProblem, readIdNumber } from '@/domain/idcard'
import { isPhone } from '@/domain/phone'

import type { Field, When } from './definition'

export type Answer = unknown
export type Answers = Record<string, Answer>
/** Path of a field (`victim.phone`, `children.0.name`) → what is wrong with it. */
export type Problems = Record<string, string>

/** Whether there is an answer at all; a person of whom nothing is said is none. */
export function given(answer: Answer): boolean {
  if (answer === undefined || answer === null || answer === '') return false
  if (typeof answer === 'object') return Object.values(answer).some(given)
  return true
}

/** True when the answer is (or, for a list, has) one of the values. */
export function holds(when: When, answers: Answers): boolean {
  const answer = answers[when.field]
  if (Array.isArray(answer)) return answer.some((part) => when.values.includes(part))
  return when.values.includes(answer as string | boolean)
}

export const isVisible = (field: Field, answers: Answers): boolean =>
  field.visibleIf === null || holds(field.visibleIf, answers)

export const isRequired = (field: Field, answers: Answers): boolean =>
  field.required || (field.requiredIf !== null && holds(field.requiredIf, answers))

/** What stands against these answers; empty when the server would take them. */
export function check(fields: Field[], answers: Answers, path = ''): Problems {
  const problems: Problems = {}
  for (const field of fields) {
    if (!isVisible(field, answers)) continue
    const answer = tidied(field, answers[field.name])
    const place = path + field.name
    if (!given(answer)) {
      if (isRequired(field, answers)) problems[place] = `请填写“${field.title}”`
      continue
    }
    Object.assign(problems, problemsOf(field, answer, place))
  }
  return problems
}

function problemsOf(field: Field, answer: Answer, place: string): Problems {
  if (field.type === 'person') return checkPerson(field, answer as Answers, place)
  if (field.type === 'people') {
    const people = answer as Answers[]
    return Object.assign(
      {},
      ...people.map((person, at) => checkPerson(field, person, `${place}.${at}`)),
      countProblem(field, people.length, place),
    )
  }
  const problem = problemOf(field, answer)
  return problem === null ? {} : { [place]: problem }
}

function checkPerson(field: Field, person: Answers, place: string): Problems {
  const problems = check(field.person, person, `${place}.`)
  const told = typeof person.id_number === 'string' ? readIdNumber(person.id_number) : null
  const differs = (name: string, value: string) => given(person[name]) && person[name] !== value
  if (told && (differs('birth_on', told.birth) || differs('sex', told.sex))) {
    problems[place] = '身份证号与所填性别或出生日期不一致'
  }
  return problems
}

function countProblem(field: Field, count: number, place: string): Problems {
  if (field.minItems !== null && count < field.minItems) return { [place]: `至少 ${field.minItems} 项` }
  if (field.maxItems !== null && count > field.maxItems) return { [place]: `最多 ${field.maxItems} 项` }
  return {}
}

function problemOf(field: Field, answer: Answer): string | null {
  switch (field.type) {
    case 'choice':
      return field.options.some((option) => option.value === answer) ? null : '请从列表中选择'
    case 'choices': {
      const chosen = answer as string[]
      const known = new Set(field.options.map((option) => option.value))
      if (!chosen.every((value) => known.has(value))) return '请从列表中选择'
      return countProblem(field, chosen.length, '')[''] ?? null
    }
    case 'ids':
      return countProblem(field, (answer as string[]).length, '')[''] ?? null
    case 'yes':
      return typeof answer === 'boolean' ? null : '应为是或否'
    case 'whole':
      return Number.isInteger(answer) ? rangeProblem(field, answer as number) : '应为整数'
    case 'amount':
      return amountProblem(field, answer)
    case 'date':
      return dateProblem(answer as string)
    case 'moment':
      return dateProblem(String(answer).slice(0, 10))
    default:
      return textProblem(field, String(answer))
  }
}

function amountProblem(field: Field, answer: Answer): string | null {
  const number = typeof answer === 'number' ? answer : Number(answer)
  if (!/^-?\d+(\.\d+)?$/.test(String(answer)) || Number.isNaN(number)) return '应为数字'
  return rangeProblem(field, number)
}

function rangeProblem(field: Field, value: number): string | null {
  if (field.least !== null && (field.beyond ? value <= field.least : value < field.least)) {
    return field.beyond ? `应大于 ${field.least}` : `不能小于 ${field.least}`
  }
  return field.most !== null && value > field.most ? `不能大于 ${field.most}` : null
}

function dateProblem(text: string): string | null {
  const day = new Date(`${text}T00:00:00Z`)
  const real = /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(day.getTime()) &&
    day.toISOString().startsWith(text)
  if (!real) return '日期有误（如 2026-01-31）'
  const year = Number(text.slice(0, 4))
  return year >= 1900 && year <= 2100 ? null : '年份有误'
}

function textProblem(field: Field, text: string): string | null {
  const length = [...text].length
  if (field.widget === 'id_number') return idNumberProblem(text)
  if (field.widget === 'phone' && !isPhone(text)) return '电话号码有误，请核对'
  if (field.minLength !== null && length < field.minLength) return `文字太短（至少 ${field.minLength} 字）`
  if (field.maxLength !== null && length > field.maxLength) return `文字太长（最多 ${field.maxLength} 字）`
  if (field.pattern !== null && !new RegExp(field.pattern, 'u').test(text)) return '格式有误'
  return null
}

const tidied = (field: Field, answer: Answer): Answer =>
  typeof answer === 'string' && field.type === 'text' ? answer.trim() : answer

/** The answers as they are sent: trimmed, without what is hidden or empty. */
export function tidy(fields: Field[], answers: Answers): Answers {
  const sent: Answers = {}
  for (const field of fields) {
    if (!isVisible(field, answers)) continue
    const answer = tidied(field, answers[field.name])
    if (!given(answer)) continue
    if (field.type === 'person') {
      const person = tidy(field.person, answer as Answers)
      if (Object.keys(person).length > 0) sent[field.name] = person
    } else if (field.type === 'people') {
      const people = (answer as Answers[]).map((one) => tidy(field.person, one))
      const named = people.filter((one) => Object.keys(one).length > 0)
      if (named.length > 0) sent[field.name] = named
    } else {
      sent[field.name] = answer
    }
  }
  return sent
}
