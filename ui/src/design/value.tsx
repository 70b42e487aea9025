// Values and their age. A value is never shown without its unit, and an old one says so in words and in its ground.
import { second } from '../api/time'
import { number } from '../format/number'
import { ago, dateTime, ms, roughly, type Moment } from '../format/time'
import { common } from '../messages/common'

export type Freshness = 'fresh' | 'stale' | 'dead'

/** Older than its period is stale, older than three periods is dead; without a period nothing grows old. */
export function freshness(at: Moment, periodS: number | null | undefined, now: number): Freshness {
  if (!periodS) return 'fresh'
  const ageS = (now - ms(at)) / 1000
  return ageS > 3 * periodS ? 'dead' : ageS > periodS ? 'stale' : 'fresh'
}

interface AgeProps {
  at: Moment | null | undefined
  /** How often a new value is expected, in seconds. */
  periodS?: number | null
  /** The moment to count from (ms); the server's present unless a clock says otherwise. */
  now?: number
}

/** `14 phút trước`, or on a hatched ground `cũ 14 phút` once it is older than expected. */
export function Age({ at, periodS, now }: AgeProps) {
  const m = common.value
  if (at == null) return <span class="muted">{m.never}</span>
  const present = now ?? second.value
  const state = freshness(at, periodS, present)
  const text = state === 'fresh' ? ago(at, present) : m.stale(roughly((present - ms(at)) / 1000))
  return (
    <time class={`num age age-${state}`} dateTime={new Date(ms(at)).toISOString()} title={dateTime(at)}>
      {text}
    </time>
  )
}

interface ValueProps {
  value: number | string | null | undefined
  unit?: string | null
  decimals?: number | null
}

/** A number with its unit, or the sign for missing; text passes as it is. */
export function Value({ value, unit, decimals }: ValueProps) {
  if (value === null || value === undefined || value === '') return <span class="muted">{common.value.none}</span>
  if (typeof value === 'string') return <span>{value}</span>
  return (
    <span class="value">
      <span class="num">{number(value, decimals)}</span>
      {unit && <span class="unit">{unit}</span>}
    </span>
  )
}
