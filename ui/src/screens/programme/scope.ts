// Which programme and which plan year the address asks for; every page of figures begins with this.
import { second } from '../../api/time'
import { asField } from '../../format/time'
import { href, param } from '../../router'
import type { Program } from './types'

export const program = param('program')
export const year = param('year')

/** The programme and year of the address, or the latest programme and the nearest year that it has. */
export function asked(programs: readonly Program[] | undefined): { chosen: Program | undefined; year: number } {
  const chosen = programs?.find(({ id }) => String(id) === program.value) ?? programs?.[0]
  const now = Number(asField(second.peek()).slice(0, 4))
  const nearest = chosen ? Math.min(Math.max(now, chosen.period_from), chosen.period_to) : now
  return { chosen, year: Number(year.value) || nearest }
}

/** Whether a plan year has a period that is over and one that is not: only then its end can be foreseen. */
export function isUnderWay(planYear: number): boolean {
  const [now, month] = asField(second.peek()).split('-').map(Number) as [number, number]
  const over = (now - planYear) * 12 + month - 1
  return over >= 1 && over <= 12
}

/** The address of another page about the same programme and year. */
export function within(to: string, changes: Record<string, string | null> = {}): string {
  return href(to, { program: program.value, year: year.value, ...changes })
}
