/** A list by keyset: the page at hand by the cursor in the address, and the ways to its neighbours. */
import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, ref, toValue, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'

export interface Page<Item> { items: Item[]; next: string | null }

export interface PagedOptions<Item> {
  /** Names the list and all that it was asked by. */
  key: MaybeRefOrGetter<unknown[]>
  ask: (cursor: string | undefined) => Promise<Page<Item>>
  /** Milliseconds after which it is asked again by itself. */
  poll?: number
}

export function usePaged<Item>({ key, ask, poll }: PagedOptions<Item>) {
  const route = useRoute()
  const router = useRouter()
  const cursor = computed(() => (typeof route.query.cursor === 'string' ? route.query.cursor : undefined))
  const before = ref<(string | undefined)[]>([])
  watch(() => JSON.stringify(toValue(key)), () => (before.value = []))

  const query = useQuery({
    queryKey: computed(() => [...toValue(key), cursor.value ?? null]),
    queryFn: () => ask(cursor.value),
    placeholderData: keepPreviousData,
    ...(poll ? { refetchInterval: poll } : {}),
  })
  const go = (to: string | undefined) => router.replace({ query: { ...route.query, cursor: to } })
  return {
    ...query,
    items: computed(() => query.data.value?.items ?? []),
    hasNext: computed(() => Boolean(query.data.value?.next)),
    hasBefore: computed(() => cursor.value !== undefined),
    async next() {
      const to = query.data.value?.next
      if (!to) return
      before.value.push(cursor.value)
      await go(to)
    },
    /** The page before; the first one, where this page was opened by a link. */
    back: () => go(before.value.pop()),
  }
}
