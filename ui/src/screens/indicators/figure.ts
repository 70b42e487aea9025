// A figure as it is written: its own number of decimals, and never a zero where there is none.
import { number } from '../../format/number'
import { common } from '../../messages/common'
import { named } from '../../messages/catalogue'
import type { Figure } from './types'

export function shown(figure: Pick<Figure, 'value' | 'missing_vi' | 'missing_en'> | null | undefined, decimals: number): string {
  if (!figure) return common.value.none
  if (figure.value === null) return named(figure.missing_vi ?? '', figure.missing_en ?? '') || common.value.none
  return number(Number(figure.value), decimals)
}

/** `2026-11` is `11/2026`, `2026-Q4` is `Q4/2026`; a day is a day. */
export function periodWords(period: string): string {
  const [year, rest, day] = period.split('-')
  if (day) return `${day}/${rest}/${year}`
  return rest ? `${rest}/${year}` : period
}
