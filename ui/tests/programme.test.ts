// The programme board: what asks for attention, what stands first, totals that reconcile; plans and differences in words.
import './browser'
import assert from 'node:assert/strict'
import test from 'node:test'
import { asksOf, foresights, gap, passes, redFirst, sums, type AskKind } from '../src/screens/programme/asks'
import { fieldName, said } from '../src/screens/programme/diff'
import type { Board, Forecast, Row } from '../src/screens/programme/types'

const TY = 1_000_000_000

function row(id: number, more: Partial<Row> = {}): Row {
  return {
    id, version: 1, public_id: `DA-2026-00000${id}`, name: `Dự án ${id}`, project_phase: 'transitional', owner: { id: 1, name: 'Sở Kế hoạch' },
    owner_name: '', total_dong: null, status: 'implementation', simulated: false, start_on: null, finish_on: null, time_text: '', place: '',
    initial_dong: 100 * TY, initial_on: '2026-01-05', current_dong: 80 * TY, current_from: '2026-06-01', decision: null, paid_dong: 20 * TY,
    paid_carry_over_dong: 0, outstanding_advance_dong: 0, ratio: null, overdue_contracts: 0, contract_days: null, milestones: 0,
    milestones_met: 0, late_milestones: 0, milestone_days: null, bottlenecks: 0, ...more,
  }
}

function forecast(middle: number): Forecast {
  const best = { method: 'nearest', p10_dong: middle - TY, p50_dong: middle, p90_dong: middle + TY }
  return {
    year: 2026, period: 7, as_of: '2026-08-10', method: 'nearest',
    methods: [{ method: 'nearest', vi: 'gần nhất', en: 'nearest', comparable: 18, error_points: 9.5 }],
    projects: [{ id: 1, plan_dong: 80 * TY, forecasts: [{ method: 'linear', p50_dong: 1 }, best], pace: { goal_dong: 76 * TY } }],
  }
}

test('a forecast is that of the method that erred least, and asks for attention under the goal only', () => {
  const found = (middle: number) => asksOf(row(1), foresights(forecast(middle)).get(1))
  assert.deepEqual(found(75 * TY), ['forecast'])
  assert.deepEqual(found(76 * TY), [])
  assert.equal(foresights(forecast(75 * TY)).get(1)?.found?.p10_dong, 74 * TY)
  const missing = forecast(0)
  missing.projects[0]!.forecasts = [{ method: 'nearest', missing: 'not_enough_history' }]
  assert.deepEqual(asksOf(row(1), foresights(missing).get(1)), [])
})

test('contracts past due come first, then late milestones, the longest first; the quiet ones by name', () => {
  const rows = [
    row(1, { name: 'Bến' }), row(2, { name: 'An' }), row(3, { late_milestones: 1, milestone_days: 90 }),
    row(4, { overdue_contracts: 1, contract_days: 5 }), row(5, { overdue_contracts: 2, contract_days: 50, bottlenecks: 1 }),
  ]
  const asks = new Map<number, AskKind[]>(rows.map((each) => [each.id, asksOf(each, undefined)]))
  assert.deepEqual(asks.get(5), ['contract', 'bottleneck'])
  assert.deepEqual(redFirst(rows, asks).map(({ id }) => id), [5, 4, 3, 2, 1])
})

test('filters: without accents, by owner as the source writes it, by phase, by what asks for attention', () => {
  const found = row(1, { name: 'Đường tỉnh 922', owner_name: 'Ban QLDA' })
  const none = { q: '', owner: '', phase: '', group: '', sector: '', ask: '' }
  assert.ok(passes(found, [], { ...none, q: 'duong tinh' }))
  assert.ok(passes(found, [], { ...none, owner: 'Ban QLDA' }))
  assert.ok(!passes(found, [], { ...none, owner: 'Sở Kế hoạch' }))
  assert.ok(!passes(found, [], { ...none, phase: 'new_start' }))
  assert.ok(!passes(found, [], { ...none, ask: 'any' }))
  assert.ok(passes(found, ['milestone'], { ...none, ask: 'any' }))
  assert.ok(!passes(found, ['milestone'], { ...none, ask: 'contract' }))
})

test('rows and lines without a project come to the total, and a gap of one đồng is told', () => {
  const items = [row(1), row(2, { current_dong: null, paid_dong: 0 })]
  assert.deepEqual(sums(items), { initial_dong: 200 * TY, current_dong: 80 * TY, paid_dong: 20 * TY })
  const money = (annual: number, paid: number) =>
    ({ plan_dong: { annual }, disbursed: { total_dong: paid }, disbursed_carry_over: { total_dong: 5 * TY } }) as unknown as Board['money']
  const board = (annual: number, paid: number) =>
    ({ items, elsewhere: { current_dong: 7 * TY }, money: money(annual, paid) }) as unknown as Board
  assert.equal(gap(board(87 * TY, 25 * TY)), 0)
  assert.equal(gap(board(87 * TY + 1, 25 * TY)), -1)
  assert.equal(gap(board(87 * TY, 25 * TY + 1)), -1)
})

test('fields of a difference are told in words', () => {
  assert.equal(fieldName('plan:annual:all:2020'), 'Kế hoạch năm 2020')
  assert.equal(fieldName('plan:medium:odA:2016-2020'), 'Kế hoạch trung hạn 2016-2020 · odA')
  assert.equal(fieldName('owner_name'), 'Chủ đầu tư')
  assert.equal(said('project_phase', 'completing'), 'Hoàn thành trong năm')
  assert.equal(said('finish_on', '2020-12-31'), '31/12/2020')
  assert.equal(said('name', null), 'chưa có')
  assert.match(said('plan:annual:all:2020', 6_305_610_000_000), /^6\.305\.610\.000\.000/)
})
