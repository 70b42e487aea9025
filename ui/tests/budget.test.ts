// What a browser must fetch before a screen stands, gzip-compressed, after a build. Without one there is nothing to weigh.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import type { Manifest } from '../build'

const dist = join(process.cwd(), '../src/haidang/web/dist')
const KB = 1024

interface Chunk {
  file: string
  imports?: string[]
  css?: string[]
}

test('bundle budget', { skip: existsSync(join(dist, 'manifest.json')) ? false : 'no build to weigh' }, (t) => {
  const sizes = (JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8')) as Manifest).files
  const chunks = JSON.parse(readFileSync(join(dist, 'chunks.json'), 'utf8')) as Record<string, Chunk>

  /** Everything that `entries` pull in at once, each file counted once. Fonts come later and are cached apart. */
  const weigh = (...entries: string[]): number => {
    const files = new Set(['index.html'])
    const visit = (name: string) => {
      const chunk = chunks[name]
      assert.ok(chunk, `no chunk ${name}`)
      if (files.has(chunk.file)) return
      files.add(chunk.file)
      chunk.css?.forEach((file) => files.add(file))
      chunk.imports?.forEach(visit)
    }
    entries.forEach(visit)
    return [...files].reduce((sum, file) => sum + (sizes[file]?.gzip_bytes ?? 0), 0) / KB
  }

  for (const screen of ['feeds', 'operations', 'tasks', 'directives', 'docs', 'people', 'login', 'brief', 'programme', 'indicators']) {
    const found = weigh('index.html', `src/screens/${screen}/index.tsx`)
    t.diagnostic(`shell + ${screen}: ${found.toFixed(1)} KB gz`)
    assert.ok(found <= 60, `shell + ${screen} weighs ${found.toFixed(1)} KB gz, 60 are allowed`)
  }
  const city = weigh('index.html', 'src/screens/city/index.tsx')
  t.diagnostic(`shell + city before the map: ${city.toFixed(1)} KB gz`)
  assert.ok(city <= 120, `shell + city weighs ${city.toFixed(1)} KB gz before the map, 120 are allowed`)

  for (const screen of ['duty', 'wall']) {
    const found = weigh('index.html', `src/screens/${screen}/index.tsx`)
    t.diagnostic(`shell + ${screen} before the map: ${found.toFixed(1)} KB gz`)
    assert.ok(found <= 120, `shell + ${screen} weighs ${found.toFixed(1)} KB gz before the map, 120 are allowed`)
  }

  // The list of chunks is for this test alone: no browser asks for it.
  const ours = Object.entries(sizes).filter(([name]) => !/\.(?:gz|br)$/.test(name) && name !== 'chunks.json')
  const raw = ours.reduce((sum, [, size]) => sum + size.bytes, 0) / KB / KB
  t.diagnostic(`dist: ${raw.toFixed(2)} MB raw`)
  assert.ok(raw <= 3, `dist weighs ${raw.toFixed(2)} MB, 3 are allowed`)
})
