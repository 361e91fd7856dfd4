import vectors from '#vectors/identity.json'
import { describe, expect, it } from 'vitest'

import { idNumberProblem, readIdNumber } from './idcard'
import { isPhone } from './phone'

describe('the vectors that the server is held to', () => {
  it.each(vectors.id_numbers)('id number $value', ({ value, birth, sex }) => {
    expect(readIdNumber(value)).toEqual(birth === null ? null : { birth, sex })
  })

  it.each(vectors.phones)('phone $value', ({ value, valid }) => {
    expect(isPhone(value)).toBe(valid)
  })
})

it('says why a number is refused', () => {
  expect(idNumberProblem('440524800101001')).toContain('15 位')
  expect(idNumberProblem('44052418800101001')).toContain('17 位')
  expect(idNumberProblem('110105194912310021')).toContain('校验码')
  expect(idNumberProblem('11010519491231002X')).toBeNull()
})
