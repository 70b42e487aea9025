// Days of milestones on one scale, and how far they have slipped. No screen in here.
import { ms } from '../../format/time'

export const DAY_MS = 86_400_000

export interface Days {
  baseline_on: string
  forecast_on: string | null
  actual_on: string | null
}

/** Whole days from one day to another; below zero where the second is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((ms(to) - ms(from)) / DAY_MS)
}

/** By how many days a milestone lies after its baseline: as met, as foreseen, or as it already is late today. */
export function slip(milestone: Days, today: string): number | null {
  const end = milestone.actual_on ?? milestone.forecast_on
  if (end) return daysBetween(milestone.baseline_on, end)
  return today > milestone.baseline_on ? daysBetween(milestone.baseline_on, today) : null
}

/** Not met, and past its baseline or what was last foreseen. */
export function isLate(milestone: Days, today: string): boolean {
  return milestone.actual_on === null && (milestone.baseline_on < today || (slip(milestone, today) ?? 0) > 0)
}

export interface Span {
  first: number
  last: number
}

/** From the month of the first day to the end of the month of the last one, with today within. */
export function spanOf(list: readonly Days[], today: string): Span {
  const days = [today, ...list.flatMap((each) => [each.baseline_on, each.forecast_on, each.actual_on])].filter((day): day is string => day !== null)
  const sorted = days.sort()
  const first = sorted[0] ?? today
  const last = sorted[sorted.length - 1] ?? today
  const [year, month] = last.split('-').map(Number) as [number, number]
  return { first: ms(`${first.slice(0, 7)}-01`), last: Date.UTC(year, month, 1) }
}

/** Marks of time below the bars: years or half years of long spans, quarters or months of shorter ones. */
export function marksOf({ first, last }: Span): { at: number; year: number; month: number }[] {
  const days = (last - first) / DAY_MS
  const step = days > 2600 ? 12 : days > 1100 ? 6 : days > 400 ? 3 : 1
  const start = new Date(first)
  const marks = []
  for (let month = Math.ceil(start.getUTCMonth() / step) * step; ; month += step) {
    const at = Date.UTC(start.getUTCFullYear(), month, 1)
    if (at >= last) return marks
    const day = new Date(at)
    marks.push({ at, year: day.getUTCFullYear(), month: day.getUTCMonth() + 1 })
  }
}

/** What part of the milestones' weight is met; null where nothing weighs anything. */
export function metShare(list: readonly (Days & { weight: number })[]): number | null {
  const all = list.reduce((sum, each) => sum + each.weight, 0)
  return all === 0 ? null : list.reduce((sum, each) => sum + (each.actual_on ? each.weight : 0), 0) / all
}
