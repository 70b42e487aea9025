// The page of a project: forms made from described fields, amounts as typed, plans on two clocks, milestones, charts.
import './browser'
import assert from 'node:assert/strict'
import test from 'node:test'
import { parseDong } from '../src/format/money'
import { detailsOf, titleOf } from '../src/screens/programme/project-entries'
import {
  changedBody, draftOf, inWords, newBody, read, sides, typed, type Described, type FieldSpec,
} from '../src/screens/programme/project-fields'
import { advanceLines, available, monthLines, pace, planLines, yearLines } from '../src/screens/programme/project-ledger'
import { fromWhatHolds, isOfKind } from '../src/screens/programme/project-signed'
import { apart, lastKnown, linePath, scaleOf } from '../src/screens/programme/project-scale'
import { isLate, marksOf, metShare, slip, spanOf } from '../src/screens/programme/project-time'
import type { Commitment, Contract, Entry, Payment, PlanEntry } from '../src/screens/programme/project-types'

const field = (name: string, type: FieldSpec['type'], more: Partial<FieldSpec> = {}): FieldSpec => ({ name, vi: name, en: name, type, ...more })

test('amounts are read as people type them, to the đồng or not at all', () => {
  for (const [text, amount] of [
    ['1.240.000.000', 1_240_000_000], ['1,5 tỷ', 1_500_000_000], ['1.5 ty', 1_500_000_000], ['35,5 triệu đồng', 35_500_000],
    ['12tr', 12_000_000], ['6.305.610,000001 triệu', 6_305_610_000_001], ['500 nghìn', 500_000], ['0', 0], ['9000000 tỷ', 9e15],
    ['1.234 tỷ', 1_234_000_000_000], ['2 500 000 ₫', 2_500_000],
  ] as const) assert.equal(parseDong(text), amount, text)
  for (const text of ['', 'chưa rõ', '-5 tỷ', '1,5', '0,0000001 triệu', '9000001 tỷ', '1,2,3', '12 tỷ 5']) assert.equal(parseDong(text), null, text)
})

test('what is typed becomes what the server takes; an empty field is what the record begins with', () => {
  assert.deepEqual(read(field('a', 'dong', { required: true }), ''), { fault: 'required' })
  assert.deepEqual(read(field('a', 'dong'), 'abc'), { fault: 'dong' })
  assert.deepEqual(read(field('a', 'date', { nullable: true }), ''), { value: null })
  assert.deepEqual(read(field('a', 'text', { default: '' }), ''), { value: '' })
  assert.deepEqual(read(field('a', 'long'), ' '), { value: '' })
  assert.deepEqual(read(field('a', 'decimal'), '12,5'), { value: '12.5' })
  assert.deepEqual(read(field('a', 'moment'), '2026-03-02T09:00'), { value: '2026-03-02T02:00:00.000Z' })
  assert.deepEqual(read(field('a', 'dongs'), '1 tỷ\n2,5 tỷ'), { value: [1_000_000_000, 2_500_000_000] })
  assert.deepEqual(read(field('a', 'dongs'), '1 tỷ\nhai'), { fault: 'dong' })
  assert.deepEqual(read(field('a', 'files'), '4, 7'), { value: [4, 7] })
  assert.deepEqual(read(field('a', 'number'), '2,5'), { fault: 'number' })
  assert.deepEqual(read(field('a', 'yes'), ''), { value: false })
})

const FIELDS = [
  field('name', 'text', { required: true }), field('amount_dong', 'dong', { required: true }), field('met_on', 'date', { nullable: true }),
  field('kind', 'choice', { choices: [{ value: 'open', vi: 'Rộng rãi', en: 'Open' }] }), field('baseline_on', 'date', { fixed: true }),
]

test('a new body leaves out what is empty, a change says only what is other than it was', () => {
  const draft = { ...draftOf(FIELDS, {}), name: 'Gói 1', amount_dong: '2 tỷ' }
  assert.deepEqual(newBody(FIELDS, draft), { body: { name: 'Gói 1', amount_dong: 2_000_000_000 }, faults: {} })
  assert.deepEqual(newBody(FIELDS, { name: '', amount_dong: 'x' }).faults, { name: 'required', amount_dong: 'dong' })
  const before = { name: 'Gói 1', amount_dong: 2_000_000_000, met_on: '2026-05-01', kind: 'open', baseline_on: '2026-01-01' }
  const same = draftOf(FIELDS, before)
  assert.deepEqual(changedBody(FIELDS, before, same).body, {})
  assert.deepEqual(changedBody(FIELDS, before, { ...same, met_on: '', baseline_on: '2027-01-01' }).body, { met_on: null })
  assert.equal(typed(field('a', 'dong'), 2_000_000_000), '2000000000')
})

