// Both languages have the same keys, nothing is empty, and the Vietnamese is Vietnamese.
import './browser'
import assert from 'node:assert/strict'
import test from 'node:test'

type Tree = { readonly [key: string]: string | ((...args: never[]) => string) | Tree }

const sources = import.meta.glob<{ vi: Tree }>('../src/messages/*.vi.ts', { eager: true })
const others = import.meta.glob<{ en: Tree }>('../src/messages/*.en.ts', { eager: true })

function leaves(tree: Tree, prefix = ''): [string, unknown][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'object' ? leaves(value, `${prefix}${key}.`) : [[prefix + key, value] as [string, unknown]],
  )
}

for (const [path, { vi }] of Object.entries(sources)) {
  test(`${path}: English has every key, and nothing is left empty`, () => {
    const en = others[path.replace('.vi.ts', '.en.ts')]?.en
    assert.ok(en, 'the English file is missing')
    assert.deepEqual(
      leaves(en).map(([key]) => key).sort(),
      leaves(vi).map(([key]) => key).sort(),
    )
    for (const [key, value] of [...leaves(vi), ...leaves(en)]) {
      if (typeof value === 'string') assert.notEqual(value.trim(), '', key)
      else assert.equal(typeof value, 'function', key)
    }
  })

  test(`${path}: Vietnamese letters are composed (NFC)`, () => {
    for (const [key, value] of leaves(vi)) if (typeof value === 'string') assert.equal(value, value.normalize('NFC'), key)
  })
}
