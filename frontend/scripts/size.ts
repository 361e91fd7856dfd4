/** Fails when a shell outgrows its budget: kB as they are downloaded (gzip). */
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

interface Budget {
  shell: string
  /** What loads before any page. */
  scripts: number
  styles: number
  /** What a page adds, unless it is named in `pages`. */
  page: number
  /** Pages with a budget of their own, the first load counted in. */
  pages: Record<string, number>
}

const BUDGETS: Budget[] = [
  { shell: 'm', scripts: 100_000, styles: 12_000, page: 30_000, pages: {} },
  {
    shell: 'd', scripts: 150_000, styles: 20_000, page: 80_000,
    pages: { 'pages/worklist/Worklist.vue': 230_000, 'pages/board/Board.vue': 230_000 },
  },
]

interface Chunk {
  file: string
  isEntry?: boolean
  isDynamicEntry?: boolean
  imports?: string[]
  css?: string[]
}

const problems: string[] = []
function check(name: string, size: number, most: number) {
  console.log(`${name.padEnd(44)} ${(size / 1000).toFixed(1).padStart(6)} / ${most / 1000} kB`)
  if (size > most) problems.push(name)
}

function checkShell({ shell, scripts, styles, page, pages }: Budget) {
  const folder = new URL(`../dist/${shell}/`, import.meta.url)
  const chunks: Record<string, Chunk> = JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8'))
  const weigh = (file: string) => gzipSync(readFileSync(new URL(file, folder)), { level: 9 }).length
  const sum = (files: Iterable<string>) => [...files].reduce((total, file) => total + weigh(file), 0)

  function reach(key: string, found = new Set<string>()): Set<string> {
    if (found.has(key)) return found
    found.add(key)
    for (const next of chunks[key]?.imports ?? []) reach(next, found)
    return found
  }
  const pick = (keys: Iterable<string>, part: (chunk: Chunk) => string[]) =>
    new Set([...keys].flatMap((key) => (chunks[key] ? part(chunks[key]) : [])))

  const entry = Object.keys(chunks).find((key) => chunks[key]?.isEntry)
  if (!entry) throw new Error(`the build of ${shell} has no entry`)
  const initial = reach(entry)
  check(`${shell} first load, scripts`, sum(pick(initial, (chunk) => [chunk.file])), scripts)
  check(`${shell} first load, styles`, sum(pick(initial, (chunk) => chunk.css ?? [])), styles)
  for (const [key, chunk] of Object.entries(chunks)) {
    if (!chunk.isDynamicEntry) continue
    const name = key.replace(`../src/${shell}/`, '')
    const own = pages[name]
    const counted = [...reach(key)].filter((other) => own || !initial.has(other))
    const all = own ? new Set([...counted, ...initial]) : counted
    check(`${shell} ${name}`, sum(pick(all, (part) => [part.file])), own ?? page)
  }
  const missing = Object.keys(pages).filter((name) => !chunks[`../src/${shell}/${name}`])
  if (missing.length > 0) problems.push(`no page ${missing.join(', ')}`)
}

BUDGETS.forEach(checkShell)
if (problems.length > 0) {
  console.error(`too large: ${problems.join(', ')}`)
  process.exit(1)
}
