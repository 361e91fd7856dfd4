/** The form on the screen, if there is one: whoever leaves in a hurry keeps it first. */
let keep: (() => Promise<void>) | null = null

export function openForm(keepNow: (() => Promise<void>) | null): void {
  keep = keepNow
}

export const keepOpenForm = async (): Promise<void> => void (await keep?.())
