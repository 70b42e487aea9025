import assert from 'node:assert/strict'
import { test } from 'node:test'
import './browser'

const { areaOf, areaText, badLine, points } = await import('../src/screens/warnings/areas')

test('a polygon is typed as lines, latitude first, and is closed for whoever types it', () => {
  assert.deepEqual(points('21.3, 106.1\n21.3,106.3\n\n21.4 ; 106.3\n'), [
    [21.3, 106.1],
    [21.3, 106.3],
    [21.4, 106.3],
    [21.3, 106.1],
  ])
  assert.deepEqual(points('21.3 106.1\n21.3 106.3\n21.4 106.3\n21.3 106.1')?.length, 4)
  assert.deepEqual(points(' \n'), [])
})

test('a line that is no point is named by its number, and no area comes of it', () => {
  for (const line of ['106.1', 'a, b', '21,3, 106,1', '106.1, 21.3', '21.3, 106.1, 5']) {
    assert.equal(badLine(`21.3, 106.1\n\n${line}`), 3, line)
    assert.equal(points(line), null)
    assert.equal(areaOf({ description: '', codes: [], polygon: line }, undefined), null)
  }
  assert.equal(badLine('21.3, 106.1\n'), 0)
})

test('an area goes into the form and comes back as it was, with what the form does not show', () => {
  const area = { description: 'Ven sông', codes: ['08974'], polygons: [points('21,106\n21,107\n22,107')!, points('10,106\n10,107\n11,107')!], circles: [{ lat: 21, lon: 106, radius_km: 1 }] }
  assert.deepEqual(areaOf(areaText(area), area), area)
})
