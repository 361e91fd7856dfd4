/** The keys of a list. While somebody types they are letters, unless Alt is held. */
import { onMounted, onUnmounted } from 'vue'

/** What a list does at a key; without it the key is left to the browser. */
export interface ListKeys {
  move: (by: number) => void
  open: () => unknown
  choose?: () => unknown
  next: () => unknown
  back: () => unknown
  search?: () => unknown
  close?: () => unknown
  help?: () => unknown
}

export const KEYS: [string, string][] = [
  ['j / k', '下一行、上一行'], ['Enter', '打开这一行'], ['x', '选择这一行'], ['n / p', '下一页、上一页'],
  ['/', '到筛选条件，Esc 回到列表'],
  ['Esc', '收起预览'], ['?', '显示本表'],
]

const pressing = (target: EventTarget | null) => target instanceof HTMLElement && /^(A|BUTTON)$/.test(target.tagName)

/** The row after or before, as far as there are any; it is brought into view, and Enter is its own: not that of the link that
 * was clicked before. */
export function moved(at: number, by: number, rows: number): number {
  if (pressing(document.activeElement)) (document.activeElement as HTMLElement).blur()
  const to = Math.min(rows - 1, Math.max(0, at + by))
  document.querySelectorAll('main tbody tr')[to]?.scrollIntoView({ block: 'nearest' })
  return to
}

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName)) &&
  (target as HTMLInputElement).type !== 'checkbox'
/** Something lies over the list and has the keyboard. */
const covered = () => document.querySelector('.el-overlay:not([style*="display: none"])') !== null

export function useListKeys(keys: ListKeys): void {
  function pressed(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || covered()) return
    if (typing(event.target) && !event.altKey) {
      if (event.key === 'Escape') (event.target as HTMLElement).blur()
      return
    }
    const does: Record<string, (() => unknown) | undefined> = {
      j: () => keys.move(1), k: () => keys.move(-1), x: keys.choose, n: keys.next, p: keys.back, '/': keys.search, Escape: keys.close, '?': keys.help,
      ...(pressing(event.target) ? {} : { Enter: keys.open }),
    }
    const doing = does[event.altKey ? event.code.replace('Key', '').toLowerCase() : event.key]
    if (!doing) return
    event.preventDefault()
    doing()
  }
  onMounted(() => addEventListener('keydown', pressed))
  onUnmounted(() => removeEventListener('keydown', pressed))
}
