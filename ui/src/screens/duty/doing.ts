// Acts on alerts and incidents. What somebody else did first is told beside what was opened, and nothing typed is lost.
import { signal } from '@preact/signals'
import { newKey, send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { serverNow } from '../../api/time'
import { toast } from '../../design/notice'
import { named } from '../../messages/catalogue'
import { duty as messages } from '../../messages/duty'
import { go } from '../../router'
import { held, load, putAlert, putIncident, touched } from './store'
import type { Alert, Incident, Resource } from './types'

/** The form that stands open beside what is selected. */
export const form = signal<string | null>(null)
/** The last refusal, until the next act or selection. */
export const refused = signal<Problem | null>(null)
export const busy = signal(false)

export interface Facts {
  act: string
  [fact: string]: unknown
}

/** Forget what belonged to another selection. */
export function clear(): void {
  form.value = null
  refused.value = null
}

let last: Promise<unknown> = Promise.resolve()
const underway = new Set<string>()

/** Do one thing after the other, in the order of the keys: whoever types A and I at once gets both. The same intent
 *  (`what`) that is under way already is not begun a second time. */
export async function attempt<T>(work: () => Promise<T>, what = ''): Promise<T | null> {
  if (what && underway.has(what)) return null
  underway.add(what)
  const turn = last.then(async () => {
    busy.value = true
    refused.value = null
    try {
      return await work()
    } catch (error) {
      refused.value = asProblem(error)
      return null
    } finally {
      busy.value = false
      underway.delete(what)
    }
  })
  last = turn
  return turn
}

/** Do an act on an alert; `expected` shows at once and is taken back where the server refuses. */
export async function actOnAlert(alert: Alert, facts: Facts, expected?: Partial<Alert>): Promise<Alert | null> {
  if (expected) putAlert({ ...alert, ...expected })
  const after = await attempt(() =>
    send<Alert>('POST', `/api/v1/alerts/${alert.id}/acts`, { do: facts }, { version: alert.version, key: newKey() }),
    `alert ${alert.id} ${facts.act}`,
  )
  if (after) {
    putAlert(after)
    shelved = facts.act === 'shelve' ? { id: alert.id, at: performance.now() } : null
    touchNow(`alert:${alert.id}`)
    done(facts.act)
    toast(messages.peek().done(actWord(facts.act)))
  } else if (expected) putAlert(alert)
  return after
}

/** Close the form of an act that is done; one that was opened meanwhile, for the next act, stays. */
function done(act: string): void {
  if (form.peek()?.endsWith(act)) form.value = null
}

/** For ten seconds what was put on the shelf can be taken back. */
const UNDO_MS = 10_000
let shelved: { id: number; at: number } | null = null

export async function undo(): Promise<void> {
  const last = shelved
  shelved = null
  const alert = last && performance.now() - last.at < UNDO_MS ? held.peek().rows.get(last.id) : undefined
  if (alert?.state === 'shelved') await actOnAlert(alert, { act: 'unshelve' })
}

/** Acknowledge without waiting: the row says so at once. */
export function acknowledge(alert: Alert): Promise<Alert | null> {
  const at = new Date(serverNow()).toISOString()
  const state = alert.state === 'cleared' ? 'closed' : 'acked'
  return actOnAlert(alert, { act: 'acknowledge' }, { state, acked_at: at })
}

export async function actOnIncident(incident: Incident, facts: Facts): Promise<Incident | null> {
  const after = await attempt(() =>
    send<Incident>('POST', `/api/v1/incidents/${incident.id}/acts`, { do: facts }, { version: incident.version, key: newKey() }),
    `incident ${incident.id} ${facts.act}`,
  )
  if (after) {
    done(facts.act)
    putIncident(after)
    touchNow(`incident:${incident.id}`)
    void load()
    toast(messages.peek().done(actWord(facts.act)))
  }
  return after
}

/** What a unit does, said for it: it has set out, has arrived, is free again. */
export async function actOnUnit(unit: Resource, act: string): Promise<void> {
  const url = `/api/v1/resources/${unit.id}/acts`
  const done = await attempt(() => send('POST', url, { do: { act } }, { version: unit.version, key: newKey() }))
  if (!done) return
  if (unit.incident_id !== null) touchNow(`incident:${unit.incident_id}`)
  void load()
  toast(messages.peek().done(`${unit.name}: ${actWord(act)}`))
}

/** Open the incident that the alert's rule suggests, with what is known already; `draft` names what a person has changed. */
export async function openIncident(draft: Record<string, unknown>): Promise<Incident | null> {
  const made = await attempt(() => send<Incident>('POST', '/api/v1/incidents', draft, { key: newKey() }), `open ${String(draft['alert_ids'])}`)
  if (made) {
    clear()
    putIncident(made)
    void load()
    go('', { sel: `incident:${made.id}`, tab: null })
  }
  return made
}

/** What an alert says about the incident that it would become. */
export function draftOf(alert: Alert): Record<string, unknown> {
  return {
    kind: alert.incident?.kind ?? 'other',
    severity: alert.incident?.severity ?? Math.min(4, alert.priority + 1),
    title: titleOf(alert),
    alert_ids: [alert.id],
    is_exercise: alert.is_exercise,
  }
}

export function titleOf(alert: Alert): string {
  return [named(alert.title_vi, alert.title_en), alert.entity?.name].filter(Boolean).join(': ')
}

/** A person by name; what the house does by itself is the system's. */
export function actorWord(actor: string): string {
  return actor.startsWith('system:') ? messages.value.system : actor
}

export function actWord(act: string): string {
  return (messages.value.acts as Record<string, string>)[act] ?? act
}

function touchNow(key: string): void {
  touched.value = { ...touched.peek(), [key]: (touched.peek()[key] ?? 0) + 1 }
}
