// The programme's figures in words and places: shares, reasons, paces, forecasts and their past, flags, cases, contracts.
import './browser'
import assert from 'node:assert/strict'
import test from 'node:test'
import { setServerNow } from '../src/api/time'
import { passing, thresholdWords } from '../src/screens/programme/analysis-flags'
import { middleOf, rankWords, scoreAt, timesInTen } from '../src/screens/programme/analysis-forecast'
import { causeOf } from '../src/screens/programme/analysis-give'
import { pathOf, placed } from '../src/screens/programme/analysis-lines'
import { timesWords, totalWords } from '../src/screens/programme/analysis-pace'
import { kindsOf, shownBy, totalRow } from '../src/screens/programme/analysis-rates'
import type { Flag, MethodScores, Paced } from '../src/screens/programme/analysis-types'
import { addedReasons, KINDS, passes, shareOf } from '../src/screens/programme/asks'
import { courseWords, place } from '../src/screens/programme/board-bar'
import { boxOf, pointOf } from '../src/screens/programme/board-points'
import { bodyOf, type Draft } from '../src/screens/programme/cases-form'
import type { CaseFull, CaseStep } from '../src/screens/programme/cases-types'
import { hindranceOf, lastReply, nextState, replyOf, skippable, wayOf } from '../src/screens/programme/cases-way'
import { isPast, slipWords } from '../src/screens/programme/contractor-contracts'
import { monthOf } from '../src/screens/programme/owner-promises'
import type { Forecast, Money, Ratio, Row } from '../src/screens/programme/types'

const TY = 1_000_000_000
const NOW = '2026-11-23T03:00:00Z'

function ratio(denominator_kind: string, numerator: number, denominator: number): Ratio {
  return {
    numerator_dong: numerator * TY, denominator_dong: denominator * TY, denominator_kind, denominator_vi: '', denominator_en: '',
    plan_as_of: '2026-11-23', cutoff: '2026-11-23', value: denominator ? numerator / denominator : null,
  }
}

test('a share of rows together leaves out those without the denominator on both sides, and counts them', () => {
  const rows = [{ ratio: ratio('allocation', 20, 80) }, { ratio: ratio('allocation', 10, 20) }, { ratio: null }] as Row[]
  assert.deepEqual(shareOf(rows), { numerator_dong: 30 * TY, denominator_dong: 100 * TY, without: 1 })
  assert.equal(shareOf([{ ratio: null }] as Row[]), null)
})

test('group and sector narrow the board; a project without them is let through by no choice of them', () => {
  const row = { name: 'Camera', public_id: 'DA-1', owner: { id: 1, name: 'Công an' }, owner_name: '', project_phase: null, project_group: 'B', sector: null } as unknown as Row
  const none = { q: '', owner: '', phase: '', group: '', sector: '', ask: '' }
  assert.ok(passes(row, [], { ...none, group: 'B' }))
  assert.ok(!passes(row, [], { ...none, group: 'A' }))
  assert.ok(!passes(row, [], { ...none, sector: 'transport' }))
})

test('a reason that a column says already is not said again; of the others the title stands', () => {
  const reasons = [
    { code: 'foreseen_low', vi: 'Dự báo: 65 %', en: 'Forecast: 65 %' },
    { code: 'appraisal_waits', vi: 'Thẩm định giá kéo dài: chờ 40 ngày', en: 'Appraisal pending: 40 days' },
  ]
  assert.deepEqual(addedReasons(reasons), [{ code: 'appraisal_waits', vi: 'Thẩm định giá kéo dài', en: 'Appraisal pending' }])
  assert.equal(addedReasons(reasons, new Set()).length, 2)
})

