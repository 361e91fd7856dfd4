/** The lists that can leave as a file, by the name under which the server takes their filters. */
import { dataOf, GET } from '@/api/client'
import type { components, paths } from '@/api/schema'

type Schemas = components['schemas']
type Query<Path extends keyof paths> = paths[Path] extends { get: { parameters: { query?: infer Asked } } } ? NonNullable<Asked> : never

/** Cases (`filters`), women left behind (`ledger`), or people. */
export type Asked = { filters: Schemas['ExportFilters'] } | { ledger: Schemas['LedgerFilters'] } | { people: Schemas['PeopleFilters'] }

/** How many rows the list has in all. */
export async function countOf(list: Asked): Promise<number> {
  if ('ledger' in list) {
    const query = list.ledger as Query<'/api/v1/ledger/totals'>
    return (await dataOf(GET('/api/v1/ledger/totals', { params: { query } }))).women
  }
  if ('people' in list) {
    const query = list.people as Query<'/api/v1/exports/count/people'>
    return (await dataOf(GET('/api/v1/exports/count/people', { params: { query } }))).count
  }
  const query = list.filters as Query<'/api/v1/exports/count'>
  return (await dataOf(GET('/api/v1/exports/count', { params: { query } }))).count
}
