/** Which columns of a table are shown, as whoever sits here chose. It is kept in this browser and never in the
 * address: names of columns only, nothing of what stands in them. The first column stays: it leads to the row's page. */
import { computed, ref } from 'vue'

import type { Column } from './DataTable.vue'

export interface Columns<One extends Column> { all: One[]; shown: One[]; show: (name: string, on: boolean) => void; reset: () => void }

/** `table` is the name it is kept under. */
export function useColumns<One extends Column>(table: string, all: One[]) {
  const key = `columns ${table}`
  const hidden = ref(new Set((localStorage.getItem(key) ?? '').split(' ')))

  function keep(names: Set<string>): void {
    hidden.value = names
    if (names.size) localStorage.setItem(key, [...names].join(' '))
    else localStorage.removeItem(key)
  }
  function show(name: string, on: boolean): void {
    keep(new Set(all.slice(1).map((one) => one.name).filter((one) => (one === name ? !on : hidden.value.has(one)))))
  }
  return computed<Columns<One>>(() => ({
    all, shown: all.filter((one, at) => at === 0 || !hidden.value.has(one.name)), show, reset: () => keep(new Set()),
  }))
}
