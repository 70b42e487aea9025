// The slides of a meeting: every row stands on exactly one page, and fewer rows fit where letters must be larger.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import './browser'
import { pagesOf, rowsOf } from '../src/screens/programme/meeting-pages'
import type { RiskRow, Slides } from '../src/screens/programme/meeting-types'

const ROWS = Array.from({ length: 23 }, (_, at) => ({ project_id: at, name: `Dự án ${at}` }) as RiskRow)
const TOLD = {
  slides: [{ part: 'overview', ratios: Array.from({ length: 9 }, () => ({})) }, { part: 'risks', of: 30, rows: ROWS }],
  decisions: [],
} as unknown as Slides

for (const lines of [12, 21, 32]) {
  test(`a screen of ${lines} lines shows each row once`, () => {
    const pages = pagesOf(TOLD, { lines })
    const risks = pages.filter(({ slide }) => slide.part === 'risks')
    const seen = risks.flatMap(({ from, to }) => ROWS.slice(from, to))
    assert.deepEqual(seen, ROWS)
    assert.deepEqual(
      risks.map(({ at, of }) => `${at}/${of}`),
      risks.map((_, at) => `${at + 1}/${risks.length}`),
    )
    const ratios = pages.filter(({ slide, at }) => slide.part === 'overview' && at > 1)
    assert.equal(ratios.reduce((sum, { from, to }) => sum + Math.min(to, 9) - from, 0), 9)
    assert.equal(pages.at(-1)?.slide.part, 'decisions')
  })
}

test('fewer rows where letters are larger, and never none', () => {
  assert.ok(rowsOf({ lines: 21 }, 'risks') < rowsOf({ lines: 32 }, 'risks'))
  assert.equal(rowsOf({ lines: 6 }, 'questions'), 2)
})
