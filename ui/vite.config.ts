import { defineConfig } from 'vite'
import { compressAndList } from './build.ts'

// In development the pages come from Vite and the data from a running `haidang up`.
const server = process.env['HAIDANG_URL'] ?? 'http://127.0.0.1:8080'

export default defineConfig({
  root: import.meta.dirname,
  server: { proxy: { '/api': server, '/ngsi-ld': server, '/schema': server } },
  preview: { proxy: { '/api': server, '/ngsi-ld': server, '/schema': server } },
  build: {
    outDir: '../src/haidang/web/dist',
    emptyOutDir: true,
    target: 'es2022',
    // The content policy forbids inline anything, so nothing may become a data: URL in a style or script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: 'chunks.json',
    chunkSizeWarningLimit: 1600,
  },
  worker: { format: 'es' },
  plugins: [compressAndList()],
})
