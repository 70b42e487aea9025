// Spans in the document, sentences that nobody proposed, places to split, dues in words and by one key.
import './browser'
import assert from 'node:assert/strict'
import test from 'node:test'
import { filled, nextOpen, type Defaults } from '../src/screens/directives/doing'
import { dueDraft, dueWords, presetDue } from '../src/screens/directives/due'
import { cuts, pointOf, points, segments, slice, trimmed, uncovered } from '../src/screens/directives/spans'
import type { Candidate, Party } from '../src/screens/directives/types'
import { dueBody } from '../src/tasks/due-field'

function candidate(id: number, start: number, end: number, more: Partial<Candidate> = {}): Candidate {
  return {
    id, no: id, text: '', start, end, lead: [], cooperating: [], action: 'làm', product: '', deadline: null, due: null,
    warnings: [], rules: [], confidence: 1, state: 'open', edited: false, assignee: null, principal: null, fan_out: null,
    missing: [], version: 1, ...more,
  }
}

function party(start: number, end: number): Party {
  return { text: '', name: 'Sở Xây dựng', kind: 'org', orgs: [], exceptions: [], choice_needed: false, start, end }
}

const said = (text: string, list: Candidate[], current: number | null) =>
  segments(points(text).length, list, current).map((run) => [slice(points(text), run), run.candidate, run.role])

test('a candidate is marked with its lead and its deadline, and the text around it stays whole', () => {
  const text = 'Xét thấy. Giao Sở Xây dựng báo cáo trước 20/11.'
  const list = [candidate(7, 10, 47, { lead: [party(15, 26)], deadline: { text: '', start: 35, end: 46, due: null } })]
  assert.deepEqual(said(text, list, null), [
    ['Xét thấy. ', null, null], ['Giao ', 7, null], ['Sở Xây dựng', 7, 'lead'], [' báo cáo ', 7, null],
    ['trước 20/11', 7, 'deadline'], ['.', 7, null],
  ])
})

test('an addressee in the heading above shows for the current candidate only', () => {
  const text = '1. Sở Y tế:\n- Lập kế hoạch.'
  const list = [candidate(1, 12, 27, { lead: [party(3, 10)] })]
  assert.deepEqual(said(text, list, null)[0], ['1. Sở Y tế:\n', null, null])
  assert.deepEqual(said(text, list, 1)[1], ['Sở Y tế', null, 'lead'])
})

test('the current candidate shows above one that overlaps it; what was replaced never shows', () => {
  const list = [candidate(1, 0, 10), candidate(2, 4, 8), candidate(3, 0, 10, { state: 'replaced' })]
  assert.deepEqual(segments(10, list, null).map((run) => run.candidate), [1, 2, 1])
  assert.deepEqual(segments(10, list, 1).map((run) => run.candidate), [1])
})

test('a letter outside the basic plane moves no offset', () => {
  const text = '📌 Giao Sở Y tế'
  assert.equal(pointOf(text, text.indexOf('Sở')), 7)
  assert.equal(slice(points(text), { start: 7, end: 14 }), 'Sở Y tế')
  assert.deepEqual(trimmed(points('  việc \n'), { start: 0, end: 8 }), { start: 2, end: 6 })
  assert.equal(trimmed(points('   '), { start: 0, end: 3 }), null)
})

test('sentences that no candidate covers are offered, in whole; a rejected one counts as not covered', () => {
  const text = 'Sở Y tế lập kế hoạch năm 2026.\n- Sở Nội vụ rà soát biên chế; UBND các xã báo cáo hằng tháng.\n'
  const letters = points(text)
  const words = (list: Candidate[]) => uncovered(letters, list).map((span) => slice(letters, span))
  assert.deepEqual(words([]), ['Sở Y tế lập kế hoạch năm 2026.', '- Sở Nội vụ rà soát biên chế;', 'UBND các xã báo cáo hằng tháng.'])
  assert.equal(words([candidate(1, 0, 30)]).length, 2)
  assert.equal(words([candidate(1, 0, 30, { state: 'rejected' })]).length, 3)
})

test('a number, a date or an abbreviation is no end of a sentence', () => {
  const letters = points('Theo Thông báo số 12.345/TB-UBND ngày 28.7.2016 của TP. hồ sơ phải nộp đủ.')
  assert.equal(uncovered(letters, []).length, 1)
})

test('places to split: after a comma or a semicolon and before a new order, never at the very ends', () => {
  const text = 'Sở Y tế lập kế hoạch; giao Sở Nội vụ rà soát, báo cáo'
  assert.deepEqual(cuts(text).map((place) => points(text).slice(place).join('')), ['giao Sở Nội vụ rà soát, báo cáo'])
})

test('dues in words', () => {
  const cases: [Parameters<typeof dueWords>[0], string][] = [
    [null, 'chưa có hạn'],
    [{ precision: 'day', on: '2026-11-20' }, 'đến hết 20/11/2026'],
    [{ precision: 'month', on: '2026-08-01' }, 'trong tháng 08/2026'],
    [{ precision: 'quarter', on: '2026-09-30' }, 'trong quý III/2026'],
    [{ precision: 'working_days', count: 30, start: '2026-09-01' }, '30 ngày làm việc kể từ 01/09/2026'],
    [{ precision: 'recurring', every: 'half_year' }, 'định kỳ 6 tháng'],
    [{ precision: 'event', count: 5, event: 'được phê duyệt' }, '5 ngày làm việc sau khi được phê duyệt'],
    [{ precision: 'urgent' }, 'khẩn trương, có ngày rà soát'],
  ]
  for (const [due, words] of cases) assert.equal(dueWords(due), words)
})

test('a due goes into the form and comes out the same', () => {
  for (const due of [
    { precision: 'day', on: '2026-11-20', text: 'trước ngày 20/11' },
    { precision: 'working_days', count: 15 },
    { precision: 'working_minutes', count: 90 },
    { precision: 'moment', at: '2026-11-20T02:30:00Z' },
    { precision: 'recurring', every: 'month', until: '2026-12-31' },
  ] as const) {
    const body = dueBody(dueDraft(due))
    const { at, ...rest } = due as { at?: string }
    assert.deepEqual(body, at ? { ...rest, at: '2026-11-20T09:30:00+07:00' } : rest)
  }
})

test('what the document’s defaults fill in leaves nothing to ask; without them everything missing is asked', () => {
  const lacking = candidate(1, 0, 5, { missing: ['time', 'product'] })
  const chosen: Defaults = { due: 'days30', product: 'Văn bản báo cáo' }
  assert.deepEqual(filled(lacking, chosen), { facts: { due: presetDue('days30', ''), product: 'Văn bản báo cáo' }, left: [] })
  assert.deepEqual(filled(lacking, { due: '', product: 'Văn bản báo cáo' }).left, ['time', 'product'])
  assert.deepEqual(filled(candidate(1, 0, 5, { missing: ['person', 'time'] }), chosen).left, ['person'])
})

test('moving on goes down the list, then to what was skipped above, then nowhere', () => {
  const list = [candidate(1, 0, 1), candidate(2, 1, 2), candidate(3, 2, 3, { state: 'rejected' }), candidate(4, 3, 4)]
  assert.equal(nextOpen(list, 2)?.id, 4)
  assert.equal(nextOpen(list, 4)?.id, 1)
  assert.equal(nextOpen([candidate(1, 0, 1)], 1), null)
})
