// Initial and current plan of a project by kind, year and source, out of every amount ever recorded. No screen in here.
import type { PlanKind, PlanRow } from './types'

export interface PlanLine {
  key: string
  kind: PlanKind
  source: number
  year: number
  yearTo: number
  initial: PlanRow
  /** Absent: a later decision has ended it. */
  current: PlanRow | undefined
}

/** What is known now: the earliest amount of a line is its initial one, the one that holds on a day its current one. */
export function planLines(rows: readonly PlanRow[], today: string): PlanLine[] {
  const known = rows.filter((row) => row.superseded_at === null)
  const byLine = new Map<string, PlanRow[]>()
  for (const row of known) {
    const key = `${row.plan_year}-${row.plan_year_to} ${row.plan_kind} ${row.fund_source_id}`
    byLine.set(key, [...(byLine.get(key) ?? []), row])
  }
  return [...byLine].map(([key, list]) => {
    const [first] = [...list].sort((a, b) => a.valid_from.localeCompare(b.valid_from)) as [PlanRow]
    const holds = (row: PlanRow) => row.valid_from <= today && (row.valid_to === null || row.valid_to > today)
    return {
      key, kind: first.plan_kind, source: first.fund_source_id, year: first.plan_year, yearTo: first.plan_year_to,
      initial: first, current: list.find(holds),
    }
  }).sort((a, b) => b.year - a.year || a.kind.localeCompare(b.kind) || a.source - b.source)
}
