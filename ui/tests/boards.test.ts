// Words and sums of the boards of directives.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import './browser'

const { capital, heatSentence, LISTED, month, monthEnd, PLACES } = await import('../src/boards/words')
const { vi } = await import('../src/messages/boards.vi')

test('every place stands in the figures once, and only open ones have a list', () => {
  assert.deepEqual([...PLACES].sort(), Object.keys(vi.place).sort())
  assert.ok(LISTED.every((place) => PLACES.includes(place)))
  assert.deepEqual(PLACES.filter((place) => !LISTED.includes(place)), ['done_on_time', 'done_late', 'cancelled'])
})

test('a month ends on its last day, in leap years too', () => {
  assert.equal(month('2026-11-01'), '11/2026')
  assert.equal(monthEnd('2026-11-01'), '2026-11-30')
  assert.equal(monthEnd('2026-12-01'), '2026-12-31')
  assert.equal(monthEnd('2028-02-01'), '2028-02-29')
})

test('the heat map reads in words: who is late, in which months, of how many', () => {
  const cell = (day: string, late: number, given: number) => ({ month: day, late, given, overdue: late, level: 1 })
  const row = { unit: 1, name: 'Sở Xây dựng', cells: [cell('2026-09-01', 2, 3), null, cell('2026-11-01', 0, 4)], given: 7, late: 2 }
  assert.equal(heatSentence(row), 'Sở Xây dựng: 2 trễ trên 7 việc (09/2026: 2/3)')
  assert.equal(heatSentence({ ...row, late: 0, cells: [null] }), 'Sở Xây dựng: không trễ việc nào trong 7 việc')
})

test('the kind of a document begins a line with a capital, whatever its letters', () => {
  assert.equal(capital('thông báo'), 'Thông báo')
  assert.equal(capital('đề án'), 'Đề án')
  assert.equal(capital(''), '')
})
