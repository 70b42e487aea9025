// How an alert or an incident stands: shape, digit and outline by priority and state; colour only repeats them.
import { second } from '../../api/time'
import { Priority } from '../../design/mark'
import { duration, ms, roughly } from '../../format/time'
import { duty as messages } from '../../messages/duty'
import { isAcked } from './queue'
import type { Alert, AlertState, Level } from './types'

/** Filled while nobody has acknowledged it; a new critical one blinks until somebody does. */
export function AlertMark({ alert }: { alert: Pick<Alert, 'priority' | 'state'> }) {
  const m = messages.value
  const blinks = alert.priority === 1 && alert.state === 'new'
  return (
    <span class={`duty-mark${blinks ? ' duty-blink' : ''}`}>
      <Priority
        level={alert.priority}
        filled={alert.state === 'new'}
        label={`${m.priorityLabel(alert.priority, m.priority[alert.priority])}, ${m.alertState[alert.state]}`}
      />
      {alert.state === 'cleared' && <span aria-hidden="true">↩</span>}
    </span>
  )
}

export function SeverityMark({ level, filled = true }: { level: Level; filled?: boolean }) {
  return <Priority level={level} filled={filled} label={messages.value.incidents.severity(level)} />
}

/** `còn 4 phút`, or on a hatched ground `trễ 2 phút`; nothing where the moment does not matter any more. */
export function Left({ until }: { until: string | null | undefined }) {
  const m = messages.value
  if (!until) return null
  const seconds = (ms(until) - second.value) / 1000
  return seconds >= 0 ? (
    <span class="num muted period">{m.respondLeft(roughly(seconds))}</span>
  ) : (
    <span class="num age-dead period strong">{m.respondLate(roughly(-seconds))}</span>
  )
}

/** How long something has been going on, to the second while that matters. */
export function Running({ since, until }: { since: string; until?: string | null }) {
  const seconds = Math.max(0, ((until ? ms(until) : second.value) - ms(since)) / 1000)
  return <span class="num period">{seconds < 3600 ? duration(seconds) : roughly(seconds)}</span>
}

export function answersLate(alert: Alert): boolean {
  return !isAcked(alert) && alert.state !== ('cleared' satisfies AlertState) && alert.respond_by !== null
}
