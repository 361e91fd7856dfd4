/** A file from the server is kept, never shown: it goes where the browser keeps what is saved. */

/** Offer a file under a name. */
export function saveFile(content: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  // The browser has begun to save by then; an address that is left would keep the file in memory.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