test('a bar says in words what it shows, and never leaves its ends', () => {
  assert.equal(place(150, 100), 100)
  assert.equal(place(-5, 100), 0)
  assert.equal(place(5, 0), 0)
  const course = { plan_dong: 100, paid_dong: 33, p10_dong: 60, p50_dong: 72, p90_dong: 80, goal_dong: 95 }
  assert.equal(courseWords(course), 'Đã giải ngân 33%; dự báo 72%, trong khoảng 60% đến 80%; mục tiêu 95% kế hoạch')
  assert.equal(courseWords({ plan_dong: 100, paid_dong: 33, p50_dong: null }), 'Đã giải ngân 33% kế hoạch')
})

test('projects become points by what asks for attention first; one without a place is none', () => {
  const row = { id: 7, name: 'Camera', centre: [107.1, 21] } as unknown as Row
  assert.deepEqual(pointOf(row, ['milestone', 'forecast']), [{ id: '7', name: 'Camera', lon: 107.1, lat: 21, kind: 0, old: false, priority: 2 }])
  assert.equal(pointOf(row, ['bottleneck'])[0]?.priority, undefined)
  assert.deepEqual(pointOf({ ...row, centre: null }, ['contract']), [])
  assert.deepEqual(boxOf(pointOf(row, []))?.map((each) => Number(each.toFixed(2))), [107.05, 20.95, 107.15, 21.05])
  assert.equal(boxOf([]), null)
})

function paced(needed: number | null, usual: number | null, code: Paced['code']): Paced {
  return {
    plan_dong: 100 * TY, paid_dong: 30 * TY, goal_dong: 95 * TY, lacking_dong: 65 * TY, needed_per_month_dong: needed, usual_per_month_dong: usual,
    accepted_unpaid_dong: 0, volume_needed_dong: 0, allowed: null, code, why_vi: null, why_en: null,
  }
}

test('a pace is held against the pace so far', () => {
  assert.equal(timesWords(paced(13 * TY, 4 * TY, 'needs_volume')), 'gấp 3,3 lần')
  assert.equal(timesWords(paced(3 * TY, 4 * TY, 'by_volume')), 'không cao hơn nhịp đã có')
  assert.equal(timesWords(paced(3 * TY, 0, 'needs_volume')), null)
  assert.equal(timesWords(paced(null, 4 * TY, 'too_late')), null)
  assert.match(totalWords(paced(13 * TY, 4 * TY, 'needs_volume')), /13 tỷ đồng mỗi tháng; .* 4 tỷ đồng/)
  assert.equal(totalWords(paced(0, 4 * TY, 'reached')), 'Chương trình đã đạt mục tiêu.')
})

test('denominators stand in one order, of the year alone or with what was carried over', () => {
  const rows = [{ ratios: [ratio('carry_over', 1, 2), ratio('annual', 1, 2)] }, { ratios: [ratio('annual_with_carry_over', 2, 4)] }]
  assert.deepEqual(kindsOf(rows), ['annual', 'annual_with_carry_over', 'carry_over'])
  assert.deepEqual(kindsOf(rows).filter(shownBy('own')), ['annual', 'carry_over'])
  assert.deepEqual(kindsOf(rows).filter(shownBy('with')), ['annual_with_carry_over', 'carry_over'])
  assert.deepEqual(KINDS.filter(shownBy('all')), KINDS)
  const money = { plan_dong: { annual: 9 }, disbursed: { total_dong: 7 }, disbursed_carry_over: { total_dong: 2 }, ratios: [] } as unknown as Money
  const total = totalRow(money, { vi: 'Cộng', en: 'Total' })
  assert.deepEqual([total.paid_dong, total.paid_carry_over_dong, total.label_vi], [5, 2, 'Cộng'])
})

test('the past of a method: the nearest period that was held against years, in words of ten times', () => {
  const row = (period: number) => ({ period, error_points: 10, coverage: 0.78, rank_correlation: 0.5, count: 9, silent: 0 })
  const method = { rows: [row(4), row(8), row(10)] } as unknown as MethodScores
  assert.equal(scoreAt(method, 9)?.period, 8)
  assert.equal(scoreAt(method, 12)?.period, 10)
  assert.equal(scoreAt(undefined, 9), undefined)
  assert.equal(timesInTen(0.78), '7,8')
  assert.match(rankWords(0.75), /tốt \(0,75\)/)
  assert.match(rankWords(0.4), /khá/)
  assert.match(rankWords(-0.1), /kém/)
})

