/** What this page knows of who is signed in, of the definitions and of the areas. In memory only. */
import { ref, shallowRef } from 'vue'

import { dataOf, GET } from '@/api/client'
import type { components } from '@/api/schema'
import type { Area } from '@/domain/area'
import type { ActionDefinition, Definitions, KindDefinition } from '@/forms/definition'

export type Me = components['schemas']['Me']
export type Permission = components['schemas']['Permission']

export const me = ref<Me | null>(null)
export const definitions = shallowRef<Definitions | null>(null)
export const areas = shallowRef<Area[]>([])

/** Who one is; and, unless something has to be done first (`confined`), the definitions and areas.
 * Throws AppError or Unreachable. */
export async function learn(): Promise<Me> {
  const who = await dataOf(GET('/api/v1/me', {}))
  if (!who.confined) {
    const [defined, known] = await Promise.all([dataOf(GET('/api/v1/kinds', {})), dataOf(GET('/api/v1/areas', {}))])
    definitions.value = defined as Definitions
    areas.value = known.items
  }
  me.value = who
  return who
}

export function forgetKnown(): void {
  me.value = null
  definitions.value = null
  areas.value = []
}

export const may = (permission: Permission): boolean => me.value?.permissions.includes(permission) ?? false

/** Whether one holds any of the roles. */
export const holdsOne = (roles: readonly string[]): boolean =>
  me.value?.roles.some((held) => roles.includes(held.role)) ?? false

/** Whether somebody answers for others: what phones could not say comes before her. */
export const supervises = (): boolean => me.value?.roles.some((held) => held.supervisor) ?? false

export const kindOf = (name: string): KindDefinition | undefined =>
  definitions.value?.kinds.find((kind) => kind.name === name)

export const actionOf = (kind: string, name: string): ActionDefinition | undefined =>
  kindOf(kind)?.actions.find((action) => action.name === name)
