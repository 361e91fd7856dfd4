/** Sealed values by name: the definitions, the areas, the tasks, the last used area. */
import { database, STRICT } from './store'
import { seal, unseal } from './vault'

export async function keep(name: string, value: unknown): Promise<void> {
  const sealed = await seal(value)
  await (await database()).put('kept', sealed, name)
}

export async function kept<T>(name: string): Promise<T | null> {
  const sealed = await (await database()).get('kept', name)
  return sealed ? unseal<T>(sealed) : null
}

/** Half-written forms, by the form and what it is about. */
export async function keepDraft(name: string, value: unknown): Promise<void> {
  const sealed = await seal(value)
  const tx = (await database()).transaction('drafts', 'readwrite', STRICT)
  await Promise.all([tx.store.put(sealed, name), tx.done])
}

export async function draft<T>(name: string): Promise<T | null> {
  const sealed = await (await database()).get('drafts', name)
  return sealed ? unseal<T>(sealed) : null
}

export async function dropDraft(name: string): Promise<void> {
  await (await database()).delete('drafts', name)
}

export async function draftNames(): Promise<string[]> {
  return (await database()).getAllKeys('drafts')
}
