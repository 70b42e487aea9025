// The queue of the console: rows never move under the operator's hand.
import './browser'
import assert from 'node:assert/strict'
import test from 'node:test'
import { byUrgency, freshLevel, NOTHING, put, settle, take, unheardP1, woven } from '../src/screens/duty/queue'
import type { Alert, Group, Level } from '../src/screens/duty/types'

function alert(id: number, priority: Level, state: Alert['state'] = 'new', more: Partial<Alert> = {}): Alert {
  return {
    id, priority, state, version: 1, rule: 'r', title_vi: `Cảnh báo ${id}`, title_en: '', entity: null, owner: null, area: null,
    sector: null, active: true, count: 1, first_at: `2026-11-22T07:${String(id % 60).padStart(2, '0')}:00Z`, last_at: '',
    cleared_at: null, acked_at: null, acked_by: null, shelved_until: null, shelved_reason: null, value: null, limit: null,
    unit: null, location: null, respond_by: null, cause_vi: null, cause_en: null, consequence_vi: null, consequence_en: null,
    action_vi: null, action_en: null, incident_id: null, incident: null, group: null, is_exercise: false, simulated: true, ...more,
  }
}

const QUEUE = [alert(1, 1), alert(2, 2), alert(3, 3, 'acked')]

test('what is new waits while somebody works, and is let in on request, by urgency', () => {
  const held = take(NOTHING, QUEUE, false)
  const busy = take(held, [alert(4, 1), ...QUEUE], true)
  assert.deepEqual(busy.order, [1, 2, 3])
  assert.deepEqual(busy.fresh, [4])
  assert.equal(freshLevel(busy), 1)
  assert.deepEqual(settle(busy).order, [1, 4, 2, 3])
  assert.deepEqual(settle(busy).fresh, [])
})

test('a row that leaves the queue keeps its place until nobody works in the list', () => {
  const held = take(NOTHING, QUEUE, false)
  const gone = take(held, [alert(1, 1), alert(3, 3, 'acked')], true)
  assert.deepEqual(gone.order, [1, 2, 3])
  const told = put(gone, alert(2, 2, 'shelved', { version: 2 }), true)
  assert.deepEqual(told.order, [1, 2, 3])
  assert.equal(told.rows.get(2)?.state, 'shelved')
  assert.deepEqual(settle(told).order, [1, 3])
  assert.deepEqual(take(held, [alert(3, 3, 'acked')], false).order, [3])
})

test('an idle queue takes what comes at once', () => {
  const held = put(take(NOTHING, QUEUE, false), alert(5, 1), false)
  assert.deepEqual(held.order, [1, 5, 2, 3])
})

test('an older row never covers a newer one, and what is open to the reader outlives a row of the stream', () => {
  const held = put(NOTHING, alert(1, 1, 'acked', { version: 3, acts: ['shelve'] }), false)
  assert.equal(put(held, alert(1, 1, 'new', { version: 2 }), false).rows.get(1)?.state, 'acked')
  assert.deepEqual(put(held, alert(1, 1, 'acked', { version: 3 }), false).rows.get(1)?.acts, ['shelve'])
  assert.equal(put(held, alert(1, 1, 'closed', { version: 4 }), true).rows.get(1)?.acts, undefined)
})

test('what the filters keep out does not wait behind the button either', () => {
  assert.deepEqual(put(take(NOTHING, QUEUE, false), alert(6, 4), true, false).fresh, [])
})

test('order: priority, then unacknowledged, then oldest', () => {
  const found = [alert(9, 2), alert(8, 2, 'acked'), alert(7, 2, 'cleared'), alert(6, 3), alert(5, 1, 'acked')].sort(byUrgency)
  assert.deepEqual(found.map(({ id }) => id), [5, 7, 9, 8, 6])
})

test('a critical alert is unheard until somebody acknowledges it, wherever it waits', () => {
  const held = take(take(NOTHING, QUEUE, false), [...QUEUE, alert(4, 1), alert(5, 1, 'acked')], true)
  assert.deepEqual(unheardP1(held).map(({ id }) => id), [1, 4])
})

test('a group stands behind the alerts of its priority and before the less urgent ones', () => {
  const group = (key: string, priority: Level): Group => ({
    key, title_vi: '', title_en: '', priority, count: 9, new: 9, ids_sample: [], area: null, rule: null, seen: 1,
  })
  const found = woven(QUEUE, [group('b', 4), group('a', 1)])
  assert.deepEqual(found.map((line) => ('key' in line ? line.key : line.id)), [1, 'a', 2, 3, 'b'])
})
