/** What can become of a phone's record, in the words of its buttons and of its outcome. */
import type { components } from '@/api/schema'

export type Verdict = components['schemas']['Settlement']

export const VERDICTS: Record<Verdict, { title: string; note: string; done: string }> = {
  phone: { title: '采用手机内容', note: '以本人名义办理这一步；系统中已有这一步的，按手机内容更正。法定限制同样适用。', done: '采用手机内容' },
  system: { title: '以系统为准', note: '系统中的内容不变，手机内容不采用。', done: '以系统为准' },
  note: { title: '两者都留', note: '系统中的内容不变，手机内容记为一条记事。', done: '两者都留，手机内容记为记事' },
}
