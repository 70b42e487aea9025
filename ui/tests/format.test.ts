import './browser'
import assert from 'node:assert/strict'
import test from 'node:test'
import { fold, compare } from '../src/format/fold'
import { bigDong, dong } from '../src/format/money'
import { number, parseNumber, percent } from '../src/format/number'
import { ago, asField, date, dateTime, duration, fromField, roughly, timeWithSeconds, weekday } from '../src/format/time'

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ')

test('numbers and money are written as in Vietnam', () => {
  assert.equal(number(1234567.5), '1.234.567,5')
  assert.equal(number(3.14159, 2), '3,14')
  assert.equal(percent(0.961), '96,1%')
  assert.equal(plain(dong(1_240_000_000n)), '1.240.000.000 ₫')
  assert.equal(bigDong(1_240_000_000_000), '1.240 tỷ đồng')
  assert.equal(bigDong(35_500_000), '35,5 triệu đồng')
  assert.equal(plain(bigDong(900_000)), '900.000 ₫')
})

test('moments are shown in Vietnamese time whatever the machine says', () => {
  const moment = '2026-11-22T07:05:32Z'
  assert.equal(date(moment), '22/11/2026')
  assert.equal(timeWithSeconds(moment), '14:05:32')
  assert.equal(dateTime(moment), '14:05 22/11/2026')
  assert.equal(weekday(moment).toLowerCase(), 'chủ nhật')
  assert.equal(timeWithSeconds('2026-11-22T17:00:00Z'), '00:00:00')
})

test('a form’s field holds the hour of Vietnam', () => {
  assert.equal(asField('2026-11-22T07:05:32Z'), '2026-11-22T14:05')
  assert.equal(fromField('2026-11-22T14:05'), Date.UTC(2026, 10, 22, 7, 5))
  assert.equal(fromField(asField(Date.UTC(2026, 10, 22, 23, 59))), Date.UTC(2026, 10, 22, 23, 59))
  assert.ok(Number.isNaN(fromField('')))
})

test('ages and lengths of time', () => {
  const now = Date.parse('2026-11-22T07:00:00Z')
  assert.equal(ago(now - 14 * 60_000, now), '14 phút trước')
  assert.equal(ago(now - 4000, now), 'vừa xong')
  assert.equal(duration(7500), '2 giờ 5 phút')
  assert.equal(duration(0), '0 giây')
  assert.equal(duration(90), '1 phút 30 giây')
  assert.equal(roughly(110), '1 phút')
  assert.equal(roughly(45), '45 giây')
})

test('typed numbers are read as people type them', () => {
  const cases: [string, number | null][] = [
    ['1.234,5', 1234.5],
    ['1234.5', 1234.5],
    ['1,234.5', 1234.5],
    ['1 234,5', 1234.5],
    ['1.234', 1234],
    ['1.234.567', 1234567],
    ['12,5', 12.5],
    ['0,125', 0.125],
    ['-3', -3],
    ['\u22123,5', -3.5],
    ['1.2.3', null],
    ['12,34,5', null],
    ['1.23,456.7', null],
    ['abc', null],
    ['', null],
    ['.', null],
  ]
  for (const [typed, meant] of cases) assert.equal(parseNumber(typed), meant, typed)
})

test('search ignores accents as the database does', () => {
  assert.equal(fold('Hoà  Bình'), 'hoa binh')
  assert.equal(fold('hòa bình'), 'hoa binh')
  assert.equal(fold('Đặc khu Trường Sa'), 'dac khu truong sa')
  assert.equal(fold('Nguyễn Thị Ẩn'), 'nguyen thi an')
})

test('names stand in Vietnamese order', () => {
  assert.deepEqual(['đa', 'Ẩn', 'da', 'Ân', 'An', 'Ăn', 'e'].sort(compare), ['An', 'Ăn', 'Ân', 'Ẩn', 'da', 'đa', 'e'])
  assert.deepEqual(['Trạm 10', 'Trạm 9'].sort(compare), ['Trạm 9', 'Trạm 10'])
})
