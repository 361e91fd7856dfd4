/** Telephone numbers of the mainland, Hong Kong and Macau, judged as the server does. */

const NUMBER =
  /^(?:(?:(?:\+|00)?86)?1[3-9][0-9]{9}|0(?:10|2[0-9]|[3-9][0-9]{2})[2-8][0-9]{6,7}|(?:\+|00)85[23][2-9][0-9]{7})$/

/** Whether one can call this; spaces and hyphens may stand between the digits. */
export function isPhone(value: string): boolean {
  const digits = value.replace(/[ -]/g, '')
  return !digits.endsWith('\n') && NUMBER.test(digits)
}

/** A mobile number in the 3-4-4 groups people read aloud; anything else as it is. */
export function grouped(value: string): string {
  return value.replace(/^(1[3-9]\d)(\d{4})(\d{4})$/, '$1 $2 $3')
}
