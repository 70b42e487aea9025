// Numbers as they are written in Vietnam (1.234.567,5) and, in the English interface, as in Britain (1,234,567.5).
import { lang } from '../preferences'

const LOCALES = { vi: 'vi-VN', en: 'en-GB' } as const
const formatters = new Map<string, Intl.NumberFormat>()

export function locale(): string {
  return LOCALES[lang.value]
}

function formatter(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = locale() + JSON.stringify(options)
  let made = formatters.get(key)
  if (!made) formatters.set(key, (made = new Intl.NumberFormat(locale(), options)))
  return made
}

/** A number with exactly `decimals` places, or with as many as it has (at most 3) where none are named. */
export function number(value: number, decimals?: number | null): string {
  return formatter(
    decimals == null ? { maximumFractionDigits: 3 } : { minimumFractionDigits: decimals, maximumFractionDigits: decimals },
  ).format(value)
}

/** A share of one as a percentage: 0.961 is `96,1%`. The caller names the denominator beside it. */
export function percent(share: number, decimals = 1): string {
  return formatter({ style: 'percent', maximumFractionDigits: decimals }).format(share)
}

/** A count of bytes in the unit that reads best. */
export function bytes(count: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB']
  let value = count
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${number(value, unit === 0 ? 0 : 1)} ${units[unit]}`
}

/** What a person typed as a number, or null. Accepts `1.234,5`, `1234.5`, `1 234,5` and both minus signs.
 *  A lone point or comma before exactly three digits is read as a thousands mark: `1.234` is 1234. */
export function parseNumber(typed: string): number | null {
  const text = plainNumber(typed)
  const value = Number(text)
  return text !== null && Number.isFinite(value) ? value : null
}

/** The same as digits, sign and one point, so that not a digit is lost on the way; null for what is no number. */
export function plainNumber(typed: string): string | null {
  let text = typed.trim().replace(/[\s\u00a0\u202f]/g, '').replace(/\u2212/g, '-')
  if (!/^[+-]?[\d.,]+$/.test(text) || !/\d/.test(text)) return null
  const lastPoint = text.lastIndexOf('.')
  const lastComma = text.lastIndexOf(',')
  if (lastPoint >= 0 && lastComma >= 0) {
    const decimal = lastPoint > lastComma ? '.' : ','
    const thousands = decimal === '.' ? ',' : '.'
    if (text.split(decimal).length > 2) return null
    const [whole = '', fraction = ''] = text.split(decimal)
    if (!isGrouped(whole, thousands)) return null
    text = `${whole.replaceAll(thousands, '')}.${fraction}`
  } else if (lastPoint >= 0 || lastComma >= 0) {
    const mark = lastPoint >= 0 ? '.' : ','
    if (isGrouped(text, mark)) text = text.replaceAll(mark, '')
    else if (text.split(mark).length === 2) text = text.replace(mark, '.')
    else return null
  }
  return text
}

function isGrouped(text: string, mark: string): boolean {
  const [head = '', ...groups] = text.replace(/^[+-]/, '').split(mark)
  return /^\d{1,3}$/.test(head) && head !== '0' && groups.every((group) => /^\d{3}$/.test(group))
    ? true
    : groups.length === 0 && /^\d+$/.test(head)
}

/** A distance as it is said: `850 m`, `3,4 km`, `28 km`. */
export function distance(metres: number): string {
  if (metres < 995) return `${number(Math.round(metres / 10) * 10, 0)} m`
  const km = metres / 1000
  return `${number(km, km < 9.95 ? 1 : 0)} km`
}
