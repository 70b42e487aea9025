import './browser'
import assert from 'node:assert/strict'
import test from 'node:test'
import { formatMoment, parseClock } from '../src/clock/clock'
import { ground, needsInset, type Outlines } from '../src/map/sovereign'
import { City, type CityBoard } from '../src/screens/city/board'
import { formatFilters, parseFilters } from '../src/screens/city/filters'
import { lines } from '../src/screens/city/series'

const AT = Date.UTC(2026, 10, 22, 7, 5)

test('the clock is read from the address, and what cannot be read is live', () => {
  assert.equal(parseClock('', '').mode, 'live')
  assert.equal(parseClock('yesterday', '').mode, 'live')
  assert.equal(parseClock('2026-11-22T07:05Z/2026-11-22T06:05Z', '').mode, 'live')
  assert.deepEqual(parseClock('2026-11-22T07:05Z', ''), { mode: 'paused', at: AT, from: null, to: null, speed: 1 })
  const window = '2026-11-22T06:05Z/2026-11-22T07:05Z'
  assert.deepEqual(parseClock(window, ''), { mode: 'range', at: null, from: AT - 3_600_000, to: AT, speed: 1 })
  assert.deepEqual(parseClock(window, '60'), { mode: 'replay', at: null, from: AT - 3_600_000, to: AT, speed: 60 })
  assert.equal(parseClock(window, '61').mode, 'range')
})

test('a moment is written as short as it is exact', () => {
  assert.equal(formatMoment(AT), '2026-11-22T07:05Z')
  assert.equal(formatMoment(AT + 32_400), '2026-11-22T07:05:32Z')
})

test('filters go through the address unchanged', () => {
  const filters = { types: ['Camera', 'Streetlight'], sector: 'transport' }
  assert.equal(formatFilters(filters), 'type:Camera,Streetlight;sector:transport')
  assert.deepEqual(parseFilters(formatFilters(filters)), filters)
  assert.deepEqual(parseFilters(''), { types: [], sector: '' })
  assert.deepEqual(parseFilters('nonsense;;type:'), { types: [], sector: '' })
})

const FIELDS = ['id', 'type', 'name', 'lon', 'lat', 'observed_at', 'value', 'owner_org', 'area_code', 'sector', 'source', 'simulated']
const row = (id: string, value: number) => [id, 'Camera', 'Đèn Hoà Bình', 107, 21, AT, value, 1, '06652', 'transport', 'demo', true]
const board = { seq: 10, fields: FIELDS, rows: [row('a', 1), row('b', 2)] } as unknown as CityBoard

test('changes are laid over the snapshot once, in the order of the log', () => {
  const city = new City(board)
  const change = (seq: number, rows: ReturnType<typeof row>[], removed: string[] = []) =>
    city.apply({ seq, at: '2026-11-22T07:05:00Z', rows, removed })
  assert.equal(change(10, [row('a', 99)]), 'nothing')
  assert.equal(city.things.get('a')?.value, 1)
  assert.equal(change(11, [row('a', 5)]), 'values')
  assert.equal(city.things.get('a')?.value, 5)
  assert.equal(change(12, [row('c', 7)]), 'members')
  assert.equal(change(13, [], ['b']), 'members')
  assert.deepEqual([...city.things.keys()], ['a', 'c'])
  assert.equal(city.things.get('c')?.folded, 'den hoa binh c')
})

test('under an area the stream adds nothing of other areas, and what moves away goes', () => {
  const elsewhere = (id: string) => row(id, 1).map((value, place) => (place === 8 ? '99999' : value))
  const change = (city: City, seq: number, rows: unknown[]) =>
    city.apply({ seq, at: '2026-11-22T07:05:00Z', rows: rows as ReturnType<typeof row>[], removed: [] })
  const city = new City(board)
  city.within = new Set(['06652'])
  assert.equal(change(city, 11, [elsewhere('c')]), 'values')
  assert.deepEqual([...city.things.keys()], ['a', 'b'])
  assert.equal(change(city, 12, [elsewhere('a'), row('d', 4)]), 'members')
  assert.deepEqual([...city.things.keys()], ['b', 'd'])
  // While it is not known which areas belong to the chosen one, only what is held already changes.
  const waiting = new City(board)
  waiting.within = 'held'
  change(waiting, 11, [row('a', 8), row('c', 9)])
  assert.deepEqual([...waiting.things.values()].map(({ id, value }) => [id, value]), [
    ['a', 8],
    ['b', 2],
  ])
})

test('a silence is a gap in the line, a coarser rhythm is none', () => {
  const minute = (at: number, value: number): [number, number] => [AT + at * 60_000, value]
  const silent = lines([minute(0, 1), minute(1, 2), minute(10, 3), minute(11, 4)], 60)
  assert.deepEqual(silent.y, [1, 2, null, 3, 4])
  const coarse = lines([minute(0, 1), minute(10, 2), minute(20, 3)], 60)
  assert.deepEqual(coarse.y, [1, 2, 3])
  const hourly = lines([[AT, 5, 1, 9, 60]], 3600)
  assert.deepEqual([hourly.low, hourly.high], [[1], [9]])
})

test('only a view that holds both archipelagos does without the inset', () => {
  assert.equal(needsInset([100, 5, 119, 25]), false)
  assert.equal(needsInset([106, 20, 108, 22]), true)
  assert.equal(needsInset([110, 14, 117, 18]), true)
})

test("a site's parts in the sea join our islands and leave the lines of the mainland", () => {
  const square = (lon: number, lat: number) => [[[lon, lat], [lon + 0.1, lat], [lon + 0.1, lat + 0.1], [lon, lat]]]
  const outlines: Outlines = {
    type: 'FeatureCollection',
    features: [
      {
        type: 'Feature',
        properties: { code: '56', name: 'Khánh Hòa', name_en: 'dropped' } as { code: string; name: string },
        geometry: { type: 'MultiPolygon', coordinates: [square(109, 12), square(114, 9), square(112, 16)] },
      },
    ],
  }
  const parted = ground(outlines)
  assert.deepEqual(parted.mainland.features[0]?.geometry.coordinates, [square(109, 12)])
  assert.deepEqual(parted.mainland.features[0]?.properties, { code: '56', name: 'Khánh Hòa' })
  const without = ground(null)
  for (const [index, code] of ['20333', '22736'].entries()) {
    assert.equal(parted.islands.features[index]?.properties.code, code)
    const [more, less] = [parted, without].map((it) => it.islands.features[index]?.geometry.coordinates.length ?? 0)
    assert.equal(more, (less as number) + 1)
  }
})
