/** Weeks and days of the docket, by the calendar of Shanghai. */
import { dayOf } from '@/domain/deadline'

const DAY = 86_400_000

/** The moment at which a day begins in Shanghai, which has no summer time. */
export const startOf = (day: string): Date => new Date(`${day}T00:00:00+08:00`)

/** The day so many days later. */
export const later = (day: string, days: number): string => dayOf(new Date(startOf(day).getTime() + days * DAY))

/** The Monday of the week in which a moment lies. */
export function mondayOf(moment: Date): string {
  const day = dayOf(moment)
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay()
  return later(day, -((weekday + 6) % 7))
}

/** The seven days of a week that begins on that Monday. */
export const weekOf = (monday: string): string[] => Array.from({ length: 7 }, (_, at) => later(monday, at))

const WEEKDAYS = ['一', '二', '三', '四', '五', '六', '日']

/** 3月2日 周一 */
export const titleOf = (day: string): string =>
  `${Number(day.slice(5, 7))}月${Number(day.slice(8))}日 周${WEEKDAYS[(new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7]}`

/** The moment of a time of day, `09:30`, on a day in Shanghai, as the API takes it. */
export const momentOn = (day: string, time: string): string => new Date(`${day}T${time}:00+08:00`).toISOString()

/** The time of day so many minutes later, within the day. */
export function minutesLater(time: string, minutes: number): string {
  const [hours = 0, past = 0] = time.split(':').map(Number)
  const whole = Math.min(hours * 60 + past + minutes, 24 * 60 - 1)
  return `${String(Math.floor(whole / 60)).padStart(2, '0')}:${String(whole % 60).padStart(2, '0')}`
}
