/** Whose lanes the docket shows: one's own committee's rooms and mediators always. */
import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'

import { dataOf, GET } from '@/api/client'

import { me } from '../../known'

import type { By, Named } from './lanes'

/** The rooms of the district, and those and the mediators of one's own committee. */
export function useLanes() {
  const committee = computed(() => (me.value?.organisation?.kind === 'mediation_committee' ? me.value.organisation.id : null))
  const rooms = useQuery({ queryKey: ['rooms'], queryFn: () => dataOf(GET('/api/v1/registers/rooms', {})) })
  const colleagues = useQuery({
    queryKey: computed(() => ['accounts', 'mediators', committee.value]),
    queryFn: async () => {
      const query = { organisation_id: committee.value!, limit: 200 }
      return (await dataOf(GET('/api/v1/accounts', { params: { query } }))).items.filter((one) => one.roles.includes('mediator'))
    },
    enabled: computed(() => committee.value !== null),
  })
  const own = computed<Record<By, Named[]>>(() => ({
    room: (rooms.data.value?.items ?? []).filter((one) => one.organisation_id === committee.value),
    mediator: (colleagues.data.value ?? []).map((one) => ({ id: one.id, name: one.display_name })),
  }))
  const named = computed<Record<By, Named[]>>(() => ({ room: rooms.data.value?.items ?? [], mediator: own.value.mediator }))
  return { own, named }
}
