// WCAG contrast of every token pair, computed from the token file itself.
import assert from 'node:assert/strict'
import test from 'node:test'
import css from '../src/design/tokens.css?raw'

type Tokens = Record<string, string>

function tokensOf(theme: 'dark' | 'light'): Tokens {
  const block = css.split(`:root[data-theme='${theme}'] {`)[1]?.split('}')[0] ?? ''
  return Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((found) => [found[1], found[2]]))
}

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function ratio(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

for (const theme of ['dark', 'light'] as const) {
  const tokens = tokensOf(theme)
  const at = (name: string) => {
    const colour = tokens[name]
    assert.ok(colour, `${theme} has no --${name}`)
    return colour
  }

  test(`${theme}: text reads at 4.5 to 1 on page and surface`, () => {
    for (const ground of ['bg', 'surface']) {
      for (const name of ['text', 'muted', 'accent', 'p1', 'p2', 'p3', 'p4', 'stale']) {
        const found = ratio(at(name), at(ground))
        assert.ok(found >= 4.5, `--${name} on --${ground}: ${found.toFixed(2)}`)
      }
    }
    for (const name of ['text', 'muted', 'accent']) {
      assert.ok(ratio(at(name), at('raised')) >= 4.5, `--${name} on --raised`)
    }
  })

  test(`${theme}: marks and controls stand out at 3 to 1`, () => {
    for (const ground of ['bg', 'surface']) assert.ok(ratio(at('line-strong'), at(ground)) >= 2.95, ground)
    for (const name of ['p1', 'stale']) assert.ok(ratio(at(name), at('raised')) >= 3, name)
  })

  test(`${theme}: ink reads on every filled mark`, () => {
    for (const name of ['p1', 'p2', 'p3', 'p4', 'accent']) {
      const found = ratio(at('ink'), at(name))
      assert.ok(found >= 4.5, `ink on --${name}: ${found.toFixed(2)}`)
    }
  })
}
