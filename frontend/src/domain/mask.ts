/** How little of a person a list shows. The server masks; this is for what was typed here. */

/** 王* */
export const maskName = (name: string): string => (name ? `${[...name][0]}*` : '')

/** 138****0013 */
export const maskPhone = (phone: string): string =>
  phone.replace(/[ -]/g, '').replace(/^(\d{3})\d+(\d{4})$/, '$1****$2')
