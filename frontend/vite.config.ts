import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import Components from 'unplugin-vue-components/vite'
import { defineConfig } from 'vite'

import { precompressed } from './scripts/precompressed.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The desk's shell at /. A component of Element Plus is downloaded where a page uses it. */
export default defineConfig({
  root: here('./d'),
  base: '/',
  resolve: { alias: { '@': here('./src') } },
  build: {
    outDir: here('./dist/d'),
    emptyOutDir: true,
    // The last Chrome of Windows 7, which offices still have.
    target: ['chrome109', 'firefox115', 'safari16'],
    manifest: 'manifest.json',
    assetsInlineLimit: 0,
  },
  plugins: [
    vue(),
    Components({ dirs: [], dts: false, resolvers: [ElementPlusResolver({ importStyle: 'css' })] }),
    precompressed(),
  ],
})
