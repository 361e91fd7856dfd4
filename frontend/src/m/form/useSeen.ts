/** Which rows of a form have been on the screen. */
import { computed, onBeforeUnmount, onMounted, ref } from 'vue'

/** `left` is how many of the named rows were not yet seen, at least half of each. */
export function useSeen(names: () => string[]) {
  const met = ref(new Set<string>())
  const left = computed(() => names().filter((name) => !met.value.has(name)).length)
  let watcher: IntersectionObserver | undefined

  onMounted(() => {
    watcher = new IntersectionObserver((entries) => {
      const fresh = entries.filter((entry) => entry.isIntersecting).map(({ target }) => (target as HTMLElement).dataset.field!)
      if (fresh.length > 0) met.value = new Set([...met.value, ...fresh])
    }, { threshold: 0.5 })
    for (const name of names()) {
      const row = document.querySelector(`[data-field="${name}"]`)
      // A row that is not asked is nothing to be read.
      if (row) watcher.observe(row)
      else met.value = new Set([...met.value, name])
    }
  })
  onBeforeUnmount(() => watcher?.disconnect())
  return { left }
}