test('when somebody was quicker, every field that either has changed stands in both versions, in words', () => {
  const before = { name: 'A', amount_dong: 1_000_000, kind: null }
  const found = sides(FIELDS, before, { ...before, name: 'B' }, { ...before, kind: 'open' })
  assert.deepEqual(found, [{ label: 'name', mine: 'B', theirs: 'A' }, { label: 'kind', mine: '', theirs: 'Rộng rãi' }])
  assert.equal(inWords(FIELDS[1]!, 1_500_000), '1.500.000\u00a0₫')
})

const entry = (id: number, amount_dong: number, from: string, to: string | null, more: Partial<PlanEntry> = {}): PlanEntry => ({
  id, amount_dong, valid_from: from, valid_to: to, superseded_at: null, recorded_at: `${from}T08:00:00Z`, fund_source_id: 1,
  plan_kind: 'annual', plan_year: 2026, plan_year_to: 2026, doc_number: `${id}/QĐ`, signed_on: from, ...more,
})

test('plans of any day, as they were known on any day', () => {
  const rows = [
    entry(1, 100, '2026-01-05', null, { superseded_at: '2026-06-02T08:00:00Z' }),
    entry(2, 100, '2026-01-05', '2026-06-01', { recorded_at: '2026-06-02T08:00:00Z' }),
    entry(3, 80, '2026-06-01', null, { recorded_at: '2026-06-02T08:00:00Z' }),
  ]
  const at = (validOn: string, knownOn: string) => planLines(rows, { validOn, knownOn }).map((line) => [line.initial.id, line.current?.id])
  assert.deepEqual(at('2026-08-01', '2026-08-01'), [[2, 3]])
  assert.deepEqual(at('2026-08-01', '2026-05-05'), [[1, 1]], 'the report of 5 May knew of no adjustment')
  assert.deepEqual(at('2026-03-01', '2026-08-01'), [[2, 2]])
  assert.deepEqual(at('2026-01-01', '2026-08-01'), [])
})

const payment = (plan_year: number, period: number, dong: number, more: Partial<Payment> = {}): Payment => ({
  id: period, version: 1, contract_id: 1, fund_source_id: 1, plan_year, period, kind: 'volume', carry_over: false, state: 'confirmed',
  estimate_dong: null, confirmed_dong: dong, paid_on: null, treasury_ref: '', exception: '', note: '', acts: [], ...more,
})

test('a year that is over: what is left is carried over by a decision, the rest has lapsed; this year nothing lapses yet', () => {
  const lines = planLines(
    [
      entry(1, 100, '2025-01-05', null, { plan_year: 2025, plan_year_to: 2025 }), entry(2, 90, '2026-01-05', null),
      entry(3, 15, '2026-02-20', null, { plan_kind: 'carry_over' }),
    ],
    { validOn: '2026-11-22', knownOn: '2026-11-22' },
  )
  const paid = [payment(2025, 5, 60), payment(2025, 6, 10, { carry_over: true }), payment(2025, 7, 40, { state: 'estimate' }), payment(2026, 3, 30)]
  const [now, before] = yearLines(lines, paid, '2026-11-22')
  assert.deepEqual([now?.year, now?.current, now?.paid, now?.left, now?.lapsed], [2026, 90, 30, 60, null])
  assert.deepEqual([before?.year, before?.paid, before?.left, before?.carried, before?.lapsed], [2025, 60, 40, 15, 25])
})

test('months: promised, expected and confirmed apart; what nobody said is missing and not zero', () => {
  const promises = [
    { plan_year: 2026, period: 3, amount_dong: 50, superseded_at: '2026-02-01' }, { plan_year: 2026, period: 3, amount_dong: 40, superseded_at: null },
  ] as unknown as Commitment[]
  const lines = monthLines(2026, [payment(2026, 3, 30), payment(2026, 3, 10, { kind: 'recovery' }), payment(2026, 3, 0, { state: 'estimate', estimate_dong: 7 })], promises)
  assert.deepEqual(lines[2], { period: 3, promised: 40, estimated: 7, confirmed: 20 })
  assert.deepEqual(lines[3], { period: 4, promised: null, estimated: null, confirmed: null })
  assert.equal(lines.length, 13)
})

test('advances outstanding are of all years, confirmed ones alone', () => {
  const contract = { id: 1 } as Contract
  const list = [payment(2025, 3, 50, { kind: 'advance' }), payment(2026, 3, 20, { kind: 'recovery' }), payment(2026, 4, 9, { kind: 'advance', state: 'reversed' })]
  assert.deepEqual(advanceLines([contract, { id: 2 } as Contract], list), [{ contract, advanced: 50, recovered: 20, outstanding: 30 }])
})

