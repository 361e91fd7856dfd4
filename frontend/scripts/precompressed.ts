import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Plugin, ResolvedConfig } from 'vite'

const WORTH = /\.(js|css|html|svg|webmanifest)$/

/** Lays a .gz beside every text file of the build, so that the server sends them without work. */
export function precompressed(): Plugin {
  let config: ResolvedConfig
  return {
    name: 'precompressed',
    apply: 'build',
    configResolved: (resolved) => void (config = resolved),
    closeBundle: {
      order: 'post',
      sequential: true,
      async handler() {
        const folder = config.build.outDir
        for (const name of await readdir(folder, { recursive: true })) {
          if (!WORTH.test(name)) continue
          const file = join(folder, name)
          await writeFile(`${file}.gz`, gzipSync(await readFile(file), { level: 9 }))
        }
      },
    },
  }
}
