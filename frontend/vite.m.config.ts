import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'

import { precompressed } from './scripts/precompressed.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The phone's shell at /m/. Its own build: what a phone keeps for offline holds nothing of the desk's. */
export default defineConfig({
  root: here('./m'),
  base: '/m/',
  resolve: { alias: { '@': here('./src') } },
  server: { proxy: { '/api': 'http://127.0.0.1:8000' } },
  build: {
    outDir: here('./dist/m'),
    emptyOutDir: true,
    // Cheap phones keep the WebView they came with.
    target: ['chrome87', 'safari14'],
    manifest: 'manifest.json',
    assetsInlineLimit: 0,
  },
  plugins: [
    vue(),
    VitePWA({
      // A new version must not reload a half-written report: the app asks on its home page.
      registerType: 'prompt',
      injectRegister: false,
      manifest: {
        name: '工作台',
        short_name: '工作台',
        lang: 'zh-CN',
        start_url: '/m/',
        scope: '/m/',
        display: 'standalone',
        orientation: 'portrait',
        background_color: '#f4f6f8',
        theme_color: '#1f5fa8',
        icons: [
          { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: 'icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'any maskable' },
        ],
      },
      workbox: {
        globPatterns: ['**/*.{js,css,html,svg,png,woff2}'],
        navigateFallback: '/m/index.html',
        navigateFallbackAllowlist: [/^\/m\//],
        cleanupOutdatedCaches: true,
        // The page that installed it is served by it at once: who signs in and walks out of reach
        // must find every page. A new version still waits until its user takes it.
        clientsClaim: true,
      },
    }),
    precompressed(),
  ],
})
