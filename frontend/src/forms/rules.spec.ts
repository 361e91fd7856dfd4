import vectors from '#vectors/forms.json'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

import { type FormDefinition, readForm } from './definition'
import { check, tidy } from './rules'

// The API's own description, made from the routes just before these tests.
const described = JSON.parse(readFileSync('../var/openapi.json', 'utf8'))
const { schemas } = described.components

function spelled(form: FormDefinition, name: string, answer: unknown): unknown {
  if (typeof answer !== 'string' || !answer.startsWith('@')) return answer
  if (answer !== '@first') return '字'.repeat(Number(answer.slice(1)))
  return form.fields.find((field) => field.name === name)?.options[0]?.value
}

interface Vector { name: string; form: string; answers: Record<string, unknown>; places: string[]; only?: string }

describe('the vectors that the server is held to', () => {
  it.each(vectors.cases as unknown as Vector[])('$name', ({ form: name, answers, places, only }) => {
    const form = readForm({ schemas }, name)
    const given = Object.fromEntries(Object.entries(answers).map(([key, value]) => [key, spelled(form, key, value)]))
    const found = Object.keys(check(form.fields, given)).filter((place) => !only || place === only)
    expect(found.sort()).toEqual([...places].sort())
  })
})

describe('what is sent', () => {
  const report = readForm({ schemas }, 'Report')

  it('leaves out what is hidden, empty or of nobody', () => {
    const typed = {
      immediate_danger: false, what_happened: '  吵架  ', children_present: false, children: [{ name: '小禾' }],
      victim: { name: ' ', phone: null }, place: '', violence_types: [],
    }
    expect(tidy(report.fields, typed)).toEqual({ immediate_danger: false, what_happened: '吵架', children_present: false })
  })

  it('knows every field of every form', () => {
    const asked = (name: string) => Object.values<object>(schemas[name].properties ?? {})
    const forms = Object.keys(schemas).filter((name) => asked(name).length > 0 && asked(name).every((one) => 'x-source' in one))
    expect(forms.length).toBeGreaterThan(100)
    for (const name of forms) {
      for (const field of readForm({ schemas }, name).fields) {
        expect(field.title, `${name}.${field.name}`).not.toBe('')
        if (field.type === 'choice' || field.type === 'choices') expect(field.options.length, `${name}.${field.name}`).toBeGreaterThan(0)
      }
    }
  })
})
