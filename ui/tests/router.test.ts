import { visited } from './browser'
import assert from 'node:assert/strict'
import test from 'node:test'
import { go, href, param, path } from '../src/router'

test('the path and its parameters are read from the address', () => {
  assert.deepEqual(path.value, ['feeds'])
  assert.equal(param('area').value, '22')
  assert.equal(param('tab', 'overview').value, 'overview')
})

test('a link on the same page keeps the parameters, a link to another screen only those that travel', () => {
  assert.equal(href('', { tab: 'runs' }), '/feeds?area=22&lang=vi&tab=runs')
  assert.equal(href('', { area: null }), '/feeds?lang=vi')
  assert.equal(href('/people'), '/people?lang=vi')
  assert.equal(href('/city', { sel: 'urn:ngsi-ld:Camera:1' }), '/city?lang=vi&sel=urn:ngsi-ld:Camera:1')
})

test('moving changes the address once, and not at all when it would stay the same', () => {
  go('/feeds/air%20quality', { area: '22' })
  assert.deepEqual(path.value, ['feeds', 'air quality'])
  const before = visited.length
  go('', {})
  assert.equal(visited.length, before)
  go('', { lang: null }, { replace: true })
  assert.equal(param('lang', 'vi').value, 'vi')
  assert.equal(visited.at(-1), '/feeds/air%20quality?area=22')
})

test('a mistyped address is shown, not thrown', () => {
  go('/feeds/100%')
  assert.deepEqual(path.value, ['feeds', '100%'])
})
