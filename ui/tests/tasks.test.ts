// A due as a person gives it becomes the rule that the server takes; what is left empty is left out.
import './browser'
import assert from 'node:assert/strict'
import test from 'node:test'
import { dueBody, EMPTY_DUE, type DueDraft } from '../src/tasks/due-field'

const cases: [string, Partial<DueDraft>, Record<string, unknown>][] = [
  ['a day', { precision: 'day', on: '2026-11-20' }, { precision: 'day', on: '2026-11-20' }],
  ['a day that was not chosen', { precision: 'day' }, { precision: 'day' }],
  [
    'a moment, in the time of Vietnam wherever the browser is',
    { precision: 'moment', on: '2026-11-20', time: '09:30' },
    { precision: 'moment', at: '2026-11-20T09:30:00+07:00' },
  ],
  ['working days', { precision: 'working_days', count: '15' }, { precision: 'working_days', count: 15 }],
  ['working hours are minutes', { precision: 'working_minutes', count: '1,5' }, { precision: 'working_minutes', count: 90 }],
  ['a count that is none', { precision: 'minutes', count: 'nửa giờ' }, { precision: 'minutes' }],
  ['an event', { precision: 'event', event: ' phê duyệt ', count: '5' }, { precision: 'event', event: 'phê duyệt', count: 5 }],
  ['every month', { precision: 'recurring', every: 'month' }, { precision: 'recurring', every: 'month' }],
  ['urgent, with its wording', { precision: 'urgent', text: 'khẩn trương' }, { precision: 'urgent', text: 'khẩn trương' }],
  ['fields of another kind stay out', { precision: 'none', on: '2026-11-20', count: '3', event: 'x' }, { precision: 'none' }],
]

for (const [name, draft, body] of cases) {
  test(`due: ${name}`, () => assert.deepEqual(dueBody({ ...EMPTY_DUE, ...draft }), body))
}
