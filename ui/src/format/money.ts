// Money is whole đồng. Large sums are said in triệu and tỷ đồng; Intl's compact form gives "1,2 T", which nobody reads.
import { lang } from '../preferences'
import { number } from './number'

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
