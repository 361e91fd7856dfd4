/** The tabs of the case page, and for whom each has something to say. */
import type { components } from '@/api/schema'

interface Tab { name: string; title: string; sight?: string; supervised?: true }

/** Who reads no personal data can neither open nor add what is kept secret; who looked is for whoever answers for the place. */
const TABS: Tab[] = [
  { name: 'timeline', title: '经过' },
  { name: 'axis', title: '时间轴' },
  { name: 'referrals', title: '转介' },
  { name: 'files', title: '附件' },
  { name: 'vault', title: '保密信息', sight: 'S2' },
  { name: 'privacy', title: '告知与提供' },
  { name: 'looks', title: '谁看过', supervised: true },
]

export const tabsOf = (shown: Pick<components['schemas']['CaseShown'], 'sight' | 'supervised'>): Tab[] =>
  TABS.filter((one) => (one.sight ?? 'S1') <= shown.sight && (!one.supervised || shown.supervised))
