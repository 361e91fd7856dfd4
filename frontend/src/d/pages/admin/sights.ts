/** How deep somebody reads, in words. */
import type { components } from '@/api/schema'

export const SIGHTS: Record<components['schemas']['Sight'], string> = { S0: '看不到', S1: '办理信息', S2: '个人信息', S3: '敏感信息', S4: '保密信息' }
