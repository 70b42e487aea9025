// How a task stands, by shape, sign and word; colour only repeats what they say.
import { Mark, type Shape } from '../design/mark'
import { named } from '../messages/catalogue'
import { tasks as messages } from '../messages/tasks'
import type { Clocked, Timeliness } from './types'
import './tasks.css'

// Overdue is a legal deadline at risk: priority 2. Soon is priority 3. Everything in order stays grey.
const LOOKS: Record<Timeliness, { shape: Shape; tone: 'p2' | 'p3' | 'quiet' | 'stale'; filled: boolean; sign: string }> = {
  overdue: { shape: 'triangle', tone: 'p2', filled: true, sign: '!' },
  due_soon: { shape: 'circle', tone: 'p3', filled: false, sign: 'S' },
  in_time: { shape: 'none', tone: 'quiet', filled: false, sign: '✓' },
  awaiting_verdict: { shape: 'square', tone: 'stale', filled: false, sign: '…' },
  no_due: { shape: 'none', tone: 'quiet', filled: false, sign: '–' },
  done_on_time: { shape: 'none', tone: 'quiet', filled: false, sign: '✓' },
  done_late: { shape: 'none', tone: 'quiet', filled: false, sign: 'T' },
}

/** The clock in words with its mark: `▲ trễ 7 ngày`, `còn 3 ngày làm việc`. */
export function ClockWords({ task }: { task: Pick<Clocked, 'clock' | 'timeliness'> & Partial<Pick<Clocked, 'soon'>> }) {
  const value = task.timeliness
  const words = named(task.clock.vi, task.clock.en)
  if (value === null) return <span class="muted">{words}</span>
  const look = LOOKS[value]
  return (
    <span class={`task-clock task-${value}`} title={messages.value.timeliness[value]}>
      <Mark shape={look.shape} tone={look.tone} filled={look.filled} sign={look.sign} />
      <span>{words}</span>
    </span>
  )
}
