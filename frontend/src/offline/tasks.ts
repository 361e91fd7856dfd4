/** My tasks of the next days, as of the last time the server was met. */
import { ref } from 'vue'

import { dataOf, GET } from '@/api/client'
import type { components } from '@/api/schema'
import type { Area } from '@/domain/area'
import type { Definitions } from '@/forms/definition'

import { keep, kept } from './kept'
import { settle, waiting } from './outbox'
import { seen } from './vault'

export type Task = components['schemas']['Task']
export type Me = components['schemas']['Me']

interface Kept { items: Task[]; cursor: string | null; asOf: number | null; more: boolean; done: string[] }
const DAY = 86_400_000
const NONE: Kept = { items: [], cursor: null, asOf: null, more: false, done: [] }

export const tasks = ref<Kept>(NONE)
export const definitions = ref<Definitions | null>(null)
export const areas = ref<Area[]>([])
export const me = ref<Me | null>(null)

/** What was kept here, for a start without a network. */
export async function recall(): Promise<void> {
  const [own, defined, known, who] = await Promise.all([
    kept<Kept>('tasks'), kept<Definitions>('definitions'), kept<Area[]>('areas'), kept<Me>('me'),
  ])
  tasks.value = own ?? NONE
  definitions.value = defined
  areas.value = known ?? []
  me.value = who
}

/** Ask the server what changed. Throws AppError or Unreachable. */
export async function refresh(): Promise<void> {
  const learntAt = await kept<number>('learntAt')
  if (!definitions.value || !learntAt || Date.now() - learntAt > DAY) await learn()
  const before = tasks.value
  const query = before.cursor ? { since: before.cursor } : {}
  const told = await dataOf(GET('/api/v1/sync/tasks', { params: { query } }))
  const known = new Map([...before.items, ...told.items].map((task) => [task.id, task]))
  const items = told.ids.flatMap((id) => known.get(id) ?? [])
  tasks.value = {
    items, cursor: told.cursor, asOf: Date.now(), more: told.more,
    // With nothing on its way, the server's list is the truth: what it did not accept is open again.
    done: (await waiting()) === 0 ? [] : before.done.filter((id) => told.ids.includes(id)),
  }
  await keep('tasks', tasks.value)
  await settle(told.settled)
  await seen()
}

/** The definitions, the areas and who one is: asked for at sign-in, and once a day. */
export async function learn(): Promise<void> {
  const [defined, known, who] = await Promise.all([
    dataOf(GET('/api/v1/kinds', {})), dataOf(GET('/api/v1/areas', {})), dataOf(GET('/api/v1/me', {})),
  ])
  definitions.value = defined as Definitions
  areas.value = known.items
  me.value = who
  await Promise.all([
    keep('definitions', defined), keep('areas', known.items), keep('me', who),
    keep('learntAt', Date.now()),
  ])
}

/** A step of this case waits in the outbox: the tasks it completes are off the list until the
 * server says otherwise. */
export async function markDone(caseId: string, step: string): Promise<void> {
  const met = tasks.value.items.filter((task) => task.case_id === caseId && task.actions.includes(step))
  tasks.value = { ...tasks.value, done: [...tasks.value.done, ...met.map((task) => task.id)] }
  await keep('tasks', tasks.value)
}

export const taskOf = (id: string): Task | undefined => tasks.value.items.find((t) => t.id === id)

export const openTasks = (): Task[] =>
  tasks.value.items.filter((task) => !tasks.value.done.includes(task.id))

/** The other open tasks of the same person: the worker stands at her door already. */
export const sameHousehold = (task: Task): Task[] =>
  openTasks().filter(
    (other) => other.id !== task.id &&
      (other.case_id === task.case_id || (task.household !== null && other.household === task.household)),
  )

export function forgetTasks(): void {
  tasks.value = NONE
  definitions.value = null
  areas.value = []
  me.value = null
}
