// The verdicts of the operations screen, and the command beside an entity's raw JSON.
import './browser'
import assert from 'node:assert/strict'
import test from 'node:test'
import type { StorageTier, Subscription, Writer } from '../src/api/operations'
import { command, FORMS, pathOf } from '../src/screens/city/forms'
import { outboxState, stepState, subscriptionState, tierState, worst, writerState } from '../src/screens/operations/state'
import { termsOf } from '../src/screens/operations/terms'

const NOW = Date.UTC(2026, 10, 22, 7, 0, 0)
const ago = (seconds: number) => new Date(NOW - seconds * 1000).toISOString()

const writer: Writer = {
  alive: true,
  waiting: 0,
  queue_limit: 20_000,
  refused: 0,
  reconnects: 0,
  groups_s: 1,
  entities_s: 10,
  group_entities: 10,
  commit_s_p50: 0.002,
  commit_s_p99: 0.02,
}

test('the writer is well, watched or somebody’s matter', () => {
  assert.equal(writerState(writer), 'well')
  assert.equal(writerState({ ...writer, commit_s_p99: null }), 'well')
  assert.equal(writerState({ ...writer, waiting: 10_000 }), 'watch')
  assert.equal(writerState({ ...writer, commit_s_p99: 1.5 }), 'watch')
  assert.equal(writerState({ ...writer, waiting: 19_000 }), 'act')
  assert.equal(writerState({ ...writer, alive: false }), 'act')
  assert.equal(writerState(null), 'absent')
})

test('a step that has passed everything is well, one that stands is somebody’s matter', () => {
  const step = { step: 'place', seq: 1, lag: 0, lag_s: null }
  assert.equal(stepState(step), 'well')
  assert.equal(stepState({ ...step, lag: 9, lag_s: 29 }), 'well')
  assert.equal(stepState({ ...step, lag: 9, lag_s: 30 }), 'watch')
  assert.equal(stepState({ ...step, lag: 9, lag_s: 300 }), 'act')
})

test('red is for what somebody must do: dead letters, not what mends itself', () => {
  assert.equal(outboxState({ waiting: 0, oldest_at: null, dead: 0 }, NOW), 'well')
  assert.equal(outboxState({ waiting: 5, oldest_at: ago(10), dead: 0 }, NOW), 'well')
  assert.equal(outboxState({ waiting: 5, oldest_at: ago(301), dead: 0 }, NOW), 'watch')
  assert.equal(outboxState({ waiting: 0, oldest_at: null, dead: 1 }, NOW), 'act')
  const one = { status: 'active', waiting: 3, oldest_waiting_at: ago(5), tries: 2, dead: 0 } as Subscription
  assert.equal(subscriptionState(one, NOW), 'watch')
  assert.equal(subscriptionState({ ...one, tries: 0 }, NOW), 'well')
  assert.equal(subscriptionState({ ...one, status: 'paused', tries: 0 }, NOW), 'off')
  assert.equal(subscriptionState({ ...one, status: 'paused', dead: 1 }, NOW), 'act')
})

test('a tier that is not there is absent, never well', () => {
  const tier = { present: false, problem: null } as StorageTier
  assert.equal(tierState(tier), 'absent')
  assert.equal(tierState({ ...tier, present: true }), 'well')
  assert.equal(tierState({ ...tier, present: true, problem: { vi: 'đầy', en: 'full' } }), 'act')
  assert.equal(worst(['well', 'absent', 'watch']), 'watch')
  assert.equal(worst([]), 'well')
})

test('the terms of a context are those that it defines itself', () => {
  const body = { '@context': ['urn:x:other', { '@vocab': 'urn:x:', a: 'urn:x:a', b: { '@id': 'urn:x:b', '@type': '@id' } }] }
  assert.deepEqual(termsOf(body), [
    ['a', 'urn:x:a'],
    ['b', 'urn:x:b'],
  ])
  assert.deepEqual(termsOf({ '@context': 'urn:x:other' }), [])
})

test('the command of every representation can be pasted into a shell and holds no key', () => {
  for (const form of FORMS) {
    const text = command(form, "urn:x:it's 1", 'http://127.0.0.1:8080')
    assert.match(text, /-H "Authorization: Bearer \$HAIDANG_KEY"$/)
    assert.doesNotMatch(text, /hd_/)
    assert.ok(text.includes(pathOf(form, "urn:x:it's 1").path.replaceAll("'", `'\\''`)), form)
  }
  assert.equal(pathOf('concise', 'urn:x:1').path, '/ngsi-ld/v1/entities/urn:x:1?format=concise')
})
