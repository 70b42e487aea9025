// Which models are shown, and the words for their attributes.
import './browser'
import assert from 'node:assert/strict'
import test from 'node:test'
import type { ModelAttribute, ModelRow } from '../src/api/models'
import { grouped, matches, passes, rangeWords, typeWords } from '../src/screens/models/choose'

function row(type: string, vi: string, sector: string, more: Partial<ModelRow> = {}): ModelRow {
  const figures = { attributes: 3, entities: 0, checked: 0, faulty: 0 }
  return { type, vi, en: type, sector, own: false, extends: null, mode: 'warn', ...figures, ...more }
}

function attribute(more: Partial<ModelAttribute>): ModelAttribute {
  return {
    name: 'a', vi: 'a', en: 'a', text: '', kind: 'Property', value: 'number', items: null, format: null, enum: [], open: false,
    min: null, max: null, unit: null, unit_code: null, to: null, required: false, carried: 0, ...more,
  }
}

test('models stand by sector, both in the order of their names', () => {
  const sectors = { b: { vi: 'Ăn uống', en: 'Food' }, a: { vi: 'Đường', en: 'Roads' }, c: { vi: 'An ninh', en: 'Security' } }
  const rows = [row('Z', 'Đèn', 'a'), row('Y', 'Dân', 'a'), row('X', 'Cơm', 'b'), row('W', 'Gác', 'c'), row('V', 'Lạ', 'd')]
  const groups = grouped(rows, sectors)
  assert.deepEqual(groups.map((group) => group.name), ['An ninh', 'Ăn uống', 'd', 'Đường'])
  assert.deepEqual(groups[3]?.rows.map((one) => one.type), ['Y', 'Z'])
})

test('accents are not needed to find a model, nor the language of its name', () => {
  assert.ok(matches('chat luong khong khi', 'Chất lượng không khí', 'Air quality', 'AirQualityObserved'))
  assert.ok(matches('airq', 'Chất lượng không khí', 'Air quality', 'AirQualityObserved'))
  assert.ok(!matches('nuoc', 'Chất lượng không khí', 'Air quality', 'AirQualityObserved'))
})

test('filters keep what is in use, and what does not fit', () => {
  const used = row('A', 'a', 's', { entities: 2, checked: 4 })
  const faulty = row('B', 'b', 's', { checked: 4, faulty: 1 })
  assert.deepEqual([used, faulty].map((one) => passes(one, 'all')), [true, true])
  assert.deepEqual([used, faulty].map((one) => passes(one, 'used')), [true, false])
  assert.deepEqual([used, faulty].map((one) => passes(one, 'faulty')), [false, true])
})

test('the type of an attribute is said in words', () => {
  assert.equal(typeWords(attribute({})), 'số')
  assert.equal(typeWords(attribute({ value: 'array', items: 'string' })), 'danh sách chuỗi')
  assert.equal(typeWords(attribute({ value: 'string', format: 'date-time' })), 'chuỗi, thời điểm')
  assert.equal(typeWords(attribute({ kind: 'Relationship', value: null, to: 'Camera' })), 'Quan hệ → Camera')
  assert.equal(typeWords(attribute({ kind: 'GeoProperty', value: null })), 'Vị trí')
})

test('a range is said with the ends it has', () => {
  assert.equal(rangeWords(attribute({})), '')
  assert.equal(rangeWords(attribute({ min: 0 })), '≥ 0')
  assert.equal(rangeWords(attribute({ max: 2.5 })), '≤ 2,5')
  assert.equal(rangeWords(attribute({ min: 0, max: 1 })), '0–1')
})
