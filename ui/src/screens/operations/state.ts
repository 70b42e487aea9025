// How things stand, judged by figures alone. Red is kept for what somebody must do something about now; what mends
// itself is only to be watched, what is unknown says so, and what is well stays grey.
import type { Endpoint, HeldContext, Operations, StepState, StorageTier, Subscription, Writer } from '../../api/operations'

export type Verdict = 'well' | 'watch' | 'act' | 'off' | 'absent'

/** Behind for longer than this (seconds) is to be watched, and for longer than that nobody may leave it. */
const STEP_S = { watch: 30, act: 300 }
const COMMIT_S = { watch: 1, act: 10 }
const QUEUE_SHARE = { watch: 0.5, act: 0.9 }
const WAIT_S = 300
const INBOX = 1000

export function writerState(writer: Writer | null): Verdict {
  if (!writer) return 'absent'
  if (!writer.alive) return 'act'
  return worst([
    above(writer.queue_limit ? writer.waiting / writer.queue_limit : 0, QUEUE_SHARE),
    above(writer.commit_s_p99 ?? 0, COMMIT_S),
  ])
}

export function stepState(step: StepState): Verdict {
  return above(step.lag_s ?? 0, STEP_S)
}

export function inboxState(inbox: number): Verdict {
  return inbox > INBOX ? 'watch' : 'well'
}

export function outboxState(outbox: Operations['outbox'], now: number): Verdict {
  return boxState({ ...outbox, oldest_waiting_at: outbox.oldest_at, tries: 0 }, now)
}

export function endpointState(endpoint: Endpoint, now: number): Verdict {
  return boxState(endpoint, now)
}

/** A paused one is off, but what it gave up before still waits for somebody. */
export function subscriptionState(subscription: Subscription, now: number): Verdict {
  const box = boxState(subscription, now)
  if (box === 'act' || subscription.status === 'active') return box
  return 'off'
}

export function tierState(tier: StorageTier): Verdict {
  if (!tier.present) return 'absent'
  return tier.problem ? 'act' : 'well'
}

/** The core, the site's own and the folder's cannot be changed here. */
export function isFixed(context: HeldContext): boolean {
  return ['core', 'site', 'folder'].includes(context.kind)
}

export function worst(verdicts: readonly Verdict[]): Verdict {
  return (['act', 'watch', 'absent', 'off'] as const).find((verdict) => verdicts.includes(verdict)) ?? 'well'
}

interface Box {
  waiting: number
  oldest_waiting_at: string | null
  tries: number
  dead: number
}

function boxState({ waiting, oldest_waiting_at, tries, dead }: Box, now: number): Verdict {
  if (dead > 0) return 'act'
  const waitS = oldest_waiting_at === null ? 0 : (now - new Date(oldest_waiting_at).getTime()) / 1000
  return waiting > 0 && (tries > 0 || waitS > WAIT_S) ? 'watch' : 'well'
}

function above(value: number, limit: { watch: number; act: number }): Verdict {
  return value >= limit.act ? 'act' : value >= limit.watch ? 'watch' : 'well'
}
