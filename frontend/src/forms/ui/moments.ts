/** Between what a datetime-local input shows and a moment with its zone. */

const two = (value: number) => String(value).padStart(2, '0')

export function toLocal(value: unknown): string {
  if (typeof value !== 'string' || value === '') return ''
  const at = new Date(value)
  if (Number.isNaN(at.getTime())) return ''
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`
}

export const toMoment = (local: string): string | null => (local ? new Date(local).toISOString() : null)
