import { defineConfig } from 'vite'
import { filesBelow } from './build.ts'

// The unit tests are bundled by the same tool as the pages and run by Node's own test runner.
export default defineConfig({
  root: import.meta.dirname,
  build: {
    outDir: 'build/test',
    emptyOutDir: true,
    target: 'node20',
    ssr: true,
    rollupOptions: {
      input: filesBelow(`${import.meta.dirname}/tests`).filter((path) => path.endsWith('.test.ts')),
    },
  },
})
