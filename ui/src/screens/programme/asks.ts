// What asks for attention of each project, what comes first, and what the shown rows come to. No screen in here.
import { compare, fold } from '../../format/fold'
import type { Board, Forecast, Foreseen, Row } from './types'

export type AskKind = 'contract' | 'milestone' | 'forecast' | 'bottleneck'
export const ASKS: readonly AskKind[] = ['contract', 'milestone', 'forecast', 'bottleneck']

export interface Foresight {
  found: Foreseen | null
  goal_dong: number
  plan_dong: number
  paid_dong?: number
}

/** The forecast of each project by the method that has erred least. */
export function foresights(forecast: Forecast | undefined): Map<number, Foresight> {
  const found = new Map<number, Foresight>()
  for (const each of forecast?.projects ?? []) {
    const best = each.forecasts.find(({ method, missing }) => method === forecast?.method && !missing)
    const paid = each.paid_dong === undefined ? {} : { paid_dong: each.paid_dong }
    found.set(each.id, { found: best ?? null, goal_dong: each.pace.goal_dong, plan_dong: each.plan_dong, ...paid })
  }
  return found
}

/** What asks for attention, the gravest first. */
export function asksOf(row: Row, foresight: Foresight | undefined): AskKind[] {
  const middle = foresight?.found?.p50_dong
  const holds: Record<AskKind, boolean> = {
    contract: row.overdue_contracts > 0,
    milestone: row.late_milestones > 0,
    forecast: middle !== undefined && middle < (foresight?.goal_dong ?? 0),
    bottleneck: row.bottlenecks > 0,
  }
  return ASKS.filter((kind) => holds[kind])
}

/** Contracts past due before late milestones before low forecasts; within one kind the longest first, then by name. */
export function redFirst(rows: readonly Row[], asks: ReadonlyMap<number, readonly AskKind[]>): Row[] {
  const rank = (row: Row) => {
    const first = asks.get(row.id)?.[0]
    return first === undefined ? ASKS.length : ASKS.indexOf(first)
  }
  const days = (row: Row) => row.contract_days ?? row.milestone_days ?? 0
  return [...rows].sort((a, b) => rank(a) - rank(b) || days(b) - days(a) || compare(a.name, b.name) || a.id - b.id)
}

/** What a share can be a share of, in the order in which it is offered. */
export const KINDS = [
  'annual', 'annual_with_carry_over', 'council_initial', 'council_initial_with_carry_over', 'prime_minister',
  'prime_minister_with_carry_over', 'allocation', 'allocation_with_carry_over', 'carry_over',
] as const
export type DenominatorKind = (typeof KINDS)[number]

/** Reasons that a column of its own says already: the forecast, contracts past due, late milestones. */
const SAID: ReadonlySet<string> = new Set(['foreseen_low', 'contract_over', 'milestone_slip', 'below_province', 'third_quarter'])

/** What a reason adds to what the row says by itself; its title alone, since the evidence stands one click away. */
export function addedReasons<T extends { code?: string; vi: string; en: string }>(reasons: readonly T[], said: ReadonlySet<string> = SAID): T[] {
  const title = (words: string) => words.split(': ')[0] ?? words
  return reasons.filter(({ code }) => !code || !said.has(code)).map((each) => ({ ...each, vi: title(each.vi), en: title(each.en) }))
}

export interface Filters {
  q: string
  owner: string
  phase: string
  group: string
  sector: string
  /** A kind of attention, `any`, or empty. */
  ask: string
}

export function ownerOf(row: Row): string {
  return row.owner_name || row.owner.name
}

export function passes(row: Row, asks: readonly AskKind[], filters: Filters): boolean {
  if (filters.owner && ownerOf(row) !== filters.owner) return false
  if (filters.phase && row.project_phase !== filters.phase) return false
  if (filters.group && row.project_group !== filters.group) return false
  if (filters.sector && row.sector !== filters.sector) return false
  if (filters.ask && !(filters.ask === 'any' ? asks.length > 0 : asks.includes(filters.ask as AskKind))) return false
  return fold(`${row.name} ${row.public_id} ${ownerOf(row)}`).includes(fold(filters.q))
}

export interface Sums {
  initial_dong: number
  current_dong: number
  paid_dong: number
}

export function sums(rows: readonly Row[]): Sums {
  return {
    initial_dong: rows.reduce((sum, row) => sum + (row.initial_dong ?? 0), 0),
    current_dong: rows.reduce((sum, row) => sum + (row.current_dong ?? 0), 0),
    paid_dong: rows.reduce((sum, row) => sum + row.paid_dong, 0),
  }
}

/** The share of rows together against what was asked; null where none of them has that denominator. A row without it
 *  adds neither side, and `without` counts it: missing is not zero. */
export function shareOf(rows: readonly Row[]): { numerator_dong: number; denominator_dong: number; without: number } | null {
  const found = rows.flatMap(({ ratio }) => (ratio ? [ratio] : []))
  if (found.length === 0) return null
  return {
    numerator_dong: found.reduce((sum, each) => sum + each.numerator_dong, 0),
    denominator_dong: found.reduce((sum, each) => sum + each.denominator_dong, 0),
    without: rows.length - found.length,
  }
}

/** By how much rows and lines without a project differ from the total that the register counts by itself. */
export function gap(board: Board): number {
  const all = sums(board.items)
  const plan = all.current_dong + (board.elsewhere.current_dong ?? 0) - (board.money.plan_dong['annual'] ?? 0)
  const own = board.money.disbursed.total_dong - board.money.disbursed_carry_over.total_dong
  return plan !== 0 ? plan : all.paid_dong - own
}
