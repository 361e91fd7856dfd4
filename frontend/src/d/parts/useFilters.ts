/** The filters of a list, kept in the address: a link shows to another what one sees. */
import { computed } from 'vue'
import { type LocationQueryValue, useRoute, useRouter } from 'vue-router'

const text = (value: LocationQueryValue | LocationQueryValue[] | undefined): string | undefined =>
  (Array.isArray(value) ? value[0] : value) ?? undefined

/** `values` by name, undefined where nothing was chosen. Never put personal data here. */
export function useFilters<Name extends string>(names: readonly Name[]) {
  const route = useRoute()
  const router = useRouter()
  const values = computed(() =>
    Object.fromEntries(names.map((name) => [name, text(route.query[name]) || undefined])) as Record<Name, string | undefined>)
  const any = computed(() => names.some((name) => values.value[name] !== undefined))

  /** Change some; the list begins anew at its first page. */
  function set(changes: Partial<Record<Name, string | number | boolean | null | undefined>>): void {
    const told = Object.fromEntries(Object.entries(changes).map(([name, value]) =>
      [name, value === null || value === undefined || value === '' ? undefined : String(value)]))
    void router.replace({ query: { ...route.query, cursor: undefined, ...told } })
  }
  const clear = () => set(Object.fromEntries(names.map((name) => [name, undefined])) as Record<Name, undefined>)
  return { values, any, set, clear }
}
