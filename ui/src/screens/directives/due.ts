// A due in words, as a form has it, and the ones that are chosen by one key.
import { asField, date, dateTime } from '../../format/time'
import { directives as messages } from '../../messages/directives'
import { tasks as taskWords } from '../../messages/tasks'
import { EMPTY_DUE, type DueDraft } from '../../tasks/due-field'
import type { Due } from './types'

/** `đến hết 20/11/2026`, `trong quý III/2026`, `30 ngày làm việc kể từ 01/09/2026`. */
export function dueWords(due: Due | null): string {
  const m = messages.value.due
  if (!due || due.precision === 'none') return m.none
  const [year, month] = (due.on ?? '').split('-')
  const count = due.count ?? 0
  const counted = (words: string) => (due.start ? m.from(words, date(due.start)) : words)
  switch (due.precision) {
    case 'day':
      return due.on ? m.on(date(due.on)) : m.none
    case 'moment':
      return due.at ? m.moment(dateTime(due.at)) : m.none
    case 'month':
      return m.month(`${month}/${year}`)
    case 'quarter':
      return m.quarter(`${['I', 'II', 'III', 'IV'][Math.floor((Number(month) - 1) / 3)]}/${year}`)
    case 'year':
      return m.year(String(year))
    case 'working_days':
      return counted(m.workingDays(count))
    case 'working_minutes':
      return m.workingHours(String(Math.round(count / 6) / 10))
    case 'minutes':
      return m.minutes(count)
    case 'recurring':
      return m.recurring(m.every[(due.every ?? 'month') as keyof typeof m.every], due.day ? onDay(due.every ?? 'month', due.day) : '')
    case 'event':
      return m.event(count, due.event ?? '')
    case 'urgent':
      return m.urgent
    case 'open':
      return m.open
  }
}

function onDay(every: string, day: number): string {
  const m = messages.value.due
  if (every === 'week') return m.onWeekday(taskWords.value.due.weekdays[day - 1] ?? '')
  return every === 'month' ? m.onDayOfMonth(day) : m.onDayOfLast(day)
}

/** What a form begins with; what the rule does not have stays empty. */
export function dueDraft(due: Due | null): DueDraft {
  if (!due) return EMPTY_DUE
  const minutes = due.precision === 'working_minutes'
  const count = due.count === undefined ? '' : String(minutes ? due.count / 60 : due.count)
  return {
    ...EMPTY_DUE,
    precision: due.precision,
    on: due.on ?? (due.at ? asField(due.at).slice(0, 10) : ''),
    time: due.at ? asField(due.at).slice(11, 16) : EMPTY_DUE.time,
    count,
    event: due.event ?? '',
    every: due.every ?? EMPTY_DUE.every,
    day: due.day ? String(due.day) : '',
    until: due.until ?? '',
    text: due.text ?? '',
  }
}

export const PRESETS = ['days10', 'days30', 'month', 'quarter', 'year', 'open'] as const
export type Preset = (typeof PRESETS)[number]

/** The due that a key chooses, counted from a day (`YYYY-MM-DD`). */
export function presetDue(preset: Preset, today: string): Due {
  switch (preset) {
    case 'days10':
      return { precision: 'working_days', count: 10 }
    case 'days30':
      return { precision: 'working_days', count: 30 }
    case 'open':
      return { precision: 'open' }
    default:
      return { precision: preset, on: today }
  }
}
