/** 居民身份证号 by GB 11643: the same verdicts as the server's (tests/vectors/identity.json). */

const SHAPE = /^[1-9][0-9]{5}(?:18|19|2[0-9])[0-9]{9}[0-9Xx]$/
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const CHECKS = '10X98765432'

export interface Identity {
  /** ISO date */
  birth: string
  sex: 'female' | 'male'
}

/** What a number says of its holder; null for a number that cannot be right. */
export function readIdNumber(value: string): Identity | null {
  if (!SHAPE.test(value) || value.length !== 18) return null
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(value[at]), 0)
  if (CHECKS[sum % 11] !== value[17]?.toUpperCase()) return null
  const birth = `${value.slice(6, 10)}-${value.slice(10, 12)}-${value.slice(12, 14)}`
  if (!isDate(birth)) return null
  return { birth, sex: Number(value[16]) % 2 ? 'male' : 'female' }
}

/** Why a number is refused, in words; null for a good one. */
export function idNumberProblem(value: string): string | null {
  if (readIdNumber(value)) return null
  if (/^[0-9]{15}$/.test(value)) return '15 位旧号码已停用，请填 18 位号码'
  if (value.length !== 18) return `身份证号应为 18 位，现在是 ${value.length} 位`
  return '身份证号有误，请核对（末位为校验码）'
}

function isDate(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
}
