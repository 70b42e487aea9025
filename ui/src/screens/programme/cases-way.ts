// Where a case stands on its way, what may be done next, and what stands against it. No screen in here.
import { ms } from '../../format/time'
import { ORDER, type ActName, type CaseFull, type CaseLine, type CaseState, type CaseStep } from './cases-types'

/** The act that leads to each state, and who may do it. */
export const LEADS: Readonly<Record<Exclude<CaseState, 'warned' | 'closed'>, { act: ActName; part: 'owner' | 'office' }>> = {
  demanded: { act: 'demand', part: 'owner' },
  remediation: { act: 'plan', part: 'owner' },
  scope_cut: { act: 'cut_scope', part: 'office' },
  replaced: { act: 'replace', part: 'office' },
}

export type Standing = 'done' | 'now' | 'skipped' | 'ahead'

export interface Place {
  state: CaseState
  standing: Standing
  step: CaseStep | undefined
}

/** Each state of the way with the paper that led there; one that was passed over is skipped. A case that is closed ends
 *  its way where it stood, with the closing paper behind it. */
export function wayOf(found: Pick<CaseFull, 'state' | 'log'>): Place[] {
  const papers = new Map(found.log.filter(({ act }) => act !== 'reply').map((step) => [step.state, step]))
  const reached = Math.max(...ORDER.map((state, at) => (papers.has(state) ? at : 0)))
  const places = ORDER.map((state, at): Place => {
    const step = papers.get(state)
    const over = found.state === 'closed' || at < reached
    return { state, step, standing: step ? (over ? 'done' : 'now') : at < reached ? 'skipped' : 'ahead' }
  })
  if (found.state !== 'closed') return places
  return [...places.slice(0, reached + 1), { state: 'closed', standing: 'now', step: papers.get('closed') }]
}

/** The next state on the way; null at its end. */
export function nextState(state: CaseState): keyof typeof LEADS | null {
  const at = ORDER.indexOf(state as (typeof ORDER)[number])
  return at < 0 ? null : ((ORDER[at + 1] as keyof typeof LEADS | undefined) ?? null)
}

export type Hindrance = { why: 'window' | 'plan_runs'; until: string } | { why: 'owner' | 'office' }

/** What stands against the next act; null where it is open, or there is none. */
export function hindranceOf(found: CaseFull, now: number, today: string): Hindrance | null {
  const next = nextState(found.state)
  if (!next || found.acts.includes(LEADS[next].act)) return null
  if (!found.replied && found.reply_until && ms(found.reply_until) > now) return { why: 'window', until: found.reply_until }
  if (next === 'scope_cut' && found.plan_until && found.plan_until >= today) return { why: 'plan_runs', until: found.plan_until }
  return { why: LEADS[next].part }
}

/** Acts that lead forward and are not open: by a decision the office may take them nevertheless. */
export function skippable(found: CaseFull): ActName[] {
  const at = ORDER.indexOf(found.state as (typeof ORDER)[number])
  if (at < 0) return []
  return ORDER.slice(at + 1)
    .map((state) => LEADS[state as keyof typeof LEADS].act)
    .filter((act) => !found.acts.includes(act))
}

/** The last moment in which the contractor may still reply: `reply_until` is the first one after it. */
export function lastReply(until: string): number {
  return ms(until) - 1
}

export type Reply = 'waits' | 'lapsed' | 'replied' | 'none'

/** How the contractor's right of reply stands. */
export function replyOf(found: Pick<CaseLine, 'state' | 'reply_until' | 'replied'>, now: number): Reply {
  if (found.state === 'closed' || found.state === 'replaced') return 'none'
  if (found.replied) return 'replied'
  if (!found.reply_until) return 'none'
  return ms(found.reply_until) > now ? 'waits' : 'lapsed'
}
