// Rules of the source tree that the compiler does not know.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import test from 'node:test'
import { filesBelow } from '../build'

const root = process.cwd()
const sources = filesBelow(join(root, 'src'))
  .filter((path) => /\.tsx?$/.test(path))
  .map((path) => ({ path: relative(root, path).replaceAll('\\', '/'), text: readFileSync(path, 'utf8') }))

function offenders(pattern: RegExp, allowed: RegExp): string[] {
  return sources.filter(({ path, text }) => pattern.test(text) && !allowed.test(path)).map(({ path }) => path)
}

test('only api/ talks to the network', () => {
  assert.deepEqual(offenders(/\bfetch\(|new EventSource\(|XMLHttpRequest|sendBeacon|WebSocket\(/, /^src\/api\//), [])
})

test('only format/ uses Intl', () => {
  assert.deepEqual(offenders(/\bIntl\.|toLocale(?:String|DateString|TimeString)\(/, /^src\/format\//), [])
})

test('time comes from the server, never from the workstation', () => {
  assert.deepEqual(offenders(/\bnew Date\(\)|\bDate\.now\(\)/, /^src\/api\/stream\.ts$/), [])
})

test('screens never import each other', () => {
  const crossing = sources.flatMap(({ path, text }) => {
    const own = /^src\/screens\/([^/]+)\//.exec(path)?.[1]
    if (!own) return []
    return [...text.matchAll(/from '([^']+)'/g)]
      .map((found) => found[1] as string)
      .filter((from) => from.includes('/screens/') || (/^\.\.\/[a-z-]+$/.test(from) && !from.startsWith('../..')))
      .map((from) => `${path} → ${from}`)
  })
  assert.deepEqual(crossing, [])
})

test('a class stands bare in the styles of one folder only', () => {
  // The styles of a screen stay when one goes on to the next: a bare class that another one declares lies over it.
  const owners = new Map<string, Set<string>>()
  for (const path of filesBelow(join(root, 'src')).filter((path) => path.endsWith('.css'))) {
    const name = relative(root, path).replaceAll('\\', '/')
    const folder = /^src\/(screens\/[^/]+|[^/]+)\//.exec(name)?.[1] ?? name
    const text = readFileSync(path, 'utf8').replace(/\/\*[^]*?\*\//g, '').replaceAll(':has(', ' :is(').replace(/:[a-z-]+\([^()]*(?:\([^()]*\)[^()]*)*\)/g, ':x')
    for (const [, selectors = ''] of text.matchAll(/([^{}]+)\{/g)) {
      for (const selector of selectors.split(',')) {
        const bare = /^\.([\w-]+)(?:[:[][^ >+~]*)?$/.exec(selector.trim())?.[1]
        if (bare) owners.set(bare, (owners.get(bare) ?? new Set()).add(folder))
      }
    }
  }
  const shared = [...owners].filter(([, folders]) => folders.size > 1).map(([name, folders]) => `.${name}: ${[...folders].sort().join(', ')}`)
  assert.deepEqual(shared, [])
})

test('nothing writes HTML or styles that the content policy would refuse', () => {
  assert.deepEqual(offenders(/dangerouslySetInnerHTML|innerHTML|insertAdjacentHTML|\beval\(|new Function\(/, /^$/), [])
})

test('no source names a place outside this site', () => {
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8')
  assert.ok(!lock.includes('"resolved"'), 'the lock file names a registry')
  assert.deepEqual(offenders(/https?:\/\/(?!www\.w3\.org\/|127\.0\.0\.1)/, /^$/), [])
})

test('the router stays small enough to be read at once', () => {
  const router = sources.find(({ path }) => path === 'src/router.ts')
  assert.ok(router && router.text.split('\n').length < 62)
})
