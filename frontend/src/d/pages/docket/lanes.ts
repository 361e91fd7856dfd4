/** Lanes of the docket: one for each room or mediator, so that what is free is seen at a glance. */
import type { components } from '@/api/schema'
import { dayOf, timeOf } from '@/domain/deadline'

export type Sitting = components['schemas']['SittingShown']
export type Docket = components['schemas']['Docket']
export type By = 'room' | 'mediator'
export interface Named { id: number; name: string }
/** A time at which a room and a mediator are not free; of a sitting out of sight nothing more is known. */
export interface Busy { room_id: number; mediator_id: number; starts_at: string; ends_at: string }
export interface Lane extends Named { sittings: Sitting[]; taken: Busy[] }

const DAY_BEGINS = 8
const DAY_ENDS = 18
const HOUR = 60

const idOf = (one: Busy, by: By): number => (by === 'room' ? one.room_id : one.mediator_id)

/** The lanes of the docket: one's own office's `own` always, others where they have a sitting. A lane that is only
 * known to be taken is called by what `names` says. */
export function lanesOf(docket: Docket, by: By, own: Named[], names: Named[] = []): Lane[] {
  const known = new Map(own.map((one) => [one.id, one.name]))
  for (const one of docket.items) if (!known.has(idOf(one, by))) known.set(idOf(one, by), by === 'room' ? one.room : one.mediator)
  for (const one of docket.taken) {
    const name = names.find((named) => named.id === idOf(one, by))?.name
    if (!known.has(idOf(one, by)) && name) known.set(idOf(one, by), name)
  }
  return [...known].map(([id, name]) => ({
    id, name,
    sittings: docket.items.filter((one) => idOf(one, by) === id),
    taken: docket.taken.filter((one) => idOf(one, by) === id),
  }))
}

const minutes = (moment: string): number => {
  const [hours = 0, past = 0] = timeOf(new Date(moment)).split(':').map(Number)
  return hours * HOUR + past
}

/** From which full hour to which a day is drawn: office hours, and as much as its sittings need. */
export function hoursOf(sittings: Busy[]): { from: number; to: number } {
  const begin = sittings.map((one) => Math.floor(minutes(one.starts_at) / HOUR))
  const end = sittings.map((one) => (dayOf(new Date(one.ends_at)) > dayOf(new Date(one.starts_at)) ? 24 : Math.ceil(minutes(one.ends_at) / HOUR)))
  return { from: Math.min(DAY_BEGINS, ...begin), to: Math.max(DAY_ENDS, ...end) }
}

/** Where a sitting stands in a lane drawn from that hour on, and how long it is: in hours. */
export function placed(one: Busy, from: number): { top: number; length: number } {
  const length = (Date.parse(one.ends_at) - Date.parse(one.starts_at)) / (HOUR * 60_000)
  return { top: minutes(one.starts_at) / HOUR - from, length }
}

/** What stands in the way of a sitting between two moments. */
export const inTheWay = (docket: Docket | undefined, starts: string, ends: string): Busy[] =>
  [...(docket?.items ?? []), ...(docket?.taken ?? [])].filter((one) => Date.parse(one.starts_at) < Date.parse(ends) && Date.parse(one.ends_at) > Date.parse(starts))

/** 09:00–10:30 */
export const spanOf = (one: { starts_at: string; ends_at: string }): string => `${timeOf(new Date(one.starts_at))}–${timeOf(new Date(one.ends_at))}`
