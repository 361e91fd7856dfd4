/** 标准、大字、特大字: kept on this phone, for whoever uses it. */
import { ref } from 'vue'

import { database } from '@/offline/store'

export type TextSize = 'normal' | 'large' | 'huge'
export const SIZES: { value: TextSize; label: string }[] = [
  { value: 'normal', label: '标准' }, { value: 'large', label: '大字' }, { value: 'huge', label: '特大字' },
]
export const textSize = ref<TextSize>('normal')

function show(size: TextSize): void {
  textSize.value = size
  document.documentElement.classList.remove('large', 'huge')
  if (size !== 'normal') document.documentElement.classList.add(size)
}

export async function applyTextSize(): Promise<void> {
  show(((await (await database()).get('plain', 'textSize')) as TextSize | undefined) ?? 'normal')
}

export async function setTextSize(size: TextSize): Promise<void> {
  show(size)
  await (await database()).put('plain', size, 'textSize')
}
