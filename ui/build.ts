// What the build adds to Vite's own output: compressed twins beside the assets, and `manifest.json`, which says
// from which sources they were made, so that a build with unchanged sources can be skipped.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Plugin, ResolvedConfig } from 'vite'

const TEXT = /\.(?:html|js|mjs|css|svg|json|geojson|txt|webmanifest)$/

export interface Manifest {
  /** SHA-256 over path and content of every file that the build reads; see {@link sourceHash}. */
  source: string
  /** Every served file with its size as it is and compressed. */
  files: Record<string, { bytes: number; gzip_bytes: number | null }>
}

/** Every file below `folder`, sorted by path with forward slashes. */
export function filesBelow(folder: string, ignored: ReadonlySet<string> = new Set()): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !ignored.has(entry.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      return entry.isDirectory() ? filesBelow(path, ignored) : [path]
    })
    .sort()
}

/** One hash for all sources: for each file in order, its path from `ui/`, a NUL, its bytes, a NUL. */
export function sourceHash(root: string): string {
  const hash = createHash('sha256')
  const names = filesBelow(root, new Set(['node_modules', 'build', 'tests', 'map-data', 'README.md']))
    .map((path) => relative(root, path).split(sep).join('/'))
    .sort()
  for (const name of names) hash.update(name).update('\0').update(readFileSync(join(root, name))).update('\0')
  return hash.digest('hex')
}

/** Compress every text file of the output (never the fonts, which are compressed already) and write the manifest. */
export function compressAndList(): Plugin {
  let config: ResolvedConfig
  return {
    name: 'haidang-compress-and-list',
    apply: 'build',
    configResolved(resolved) {
      config = resolved
    },
    closeBundle() {
      const out = join(config.root, config.build.outDir)
      const manifest: Manifest = { source: sourceHash(config.root), files: {} }
      for (const path of filesBelow(out)) {
        const bytes = readFileSync(path)
        let gzipBytes: number | null = null
        if (TEXT.test(path)) {
          const gzip = gzipSync(bytes, { level: 9 })
          gzipBytes = gzip.length
          writeFileSync(`${path}.gz`, gzip)
          writeFileSync(
            `${path}.br`,
            brotliCompressSync(bytes, {
              params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
            }),
          )
        }
        const name = relative(out, path).split(sep).join('/')
        manifest.files[name] = { bytes: bytes.length, gzip_bytes: gzipBytes }
      }
      writeFileSync(join(out, 'manifest.json'), `${JSON.stringify(manifest, null, 1)}\n`)
    },
  }
}
