/** What can be picked, by the widget that a definition names. */
import { dataOf, GET } from '@/api/client'

export interface Pick { id: number | string; label: string }

/** Whether there are too many for a list: one types the beginning. */
export const remote = (widget: string): boolean => widget === 'case'

/** Everything there is to pick from; of cases those whose number begins with `text`. */
export async function picks(widget: string, text = ''): Promise<Pick[]> {
  switch (widget) {
    case 'organisation':
      return organisations()
    case 'account':
      return accounts()
    case 'case': {
      const query = { limit: 20, ...(text.trim() ? { text: text.trim() } : {}) }
      const found = await dataOf(GET('/api/v1/cases', { params: { query } }))
      return found.items.map((one) => ({ id: one.id, label: `${one.number ?? one.kind_title} ${one.subject ?? ''}` }))
    }
    case 'bed': {
      const { beds } = await dataOf(GET('/api/v1/registers/shelters/free-beds', {}))
      return beds.map((one) => ({ id: one.bed_id, label: one.label }))
    }
    default:
      throw new Error(`nothing to pick for ${widget}`)
  }
}

export async function organisations(): Promise<Pick[]> {
  const found: Pick[] = []
  for (let after: number | null = 0; after !== null;) {
    const query: { limit: number; after: number } = { limit: 100, after }
    const page = await dataOf(GET('/api/v1/registers/organisations', { params: { query } }))
    found.push(...page.items.map((one) => ({ id: one.id, label: one.name })))
    after = page.next
  }
  return found
}

export async function accounts(): Promise<Pick[]> {
  const found: Pick[] = []
  for (let after: number | null = 0; after !== null;) {
    const query: { limit: number; after: number } = { limit: 200, after }
    const page = await dataOf(GET('/api/v1/accounts', { params: { query } }))
    found.push(...page.items.map((one) => ({ id: one.id, label: one.display_name })))
    after = page.next
  }
  return found
}
