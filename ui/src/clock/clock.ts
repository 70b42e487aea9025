// One clock for everything on a screen. The address says which time is shown (`t`, `speed`); what is drawn takes the
// present from `now`, which is the server's time while live and never later than the moment shown while not.
import { computed, effect, signal } from '@preact/signals'
import { second, serverNow } from '../api/time'
import { go, param } from '../router'

export type Mode = 'live' | 'paused' | 'range' | 'replay'

export interface Clock {
  mode: Mode
  /** The moment shown, while paused (ms). */
  at: number | null
  /** The window, while in range or replay (ms). */
  from: number | null
  to: number | null
  /** How many times faster than life, in replay. */
  speed: number
}

export const SPEEDS = [1, 10, 60, 600] as const
export const STEP_MS = 60_000
const TICK_MS = 250
const LIVE: Clock = { mode: 'live', at: null, from: null, to: null, speed: 1 }

const t = param('t')
const speed = param('speed')

/** Read a clock out of `t` and `speed`; what cannot be read is live. */
export function parseClock(t: string, speed: string): Clock {
  const [from, to, ...rest] = t.split('/').map((text) => (text ? new Date(text).getTime() : NaN))
  if (from === undefined || Number.isNaN(from) || rest.length > 0) return LIVE
  if (to === undefined) return { ...LIVE, mode: 'paused', at: from }
  if (Number.isNaN(to) || to <= from) return LIVE
  const times = Number(speed)
  if (!(SPEEDS as readonly number[]).includes(times)) return { ...LIVE, mode: 'range', from, to }
  return { mode: 'replay', at: null, from, to, speed: times }
}

/** `2026-11-22T07:05Z`: as short as the moment allows. */
export function formatMoment(ms: number): string {
  const iso = new Date(Math.floor(ms / 1000) * 1000).toISOString()
  return iso.replace(/(?::00)?\.000Z$/, 'Z')
}

export const clock = computed(() => parseClock(t.value, speed.value))
export const isLive = computed(() => clock.value.mode === 'live')

/** How far a replay has come (ms); null outside a replay. */
const position = signal<number | null>(null)

/** The present of the screen in ms: the server's, or the moment being looked at. */
export const now = computed(() => {
  const { mode, at, to } = clock.value
  if (mode === 'live') return second.value
  return (mode === 'paused' ? at : mode === 'replay' ? (position.value ?? clock.value.from) : to) ?? second.value
})

/** While a replay stands in the address, its position moves on; at its end it stays. */
effect(() => {
  const { mode, from, to, speed } = clock.value
  if (mode !== 'replay' || from === null || to === null) {
    position.value = null
    return undefined
  }
  position.value = from
  let before = performance.now()
  const timer = setInterval(() => {
    const steady = performance.now()
    position.value = Math.min(to, (position.peek() ?? from) + (steady - before) * speed)
    before = steady
    if (position.peek() === to) clearInterval(timer)
  }, TICK_MS)
  return () => clearInterval(timer)
})

/** A replay may be slowed or paused where it is, so that what is seen can be followed. */
export function movePosition(to: number): void {
  position.value = to
}

export function goLive(): void {
  go('', { t: null, speed: null })
}

/** Stand still at a moment, never in the future. */
export function pauseAt(ms: number, options = { replace: false }): void {
  go('', { t: formatMoment(Math.min(ms, serverNow())), speed: null }, options)
}

/** Look at a window, which never reaches into the future. */
export function showRange(from: number, to: number): void {
  go('', { t: `${formatMoment(from)}/${formatMoment(Math.min(to, serverNow()))}`, speed: null })
}

export function replay(from: number, to: number, speed: number): void {
  go('', { t: `${formatMoment(from)}/${formatMoment(to)}`, speed: String(speed) })
}

export function togglePause(): void {
  if (isLive.peek() || clock.peek().mode === 'replay') pauseAt(now.peek())
  else goLive()
}

/** One minute back or on; a step that would reach the present goes live. */
export function step(by: number): void {
  const next = now.peek() + by * STEP_MS
  if (next >= serverNow()) goLive()
  else pauseAt(next, { replace: !isLive.peek() })
}
