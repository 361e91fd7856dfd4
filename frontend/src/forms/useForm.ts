/** One form being filled in: its answers, what is wrong with them, and their keeping. */
import { computed, reactive, ref } from 'vue'

import type { Field } from './definition'
import { useKeeping } from './keeping'
import { type Answers, type Problems, check, isVisible, tidy } from './rules'

export interface FormOptions {
  fields: Field[]
  answers?: Answers
  /** Keeps what was typed so far; called a moment after the last change. */
  keep?: (answers: Answers) => Promise<void> | void
}

/** Answers that a template binds to. Problems of a field show once it was left, or all of them
 * after `submit` was refused; those the server found show until the field changes. */
export function useForm(options: FormOptions) {
  const answers = reactive<Answers>({ ...options.answers })
  const touched = reactive(new Set<string>())
  const tried = ref(false)
  const server = ref<Problems>({})

  const visible = computed(() => options.fields.filter((field) => isVisible(field, answers)))
  const found = computed(() => check(options.fields, answers))
  const problems = computed<Problems>(() => {
    const shown = Object.entries(found.value).filter(
      ([place]) => tried.value || touched.has(place) || touched.has(place.split('.')[0] ?? ''),
    )
    return { ...server.value, ...Object.fromEntries(shown) }
  })

  const keeping = useKeeping(answers, (now) => options.keep?.(now))

  return {
    answers,
    visible,
    problems,
    set(name: string, value: unknown) {
      answers[name] = value
      for (const place of Object.keys(server.value)) {
        if (place === name || place.startsWith(`${name}.`)) delete server.value[place]
      }
    },
    touch: (name: string) => void touched.add(name),
    /** Problems the server named, by the paths it gave (`answers.victim.phone`). */
    refuse(problems: { field: string; message: string }[]) {
      server.value = Object.fromEntries(
        problems.map(({ field, message }) => [field.replace(/^answers\./, ''), message]),
      )
    },
    /** What to send, or null with every problem shown. */
    submit(): Answers | null {
      tried.value = true
      return Object.keys(found.value).length === 0 ? tidy(options.fields, answers) : null
    },
    keepNow: keeping.keepNow,
    /** It was saved for good. */
    stop: keeping.stop,
  }
}

export type FormModel = ReturnType<typeof useForm>