test('a method foresees the whole only where it foresees each project that has a plan', () => {
  const project = (id: number, plan_dong: number, p50_dong?: number) => ({
    id, plan_dong, pace: { goal_dong: 0 }, forecasts: [p50_dong === undefined ? { method: 'nearest', missing: 'not_enough_history' } : { method: 'nearest', p50_dong }],
  })
  const forecast = (projects: Forecast['projects']) => ({ projects }) as Forecast
  assert.equal(middleOf(forecast([project(1, 10, 8), project(2, 0), project(3, 5, 5)]), 'nearest'), 13)
  assert.equal(middleOf(forecast([project(1, 10, 8), project(2, 5)]), 'nearest'), null)
  assert.equal(middleOf(forecast([]), 'nearest'), null)
})

test('lines break where a value is missing', () => {
  const points = placed([0, null, 1, 0.5], 1)
  assert.equal(points[1], null)
  assert.deepEqual(pathOf(points).match(/[ML]/g), ['M', 'M', 'L'])
})

test('flags: by group, kind and name without accents; thresholds as people read them', () => {
  const flag = (code: string, group: string, name: string) => ({ code, group, project: { id: 1, name, owner: { id: 2, name: 'Sở Y tế' } } }) as Flag
  const list = [flag('foreseen_low', 'money', 'Bệnh án điện tử'), flag('R018', 'procurement', 'Đèn tín hiệu')]
  const none = { group: '', code: '', q: '' }
  assert.equal(passing(list, { ...none, q: 'den tin' }).length, 1)
  assert.equal(passing(list, { ...none, q: 'so y te' }).length, 2)
  assert.deepEqual(passing(list, { ...none, group: 'procurement' }).map(({ code }) => code), ['R018'])
  assert.deepEqual(passing(list, { ...none, code: 'foreseen_low' }).length, 1)
  const said = (threshold: Flag['threshold']) => thresholdWords({ threshold, code: 'x' })
  assert.deepEqual([said(0.95), said(30), said('2026-03-28'), said(null)], ['95%', '30', '28/03/2026', '—'])
})

test('the cause that is proposed for a task follows the first reason that speaks of one', () => {
  assert.equal(causeOf({ reasons: [{ vi: 'Dự báo thấp', en: '' }, { vi: 'Chưa bàn giao mặt bằng', en: '' }] }), 'clearance')
  assert.equal(causeOf({ reasons: [{ code: 'contract_over', vi: 'Quá hạn', en: '' }] }), 'contractor')
  assert.equal(causeOf({ reasons: [] }), 'other')
})

function found(state: CaseFull['state'], log: [CaseStep['act'], CaseStep['state']][], more: Partial<CaseFull> = {}): CaseFull {
  const steps = log.map(([act, to], at) => ({ no: at + 1, act, state: to, document: `${at + 1}/CV`, facts: {} }) as unknown as CaseStep)
  return { state, log: steps, acts: [], reply_until: null, replied: false, plan_until: null, version: 1, ...more } as CaseFull
}

test('the way of a case: done, now, passed over, to come; a closed one ends where it stood', () => {
  const standing = (one: CaseFull) => wayOf(one).map((each) => `${each.state} ${each.standing}`)
  assert.deepEqual(standing(found('remediation', [['warn', 'warned'], ['reply', 'warned'], ['plan', 'remediation']])), [
    'warned done', 'demanded skipped', 'remediation now', 'scope_cut ahead', 'replaced ahead',
  ])
  assert.deepEqual(standing(found('closed', [['warn', 'warned'], ['demand', 'demanded'], ['close', 'closed']])), ['warned done', 'demanded done', 'closed now'])
})

