/** The state of a record in words. */
import type { Listed } from '@/offline/outbox'

export function stateWords({ item, record }: Listed, sending: boolean, now: number): string {
  switch (item.state) {
    case 'sent':
      return `已送达${record?.number ? ` ${record.number}` : ''}`
    case 'conflict':
      return '系统没有办理，已交主管处理'
    case 'settled':
      return '主管人员已经处理'
    case 'invalid':
      return `需要修改${record?.problem?.problems?.[0] ? `：${record.problem.problems[0].message}` : ''}`
    default: {
      if (sending && item.tried) return '上传中…'
      if (item.attempts === 0) return '等待上传'
      const seconds = Math.ceil((item.nextAt - now) / 1000)
      const again = seconds > 0 ? `${seconds < 60 ? `${seconds} 秒` : `${Math.ceil(seconds / 60)} 分钟`}后再试` : '马上再试'
      return `等待上传（第 ${item.attempts + 1} 次，${again}）`
    }
  }
}

export const SIGNS: Record<string, string> = { queued: '○', invalid: '!', conflict: '≠', settled: '✓', sent: '✓' }
