// What plans, payments and promises of one project come to: by line on two clocks, by year, by month, by contract. What is
// expected and what is confirmed are never one sum. No screen in here.
import type { Commitment, Contract, Payment, PlanEntry } from './project-types'
import type { PlanKind } from './types'

/** In force on a day, as the register knew it at the end of another. */
export interface Clocks {
  validOn: string
  knownOn: string
}

export interface PlanLine {
  key: string
  kind: PlanKind
  source: number
  year: number
  yearTo: number
  initial: PlanEntry
  /** Absent: a later decision has ended it. */
  current: PlanEntry | undefined
}

const LOCAL_DAY_END = 'T23:59:59.999+07:00'

/** Whether a row was what the register knew at the end of a day. */
export function isKnown(row: PlanEntry, knownOn: string): boolean {
  const at = new Date(knownOn + LOCAL_DAY_END).getTime()
  return new Date(row.recorded_at).getTime() <= at && (row.superseded_at === null || new Date(row.superseded_at).getTime() > at)
}

function holds(row: PlanEntry, validOn: string): boolean {
  return row.valid_from <= validOn && (row.valid_to === null || row.valid_to > validOn)
}

/** The earliest amount of a line that was known is its initial one, the one in force on the day its current one. */
export function planLines(rows: readonly PlanEntry[], { validOn, knownOn }: Clocks): PlanLine[] {
  const byLine = new Map<string, PlanEntry[]>()
  for (const row of rows) {
    if (!isKnown(row, knownOn) || row.valid_from > validOn) continue
    const key = `${row.plan_year}-${row.plan_year_to} ${row.plan_kind} ${row.fund_source_id}`
    byLine.set(key, [...(byLine.get(key) ?? []), row])
  }
  return [...byLine]
    .flatMap(([key, list]): PlanLine[] => {
      const [first] = [...list].sort((a, b) => a.valid_from.localeCompare(b.valid_from))
      if (!first) return []
      const { plan_kind: kind, fund_source_id: source, plan_year: year, plan_year_to: yearTo } = first
      return [{ key, kind, source, year, yearTo, initial: first, current: list.find((row) => holds(row, validOn)) }]
    })
    .sort((a, b) => b.year - a.year || a.kind.localeCompare(b.kind) || a.source - b.source)
}

/** Money out: advances and volume, less what was recovered of advances. */
export function sign(payment: Payment): 1 | -1 {
  return payment.kind === 'recovery' ? -1 : 1
}

export interface YearLine {
  year: number
  initial: number | null
  current: number | null
  paid: number
  /** null: no plan to be left of. */
  left: number | null
  /** Carried over into the next year by a decision; null: none decided. */
  carried: number | null
  /** What lapsed, or lapses unless it is carried over; null: nothing is left or the year is not over. */
  lapsed: number | null
  isOver: boolean
}

/** Each plan year by its annual plan and the confirmed payments of its own capital. */
export function yearLines(lines: readonly PlanLine[], payments: readonly Payment[], today: string): YearLine[] {
  const annual = lines.filter(({ kind }) => kind === 'annual')
  const sum = (list: readonly (number | undefined)[]) => {
    const known = list.filter((amount): amount is number => amount !== undefined)
    return known.length === 0 ? null : known.reduce((all, amount) => all + amount, 0)
  }
  const paidOf = (year: number) =>
    payments
      .filter((each) => each.state === 'confirmed' && each.plan_year === year && !each.carry_over)
      .reduce((all, each) => all + sign(each) * (each.confirmed_dong ?? 0), 0)
  const years = new Set([...annual.map(({ year }) => year), ...payments.filter((each) => each.state === 'confirmed').map((each) => each.plan_year)])
  return [...years]
    .sort((a, b) => b - a)
    .map((year) => {
      const own = annual.filter((line) => line.year === year)
      const current = sum(own.map((line) => line.current?.amount_dong))
      const paid = paidOf(year)
      const left = current === null ? null : current - paid
      const carried = sum(lines.filter((line) => line.kind === 'carry_over' && line.year === year + 1).map((line) => line.current?.amount_dong))
      const isOver = today > `${year + 1}-01-31`
      return {
        year, initial: sum(own.map((line) => line.initial.amount_dong)), current, paid, left, carried,
        lapsed: left === null || left <= 0 || !isOver ? null : left - (carried ?? 0), isOver,
      }
    })
}

export interface MonthLine {
  period: number
  promised: number | null
  estimated: number | null
  confirmed: number | null
}

const PERIODS = 13

/** The thirteen periods of a plan year; what nobody said is missing, not zero. */
export function monthLines(year: number, payments: readonly Payment[], promises: readonly Commitment[]): MonthLine[] {
  const own = payments.filter((each) => each.plan_year === year)
  const of = (period: number, state: Payment['state'], amount: (each: Payment) => number | null) => {
    const found = own.filter((each) => each.period === period && each.state === state)
    return found.length === 0 ? null : found.reduce((all, each) => all + sign(each) * (amount(each) ?? 0), 0)
  }
  return Array.from({ length: PERIODS }, (_, at) => at + 1).map((period) => ({
    period,
    promised: promises.find((each) => each.plan_year === year && each.period === period && each.superseded_at === null)?.amount_dong ?? null,
    estimated: of(period, 'estimate', (each) => each.estimate_dong),
    confirmed: of(period, 'confirmed', (each) => each.confirmed_dong),
  }))
}

export interface AdvanceLine {
  contract: Contract
  advanced: number
  recovered: number
  outstanding: number
}

/** Confirmed advances and recoveries of all years, by contract; contracts without an advance are left out. */
export function advanceLines(contracts: readonly Contract[], payments: readonly Payment[]): AdvanceLine[] {
  return contracts.flatMap((contract) => {
    const own = payments.filter((each) => each.contract_id === contract.id && each.state === 'confirmed')
    const of = (kind: Payment['kind']) => own.filter((each) => each.kind === kind).reduce((all, each) => all + (each.confirmed_dong ?? 0), 0)
    const [advanced, recovered] = [of('advance'), of('recovery')]
    return advanced === 0 ? [] : [{ contract, advanced, recovered, outstanding: advanced - recovered }]
  })
}

/** How much each remaining period must bring for the goal; null where there is no plan. */
export function pace(plan: number | null, goal: number, paid: number, periodsOver: number): { left: number; periods: number; each: number } | null {
  if (plan === null || plan <= 0) return null
  const left = Math.max(0, Math.ceil(plan * goal) - paid)
  const periods = Math.max(0, PERIODS - periodsOver)
  return { left, periods, each: periods === 0 ? left : Math.ceil(left / periods) }
}

/** What a year's payments are paid from: its own plan and the capital that a decision has carried over into it. */
export function available(plan: { current_dong: number | null; carry_over_dong?: number | null }): number | null {
  if (plan.current_dong === null && !plan.carry_over_dong) return null
  return (plan.current_dong ?? 0) + (plan.carry_over_dong ?? 0)
}
