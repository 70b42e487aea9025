// The due of a task as a person gives it: the kind first, then what that kind needs.
import { useState } from 'preact/hooks'
import type { Problem } from '../api/problem'
import { Field, Select } from '../design/controls'
import { tasks as messages } from '../messages/tasks'
import type { Precision } from './types'
import './tasks.css'

export interface DueDraft {
  precision: Precision
  on: string
  time: string
  count: string
  event: string
  every: string
  /** Of the week (1 is Monday), else of the period's last month; empty: its last day. */
  day: string
  until: string
  text: string
}

export const EMPTY_DUE: DueDraft = {
  precision: 'day',
  on: '',
  time: '17:00',
  count: '',
  event: '',
  every: 'month',
  day: '',
  until: '',
  text: '',
}

/** The rule as the server takes it; what is left empty is left out, and the server names what it lacks. */
export function dueBody(draft: DueDraft): Record<string, unknown> {
  const { precision, on, time, event, every, until, text } = draft
  const body: Record<string, unknown> = { precision }
  const number = Number(draft.count.replace(',', '.'))
  const count = draft.count && Number.isFinite(number) ? Math.round(number) : null
  if (text.trim()) body['text'] = text.trim()
  if (precision === 'moment' && on) body['at'] = `${on}T${time || '17:00'}:00+07:00`
  if (['day', 'month', 'quarter', 'year'].includes(precision) && on) body['on'] = on
  if (['working_days', 'minutes', 'event'].includes(precision) && count !== null) body['count'] = count
  if (precision === 'working_minutes' && count !== null) body['count'] = Math.round(number * 60)
  if (precision === 'event' && event.trim()) body['event'] = event.trim()
  if (precision === 'recurring') body['every'] = every
  if (precision === 'recurring' && Number(draft.day) > 0) body['day'] = Number(draft.day)
  if (precision === 'recurring' && until) body['until'] = until
  return body
}

interface Props {
  draft: DueDraft
  problem: Problem | null
  onChange: (draft: DueDraft) => void
}

export function DueField({ draft, problem, onChange }: Props) {
  const m = messages.value.due
  const kinds = Object.entries(m.kinds).map(([value, label]) => ({ value, label }))
  const { precision } = draft
  const set = (changes: Partial<DueDraft>) => onChange({ ...draft, ...changes })
  const days = ['day', 'moment', 'month', 'quarter', 'year']
  const counts: Partial<Record<Precision, string>> = {
    working_days: m.days,
    event: m.days,
    working_minutes: m.hours,
    minutes: m.minutes,
  }
  const countLabel = counts[precision]
  return (
    <div class="task-due">
      <Select
        label={m.precision}
        value={precision}
        options={kinds}
        fault={problem?.fault('due')}
        onChange={(value) => set({ precision: value as Precision })}
      />
      {days.includes(precision) && (
        <Field
          label={precision === 'day' || precision === 'moment' ? m.on : m.onAny}
          type="date"
          value={draft.on}
          fault={problem?.fault('due.on') || problem?.fault('due.at')}
          onInput={(on) => set({ on })}
        />
      )}
      {precision === 'moment' && <Field label={m.time} value={draft.time} onInput={(time) => set({ time })} />}
      {precision === 'event' && (
        <Field label={m.event} value={draft.event} fault={problem?.fault('due.event')} onInput={(event) => set({ event })} />
      )}
      {countLabel && (
        <Field
          label={countLabel}
          value={draft.count}
          fault={problem?.fault('due.count')}
          onInput={(count) => set({ count })}
        />
      )}
      {precision === 'recurring' && (
        <>
          <Select
            label={m.every}
            value={draft.every}
            options={Object.entries(m.everyKinds).map(([value, label]) => ({ value, label }))}
            onChange={(every) => set({ every, day: '' })}
          />
          <Select
            label={draft.every === 'week' || draft.every === 'month' ? m.day : m.dayOfLast}
            value={draft.day}
            options={[{ value: '', label: m.lastDay }, ...daysOf(draft.every, m.weekdays)]}
            fault={problem?.fault('due.day')}
            onChange={(day) => set({ day })}
          />
          <Field label={m.until} type="date" value={draft.until} onInput={(until) => set({ until })} />
        </>
      )}
      <Field label={m.text} value={draft.text} onInput={(text) => set({ text })} />
    </div>
  )
}

function daysOf(every: string, weekdays: readonly string[]): { value: string; label: string }[] {
  const labels = every === 'week' ? weekdays : Array.from({ length: 31 }, (_, index) => String(index + 1))
  return labels.map((label, index) => ({ value: String(index + 1), label }))
}

export function useDue() {
  return useState<DueDraft>(EMPTY_DUE)
}
