/** Due moments in words, by the days of Shanghai. */

const DAY = 86_400_000
const ZONE = 'Asia/Shanghai'
const day = new Intl.DateTimeFormat('en-CA', { timeZone: ZONE })
const clock = new Intl.DateTimeFormat('zh-CN', {
  timeZone: ZONE, hour: '2-digit', minute: '2-digit', hour12: false,
})

export type Urgency = 'overdue' | 'today' | 'soon' | 'later'
export interface DueWords { text: string; urgency: Urgency }

/** The day a moment lies on in Shanghai, as an ISO date. */
export const dayOf = (moment: Date): string => day.format(moment)
export const timeOf = (moment: Date): string => clock.format(moment)

const daysBetween = (from: Date, to: Date): number =>
  (Date.parse(dayOf(to)) - Date.parse(dayOf(from))) / DAY

/** 逾期 2 天 · 逾期 5 小时 · 今天 18:00 前 · 明天到期 · 剩 5 天 */
export function dueWords(due: Date, now: Date): DueWords {
  const days = daysBetween(now, due)
  if (due < now) {
    const hours = Math.floor((now.getTime() - due.getTime()) / 3_600_000)
    const text = days < 0 ? `逾期 ${-days} 天` : hours < 1 ? '刚刚逾期' : `逾期 ${hours} 小时`
    return { text, urgency: 'overdue' }
  }
  if (days === 0) {
    const time = timeOf(due)
    return { text: time === '23:59' ? '今天到期' : `今天 ${time} 前`, urgency: 'today' }
  }
  if (days === 1) return { text: '明天到期', urgency: 'soon' }
  return { text: `剩 ${days} 天`, urgency: days <= 3 ? 'soon' : 'later' }
}

/** 11月25日, with the year if it is another one. */
export function dayWords(moment: Date, now: Date): string {
  const [year, month, date] = dayOf(moment).split('-').map(Number)
  const [thisYear] = dayOf(now).split('-').map(Number)
  const words = `${month}月${date}日`
  return year === thisYear ? words : `${year}年${words}`
}

/** 11月25日 14:05, with the year if it is another one. */
export const momentWords = (moment: Date, now: Date): string => `${dayWords(moment, now)} ${timeOf(moment)}`

/** 刚刚 · 5 分钟前 · 3 小时前 · 2 天前 */
export function agoWords(moment: Date, now: Date): string {
  const minutes = Math.floor((now.getTime() - moment.getTime()) / 60_000)
  if (minutes < 1) return '刚刚'
  if (minutes < 60) return `${minutes} 分钟前`
  const hours = Math.floor(minutes / 60)
  return hours < 24 ? `${hours} 小时前` : `${Math.floor(hours / 24)} 天前`
}
