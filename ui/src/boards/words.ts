// Words and sums of the boards of directives, without the screen.
import { number } from '../format/number'
import { ms } from '../format/time'
import { boards as messages } from '../messages/boards'
import type { HeatRow, Place } from './types'

/** Places in the order in which a leader asks for them. */
export const PLACES: readonly Place[] = [
  'overdue',
  'due_soon',
  'awaiting_verdict',
  'in_time',
  'no_due',
  'suspended',
  'done_on_time',
  'done_late',
  'cancelled',
]
/** What is over has no list on the board: it stands in the list of tasks. */
export const LISTED: readonly Place[] = ['overdue', 'due_soon', 'awaiting_verdict', 'in_time', 'no_due', 'suspended']

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** The first day of a month as `11/2026`; days are local already. */
export function month(day: string): string {
  return `${day.slice(5, 7)}/${day.slice(0, 4)}`
}

/** The last day of the month that a day begins. */
export function monthEnd(day: string): string {
  const next = new Date(ms(`${day.slice(0, 7)}-01T00:00:00Z`))
  next.setUTCMonth(next.getUTCMonth() + 1)
  return new Date(next.getTime() - 86_400_000).toISOString().slice(0, 10)
}

/** A unit's line of the heat map in words: where it is late, and in which months. */
export function heatSentence(row: HeatRow): string {
  const m = messages.value.board
  if (row.late === 0) return m.heatClean(row.name, number(row.given))
  const months = row.cells.flatMap((cell) => (cell && cell.late > 0 ? [`${month(cell.month)}: ${number(cell.late)}/${number(cell.given)}`] : []))
  return m.heatSentence(row.name, number(row.late), number(row.given), months.join('; '))
}
