import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'

import SafeContact from './SafeContact.vue'

const shown = (rule: string | null) => mount(SafeContact, { props: { rule, phone: '13500000021' } })

it.each([null, '不要打电话', '能否打电话：不可以打', '请勿致电', '能否打电话：不清楚'])('stands in the way of a call: %s', async (rule) => {
  const block = shown(rule)
  expect(block.classes()).toContain('stop')
  expect(block.find('a').exists()).toBe(false)
  await block.find('button').trigger('click')
  expect(block.find('a').attributes('href')).toBe('tel:13500000021')
})

it('is read before any number, also where she may be called', () => {
  const block = shown('白天可致电，称村委会；不要在电话里提家事')
  expect(block.classes()).not.toContain('stop')
  expect(block.find('a').exists()).toBe(false)
})