test('what the goal asks of each period that is left', () => {
  assert.deepEqual(pace(100, 0.95, 30, 8), { left: 65, periods: 5, each: 13 })
  assert.deepEqual(pace(100, 0.95, 99, 8), { left: 0, periods: 5, each: 0 })
  assert.deepEqual(pace(100, 0.95, 30, 14), { left: 65, periods: 0, each: 65 })
  assert.equal(pace(null, 0.95, 0, 3), null)
  assert.equal(available({ current_dong: 60, carry_over_dong: 22 }), 82, 'what is paid from')
  assert.equal(available({ current_dong: null, carry_over_dong: null }), null)
})

test('a milestone slips by its actual day, else its forecast, else by today', () => {
  const milestone = (forecast_on: string | null, actual_on: string | null) => ({ baseline_on: '2026-06-10', forecast_on, actual_on })
  assert.equal(slip(milestone('2026-07-10', '2026-06-12'), '2026-08-01'), 2)
  assert.equal(slip(milestone('2026-07-10', null), '2026-06-01'), 30)
  assert.equal(slip(milestone(null, null), '2026-06-20'), 10)
  assert.equal(slip(milestone(null, null), '2026-06-01'), null)
  assert.ok(isLate(milestone('2026-07-10', null), '2026-06-01'), 'foreseen late is late')
  assert.ok(!isLate(milestone(null, '2026-09-01'), '2026-10-01'), 'met is met')
  assert.equal(metShare([{ ...milestone(null, '2026-06-01'), weight: 3 }, { ...milestone(null, null), weight: 1 }]), 0.75)
  assert.equal(metShare([]), null)
  const span = spanOf([milestone('2026-07-10', null)], '2026-05-20')
  assert.deepEqual([new Date(span.first).toISOString().slice(0, 10), new Date(span.last).toISOString().slice(0, 10)], ['2026-05-01', '2026-08-01'])
  assert.deepEqual(marksOf(span).map(({ month }) => month), [5, 6, 7])
})

test('charts: round values, lines that break where values are missing, labels that do not touch', () => {
  assert.deepEqual(scaleOf([0, 87]).ticks, [0, 25, 50, 75, 100])
  assert.equal(scaleOf([-10, 30]).low, -10)
  assert.deepEqual(scaleOf([null]).ticks.length, 2)
  assert.equal(linePath([1, 2, null, 3], (at) => at, (value) => value), 'M0.0 1.0L1.0 2.0M3.0 3.0')
  assert.deepEqual(lastKnown([1, null, 4, null]), { at: 2, value: 4 })
  assert.deepEqual(apart([10, 12, 11], 16, 0, 100), [10, 42, 26])
  assert.deepEqual(apart([98, 99], 16, 0, 100), [84, 100])
})

test('the log speaks in words: the kind that was added, and which field became what', () => {
  const described = { records: [{ kind: 'milestone', vi: 'Mốc tiến độ', en: 'Milestones', amend: true, public: true, fields: [field('actual_on', 'date', { vi: 'Thực tế' })] }], payments: {}, project: [] } as unknown as Described
  const log = (action: string, body: Record<string, unknown>): Entry => ({ no: 1, at: '', actor: '', who: null, action: `programme.${action}`, body })
  assert.equal(titleOf(log('record.add', { records: [['milestone', 4]] }), described), 'thêm mốc tiến độ')
  const amended = log('record.amend', { record: ['milestone', 4], changes: { actual_on: [null, '2026-05-02'] } })
  assert.equal(titleOf(amended, described), 'sửa mốc tiến độ')
  assert.deepEqual(detailsOf(amended, described), ['Thực tế: trống → 02/05/2026'])
  assert.equal(titleOf(log('payment.confirm', {}), described), 'xác nhận thanh toán')
})

test('an amendment begins from what holds, and asks only for what it changes', () => {
  const contracts = [{ id: 4, value_now_dong: 60, expires_now_on: '2026-12-31' }] as Contract[]
  assert.deepEqual(fromWhatHolds(contracts, { contract_id: '4', kind: 'value' }, 'kind'), { old_dong: '60', old_on: '', new_on: '' })
  assert.deepEqual(fromWhatHolds(contracts, { contract_id: '4', kind: 'duration' }, 'contract_id'), { old_dong: '', old_on: '2026-12-31', new_dong: '' })
  assert.deepEqual(fromWhatHolds(contracts, { contract_id: '4', kind: 'value' }, 'reason'), {})
  assert.ok(isOfKind('new_dong', 'value') && !isOfKind('new_dong', 'duration') && isOfKind('reason', 'duration'))
})
