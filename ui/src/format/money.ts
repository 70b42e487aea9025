// Money is whole đồng. Large sums are said in triệu and tỷ đồng; Intl's compact form gives "1,2 T", which nobody reads.
import { lang } from '../preferences'
import { number, plainNumber } from './number'

const UNITS = {
  vi: { billion: 'tỷ đồng', million: 'triệu đồng' },
  en: { billion: 'billion VND', million: 'million VND' },
} as const

/** The exact sum: `1.240.000.000 ₫`. */
export function dong(amount: bigint | number): string {
  return `${number(Number(amount), 0)}\u00a0₫`
}

/** A large sum in the unit that people say: `1.240 tỷ đồng`, `35,5 triệu đồng`, below a million the exact sum. */
export function bigDong(amount: bigint | number): string {
  const value = Number(amount)
  const units = UNITS[lang.value]
  const size = Math.abs(value)
  if (size >= 1e9) return `${number(value / 1e9, size % 1e9 === 0 || size >= 1e11 ? 0 : 1)} ${units.billion}`
  if (size >= 1e6) return `${number(value / 1e6, size % 1e6 === 0 ? 0 : 1)} ${units.million}`
  return dong(amount)
}

const DONG_MAX = 9_000_000_000_000_000
/** What stands behind the digits, and how many zeros it means. */
const SCALES: readonly [RegExp, number][] = [
  [/(?:tỷ|tỉ|ty|ti|billion|bn)$/, 9],
  [/(?:triệu|trieu|tr|million|mn)$/, 6],
  [/(?:nghìn|ngàn|nghin|ngan|thousand|k)$/, 3],
]

/** What a person typed as whole đồng, or null: `1.240.000.000`, `35,5 triệu`, `1,2 tỷ đồng`. Nothing is rounded: a part
 *  of a đồng is no amount. */
export function parseDong(typed: string): number | null {
  let text = typed.normalize('NFC').trim().toLowerCase().replace(/\s*(?:đồng|dong|vnđ|vnd|đ|₫)$/, '').trim()
  const [pattern, zeros] = SCALES.find(([unit]) => unit.test(text)) ?? [null, 0]
  if (pattern) text = text.replace(pattern, '')
  const plain = plainNumber(text)
  if (plain === null || plain.startsWith('-')) return null
  const [whole = '', fraction = ''] = plain.replace('+', '').split('.')
  if (fraction.length > zeros && /[1-9]/.test(fraction.slice(zeros))) return null
  const amount = Number(whole + fraction.slice(0, zeros).padEnd(zeros, '0'))
  return amount <= DONG_MAX ? amount : null
}
