/** Fails when the phone's shell outgrows its budget: kB as a phone downloads them (gzip). */
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const FOLDER = new URL('../dist/m/', import.meta.url)
const INITIAL = 100_000
const ROUTE = 30_000
const STYLES = 12_000

interface Chunk {
  file: string
  isEntry?: boolean
  isDynamicEntry?: boolean
  imports?: string[]
  css?: string[]
}

const chunks: Record<string, Chunk> = JSON.parse(
  readFileSync(new URL('manifest.json', FOLDER), 'utf8'),
)
const weigh = (file: string) => gzipSync(readFileSync(new URL(file, FOLDER)), { level: 9 }).length
const sum = (files: Iterable<string>) => [...files].reduce((total, file) => total + weigh(file), 0)

function reach(key: string, found = new Set<string>()): Set<string> {
  if (found.has(key)) return found
  found.add(key)
  for (const next of chunks[key]?.imports ?? []) reach(next, found)
  return found
}

const problems: string[] = []
function check(name: string, size: number, most: number) {
  console.log(`${name.padEnd(44)} ${(size / 1000).toFixed(1).padStart(6)} / ${most / 1000} kB`)
  if (size > most) problems.push(name)
}

const entry = Object.keys(chunks).find((key) => chunks[key]?.isEntry)
if (!entry) throw new Error('the build has no entry')
const initial = reach(entry)
const pick = (keys: Iterable<string>, part: (chunk: Chunk) => string[]) =>
  new Set([...keys].flatMap((key) => (chunks[key] ? part(chunks[key]) : [])))

check('first load, scripts', sum(pick(initial, (chunk) => [chunk.file])), INITIAL)
check('first load, styles', sum(pick(initial, (chunk) => chunk.css ?? [])), STYLES)
for (const [key, chunk] of Object.entries(chunks)) {
  if (!chunk.isDynamicEntry) continue
  const more = [...reach(key)].filter((other) => !initial.has(other))
  check(key.replace('../src/m/', ''), sum(pick(more, (part) => [part.file])), ROUTE)
}
if (problems.length > 0) {
  console.error(`too large: ${problems.join(', ')}`)
  process.exit(1)
}