test('what stands against the next act: the time to reply, the plan that runs, or whose act it is', () => {
  const now = Date.parse(NOW)
  const warned = found('warned', [['warn', 'warned']], { reply_until: '2026-11-25T17:00:00Z' })
  assert.deepEqual(hindranceOf(warned, now, '2026-11-23'), { why: 'window', until: '2026-11-25T17:00:00Z' })
  assert.deepEqual(hindranceOf({ ...warned, replied: true }, now, '2026-11-23'), { why: 'owner' })
  assert.equal(hindranceOf({ ...warned, acts: ['demand'] }, now, '2026-11-23'), null)
  const plan = found('remediation', [['warn', 'warned']], { plan_until: '2026-11-23' })
  assert.deepEqual(hindranceOf(plan, now, '2026-11-23'), { why: 'plan_runs', until: '2026-11-23' })
  assert.deepEqual(hindranceOf(plan, now, '2026-11-24'), { why: 'office' })
  assert.equal(hindranceOf(found('replaced', []), now, '2026-11-23'), null)
  assert.deepEqual([nextState('scope_cut'), nextState('replaced'), nextState('closed')], ['replaced', null, null])
  assert.deepEqual(skippable({ ...warned, acts: ['demand'] }), ['plan', 'cut_scope', 'replace'])
  assert.deepEqual(skippable(found('closed', [])), [])
  assert.equal(replyOf(warned, now), 'waits')
  // Shown is the last day in time, not the first one after it.
  assert.equal(lastReply('2026-11-25T17:00:00Z'), Date.parse('2026-11-25T16:59:59.999Z'))
  assert.equal(replyOf(warned, Date.parse('2026-11-25T17:00:00Z')), 'lapsed')
  assert.equal(replyOf({ ...warned, replied: true }, now), 'replied')
  assert.equal(replyOf({ ...warned, state: 'replaced' }, now), 'none')
})

test('an act is sent with its own fields alone', () => {
  const draft: Draft = {
    document: ' 12/CV ', dated_on: '2026-11-20', decided_by: 'Nguyễn Văn A', text: 'Chậm', reply_working_days: '7', plan_until: '2026-12-31',
    cut_dong: '1.500.000.000', new_contract_id: '9', skips: '5/QĐ',
  }
  const base = { document: '12/CV', dated_on: '2026-11-20', decided_by: 'Nguyễn Văn A', text: 'Chậm' }
  assert.deepEqual(bodyOf('reply', draft, false), { act: 'reply', ...base })
  assert.deepEqual(bodyOf('demand', draft, false), { act: 'demand', ...base, reply_working_days: 7 })
  assert.deepEqual(bodyOf('cut_scope', draft, true), { act: 'cut_scope', ...base, reply_working_days: 7, skips: '5/QĐ', cut_dong: 1_500_000_000 })
  assert.deepEqual(bodyOf('replace', { ...draft, new_contract_id: '' }, false), { act: 'replace', ...base, reply_working_days: 7 })
  assert.deepEqual(bodyOf('plan', draft, false), { act: 'plan', ...base, reply_working_days: 7, plan_until: '2026-12-31' })
})

test('a contract is overdue only after its end as extended; its slip counts from the end as signed', () => {
  setServerNow(NOW)
  assert.ok(isPast({ ended_on: null, expires_now_on: '2026-11-22' }))
  assert.ok(!isPast({ ended_on: null, expires_now_on: '2026-11-23' }))
  assert.ok(!isPast({ ended_on: '2026-11-01', expires_now_on: '2026-10-01' }))
  assert.deepEqual([slipWords(87), slipWords(-3), slipWords(0), slipWords(null)], ['trễ 87 ngày', 'sớm 3 ngày', 'đúng hạn', 'chưa đến hạn'])
  assert.deepEqual([monthOf(2, 2026), monthOf(13, 2026)], ['02/2026', '01/2027'])
})
