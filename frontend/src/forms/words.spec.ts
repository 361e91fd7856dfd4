import { expect, it } from 'vitest'

import type { Field } from './definition'
import { answersInWords } from './words'

const field = (name: string, type: Field['type'], more: Partial<Field> = {}) => ({ name, title: name, type, source: '', options: [], person: [], ...more }) as unknown as Field
const NOW = new Date('2026-03-05T00:00:00Z')

it('says choices, people, moments and yes or no as people do, in the order of the form', () => {
  const fields = [
    field('told_at', 'moment'), field('victim', 'people'), field('agreed', 'yes'),
    field('rights', 'choices', { options: [{ value: 'aid', label: '法律援助' }, { value: 'order', label: '保护令' }] }),
  ]
  const answers = { rights: ['order', 'aid'], agreed: false, victim: ['p1'], told_at: '2026-03-02T01:00:00Z', older: 3, empty: null }
  expect(answersInWords(fields, answers, new Map([['p1', '林秋禾']]), NOW).map(({ name, words }) => [name, words])).toEqual([
    ['told_at', '3月2日 09:00'], ['victim', '林秋禾'], ['agreed', '否'], ['rights', '保护令、法律援助'], ['older', '3'],
  ])
})
