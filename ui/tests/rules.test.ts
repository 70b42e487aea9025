// Conditions of rules in words, and the lines of an override.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import './browser'

const { conditionWords, fieldsOf, lasting } = await import('../src/screens/rules/condition')

test('every kind of condition has words', () => {
  const said: [Record<string, unknown>, string][] = [
    [{ threshold: { attr: 'level', above: 5.6, clears_below: 5.4, for: '2 minutes' } }, 'level trên 5,6; hết khi qua 5,4; kéo dài 2 phút'],
    [{ threshold: { attr: 'level', above: 'dangerLevel', margin: 0.1 } }, 'level trên dangerLevel; hết khi lùi quá 0,1'],
    [{ rate: { attr: 'level', rises: 0.5, within: '1 hour' } }, 'level tăng 0,5 trong 1 giờ'],
    [{ stuck: { attr: 'level', for: '6 hours' } }, 'level đứng yên suốt 6 giờ'],
    [{ missing: { periods: 3 } }, 'không có số liệu quá 3 kỳ'],
    [{ missing: { for: '30 minutes', attr: 'pm25' } }, 'pm25: không có số liệu trong 30 phút'],
    [{ baseline: { attr: 'flow', deviates: 3 } }, 'flow lệch quá 3 lần độ lệch chuẩn so với giờ này trong tuần'],
    [{ geofence: { inside: { area: '22' } } }, 'đi vào vùng đã khoanh'],
    [{ expression: 'a > 1 and b' }, 'a > 1 and b'],
    [{ expression: { that: 'a > 1', for: '5 minutes' } }, 'a > 1; kéo dài 5 phút'],
    [
      { count: { of: { missing: { periods: 3 } }, at_least: 5, within: '2 minutes', in: { radius_m: 500 } } },
      'ít nhất 5 nơi trong vòng 500 m trong 2 phút; mỗi nơi: không có số liệu quá 3 kỳ',
    ],
    [
      { together: { all: [{ expression: 'a > 1' }, { type: 'B', expression: 'b > 2' }], within: '10 minutes' } },
      '(a > 1) và (B: b > 2); cùng xảy ra trong 10 phút',
    ],
  ]
  for (const [when, words] of said) assert.equal(conditionWords(when), words)
})

test('times that are none stay as they are', () => {
  assert.equal(lasting('1.5 days'), '1,5 ngày')
  assert.equal(lasting('soon'), 'soon')
})

test('the lines of an override are names and values', () => {
  assert.deepEqual(fieldsOf('above: 6.2\n\nclears_below: 6,0\nattr: level\nfast: true'), { above: 6.2, clears_below: 6, attr: 'level', fast: true })
  assert.throws(() => fieldsOf('above 6.2'), /above 6.2/)
})
