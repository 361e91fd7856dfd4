/** One organisation as it is edited: on the version the list showed, or the one read after a collision. */
import { dataOf, GET, POST, PUT, taggedOf } from '@/api/client'
import type { components } from '@/api/schema'

import { useEdit } from '../../parts/useEdit'
import type { Organisation } from './kinds'

type Changed = components['schemas']['OrganisationBody']
interface Closed { closed_on: string }

const at = (id: number) => ({ organisation_id: id })
const read = (id: number) => () => taggedOf(GET('/api/v1/registers/organisations/{organisation_id}', { params: { path: at(id) } }))

export const tagOf = (one: Organisation): string => `"${one.version}"`

export const useChange = (id: number, done: () => void) => useEdit<Organisation, Changed>({
  read: read(id), done,
  write: (body, tag) => dataOf(PUT('/api/v1/registers/organisations/{organisation_id}', { params: { path: at(id), header: { 'if-match': tag } }, body })),
})

export const useClosing = (id: number, done: () => void) => useEdit<Organisation, Closed>({
  read: read(id), done,
  write: (body, tag) => dataOf(POST('/api/v1/registers/organisations/{organisation_id}/close', { params: { path: at(id), header: { 'if-match': tag } }, body })),
})
