// The queue as it stands on the screen. Rows never move under the operator's hand: while somebody works in the list, what
// is new waits behind a button, what has gone stays where it was, and only the words of a row change. Pure.
import type { Alert, Group, Level } from './types'

export interface Held {
  /** The rows shown, in their order. */
  order: readonly number[]
  rows: ReadonlyMap<number, Alert>
  /** What has come since the order was made, and waits to be let in. */
  fresh: readonly number[]
}

export const NOTHING: Held = { order: [], rows: new Map(), fresh: [] }

/** What an operator has yet to deal with; the rest leaves the queue at the next settling. */
const WAITING: ReadonlySet<string> = new Set(['new', 'acked', 'cleared'])

/** Priority, then unacknowledged, then oldest: the order of the server. */
export function byUrgency(a: Alert, b: Alert): number {
  return a.priority - b.priority || Number(isAcked(a)) - Number(isAcked(b)) || a.first_at.localeCompare(b.first_at) || a.id - b.id
}

export function isAcked(alert: Alert): boolean {
  return alert.state !== 'new' && alert.state !== 'cleared'
}

/** A snapshot of the server. `busy`: somebody works in the list, so nothing may move. */
export function take(held: Held, items: readonly Alert[], busy: boolean): Held {
  const rows = new Map(items.map((alert) => [alert.id, alert]))
  if (!busy) return { order: items.map(({ id }) => id), rows, fresh: [] }
  for (const id of held.order) {
    const known = held.rows.get(id)
    if (known && !rows.has(id)) rows.set(id, known)
  }
  return { order: held.order, rows, fresh: items.map(({ id }) => id).filter((id) => !held.order.includes(id)) }
}

/** One row as the stream or an act tells it. `fits`: the filters of the moment let it in. */
export function put(held: Held, alert: Alert, busy: boolean, fits = true): Held {
  const before = held.rows.get(alert.id)
  if (before && before.version > alert.version) return held
  // The stream does not know what is open to whom: of the same version what was known stays right.
  const acts = alert.acts ?? (before?.version === alert.version ? before.acts : undefined)
  const rows = new Map(held.rows).set(alert.id, acts ? { ...alert, acts } : alert)
  if (held.order.includes(alert.id)) return { ...held, rows }
  if (!fits || !WAITING.has(alert.state)) return held
  const next = { order: held.order, rows, fresh: [...held.fresh.filter((id) => id !== alert.id), alert.id] }
  return busy ? next : settle(next)
}

/** Let in what waits, and let go what has left, in the order of urgency. */
export function settle(held: Held): Held {
  const ids = [...new Set([...held.order, ...held.fresh])]
  const rows = ids.flatMap((id) => held.rows.get(id) ?? []).filter((alert) => WAITING.has(alert.state))
  return { order: rows.sort(byUrgency).map(({ id }) => id), rows: new Map(rows.map((alert) => [alert.id, alert])), fresh: [] }
}

/** Rows stay in their order; each group stands before the first row that is less urgent than it. */
export function woven(rows: readonly Alert[], groups: readonly Group[]): (Alert | Group)[] {
  const waiting = [...groups].sort((a, b) => a.priority - b.priority)
  const found: (Alert | Group)[] = []
  for (const row of rows) {
    while (waiting[0] && waiting[0].priority < row.priority) found.push(waiting.shift() as Group)
    found.push(row)
  }
  return [...found, ...waiting]
}

/** The most urgent of what waits; it gives the button its mark. */
export function freshLevel(held: Held): Level | null {
  const levels = held.fresh.flatMap((id) => held.rows.get(id)?.priority ?? [])
  return levels.length > 0 ? (Math.min(...levels) as Level) : null
}

/** Critical alerts that nobody has acknowledged, whether shown or waiting. */
export function unheardP1(held: Held): Alert[] {
  return [...held.order, ...held.fresh]
    .flatMap((id) => held.rows.get(id) ?? [])
    .filter((alert) => alert.priority === 1 && alert.state === 'new')
}
