/** What the codes of the ledger are called on the screen. */
export const LEVELS: Record<string, string> = { a: 'A 重点', b: 'B 一般困难', c: 'C 普通' }

export const FIELDS = { state: '状态', level: '需求等级', village: '村（居）', birth_year: '出生年份' } as const
export type Fact = keyof typeof FIELDS

export type Verdict = 'taken' | 'returned'
export const VERDICTS: Record<Verdict, string> = { taken: '采纳镇街登记', returned: '退回镇街核实' }

/** For what reasons, by what is done. */
export const WHY = {
  taken: { town_right: '与镇街核对，镇街登记无误', visited: '已入户或电话核实', materials: '已核对材料' },
  returned: { not_found: '查无此人或已不在本地居住', wrong_level: '需求等级与情况不符', wrong_data: '基本情况有误' },
} as const
export type Why = keyof (typeof WHY)['taken'] | keyof (typeof WHY)['returned']
export const WHY_WORDS: Record<string, string> = { ...WHY.taken, ...WHY.returned }
