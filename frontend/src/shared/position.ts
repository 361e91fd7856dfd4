/** Where the phone is, as well as it knows. Never in the way of saving. */

export interface Position { words: string; metres: number }
export type Grade = 'good' | 'fair' | 'poor'

export const gradeOf = (metres: number): Grade => (metres <= 30 ? 'good' : metres <= 150 ? 'fair' : 'poor')
const WORDS: Record<Grade, string> = { good: '好', fair: '一般', poor: '差' }

/** Watches from when a form opens; `found` gets ever better positions, or that there is none. What
 * is returned ends it. */
export function watchPosition(found: (position: Position | 'none') => void): () => void {
  if (!('geolocation' in navigator)) {
    found('none')
    return () => undefined
  }
  let best = Infinity
  const watch = navigator.geolocation.watchPosition(
    ({ coords }) => {
      if (coords.accuracy >= best) return
      best = coords.accuracy
      const at = `${coords.latitude.toFixed(4)},${coords.longitude.toFixed(4)}`
      found({ metres: Math.round(best), words: `定位 ${at}（约 ${Math.round(best)} 米）` })
    },
    () => {
      if (best === Infinity) found('none')
    },
    { enableHighAccuracy: true, maximumAge: 300_000, timeout: 30_000 },
  )
  return () => navigator.geolocation.clearWatch(watch)
}

/** 定位约 15 米，好 */
export function gradeWords(position: Position | 'none' | null): string {
  if (position === null) return '正在定位，不影响保存'
  if (position === 'none') return '没有定位，不影响保存'
  return `定位约 ${position.metres} 米，${WORDS[gradeOf(position.metres)]}`
}
