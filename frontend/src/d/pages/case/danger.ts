/** How the danger of a case was judged over time, from its record of assessments. */
import type { components } from '@/api/schema'

type Event = components['schemas']['EventShown']
type Scale = components['schemas']['InstrumentShown']

export interface Assessment {
  event: Event
  /** Against the assessment before it, among those that hold. */
  move: 'first' | 'raised' | 'lowered' | 'same' | 'corrected'
  /** Items answered yes that were not before, and the other way round. */
  now: string[]
  nowNot: string[]
}

/** Whether the answers of the scale's items may be read at all. */
export const readable = (event: Event, scale: Scale) => Object.keys(scale.items).some((name) => name in event.answers)

/** Newest first, as the record gives them; what was corrected stands there without a move of its own. */
export function historyOf(events: Event[], scale: Scale): Assessment[] {
  const words = { ...scale.vetoes, ...scale.items }
  const levels = scale.bands.map((band) => band.level as string)
  const holding = events.filter((event) => event.replaced_by === null).sort((a, b) => Date.parse(a.happened_at) - Date.parse(b.happened_at) || a.seq - b.seq)
  const before = new Map(holding.map((event, at) => [event.id, holding[at - 1]]))
  const yes = (event: Event | undefined, name: string) => event?.answers[name] === true
  return events.map((event) => {
    const earlier = before.get(event.id)
    const turned = (from: Event | undefined, to: Event | undefined) => Object.keys(words).filter((name) => yes(to, name) && !yes(from, name)).map((name) => words[name]!)
    return { event, move: moveOf(event, earlier, levels), now: turned(earlier, event), nowNot: event.replaced_by === null ? turned(event, earlier) : [] }
  })
}

function moveOf(event: Event, earlier: Event | undefined, levels: string[]): Assessment['move'] {
  if (event.replaced_by !== null) return 'corrected'
  if (!earlier) return 'first'
  const rise = levels.indexOf(event.outcome ?? '') - levels.indexOf(earlier.outcome ?? '')
  return rise > 0 ? 'raised' : rise < 0 ? 'lowered' : 'same'
}
