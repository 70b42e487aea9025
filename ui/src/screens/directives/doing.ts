// The confirm screen's state beyond the address, and its acts. Accepting moves on at once and is sent behind the person's
// back, one act after the other for each candidate; what the server refuses comes back to its card, with all that was typed.
import { signal } from '@preact/signals'
import { newKey, send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { serverNow } from '../../api/time'
import { asField } from '../../format/time'
import { directives as messages } from '../../messages/directives'
import { presetDue, type Preset } from './due'
import type { Span } from './spans'
import type { Candidate, Due, Missing } from './types'

/** The form that stands open in the current card. */
export type Form = 'fill' | 'correct' | 'reject' | 'split'

export const form = signal<Form | null>(null)
/** What stands open above the list. */
export const above = signal<'add' | 'issue' | null>(null)
/** What is selected in the document. */
export const selected = signal<Span | null>(null)
export const pending = signal<ReadonlySet<number>>(new Set())
export const refused = signal<ReadonlyMap<number, Refusal>>(new Map())

export interface Refusal {
  problem: Problem
  /** What was sent. */
  facts: Facts
  /** The candidate as the person saw it. */
  seen: Candidate
}

export interface Facts {
  text_span?: [number, number]
  lead_orgs?: number[] | null
  cooperating_orgs?: number[] | null
  principal?: number | null
  fan_out?: boolean | null
  action?: string
  product?: string
  due?: Due | Record<string, unknown> | null
}

/** What fills a gap where the document says nothing: chosen once for a document by a person, seen on every card. */
export interface Defaults {
  due: Preset | ''
  product: string
}

export const defaults = signal<Readonly<Record<number, Defaults>>>({})
/** The document that stands open. */
export const documentId = signal(0)

/** What was typed in a candidate's form, kept while the page lives: moving on, or a refusal, loses nothing. */
export const drafts = new Map<string, unknown>()

export function forget(id: number): void {
  for (const key of drafts.keys()) if (key.startsWith(`${id} `)) drafts.delete(key)
  const left = new Map(refused.peek())
  left.delete(id)
  refused.value = left
}

export function today(): string {
  return asField(serverNow()).slice(0, 10)
}

export function currentDefaults(): Defaults {
  return defaults.value[documentId.value] ?? { due: '', product: messages.peek().confirm.productDefault }
}

/** What the document's defaults add to a candidate, and what it still lacks then. */
export function filled(candidate: Candidate, chosen: Defaults): { facts: Facts; left: Missing[] } {
  const facts: Facts = {}
  const left = candidate.missing.filter((word) => {
    if (word === 'time' && chosen.due) facts.due = presetDue(chosen.due, today())
    else if (word === 'product' && chosen.product.trim() && chosen.due) facts.product = chosen.product.trim()
    else return true
    return false
  })
  return { facts, left }
}

/** Do an act; what stands in the candidate's place afterwards is itself, or the first of its parts. */
export async function act(candidate: Candidate, body: Record<string, unknown>): Promise<Candidate> {
  const answer = await send<{ candidates: Candidate[] }>(
    'POST',
    `/api/v1/directive-candidates/${candidate.id}/acts`,
    { do: body },
    { version: candidate.version, key: newKey() },
  )
  return answer.candidates[0] ?? candidate
}

/** Correct where there is something to correct, then accept; `put` is told after each step. Null: it was refused. */
export async function settle(
  candidate: Candidate,
  facts: Facts,
  accepting: boolean,
  put: (after: Candidate) => void,
): Promise<Candidate | null> {
  pending.value = new Set([...pending.peek(), candidate.id])
  let now = candidate
  try {
    if (Object.keys(facts).length > 0) put((now = await act(now, { act: 'correct', ...facts })))
    if (accepting && now.state === 'open') put((now = await act(now, { act: 'accept' })))
    forget(candidate.id)
    return now
  } catch (error) {
    refuse(candidate, asProblem(error), facts)
    return null
  } finally {
    const left = new Set(pending.peek())
    left.delete(candidate.id)
    pending.value = left
  }
}

export function refuse(seen: Candidate, problem: Problem, facts: Facts = {}): void {
  refused.value = new Map([...refused.peek(), [seen.id, { problem, facts, seen }]])
}

/** The next candidate that waits, after a place in the list and then from its top; null where none is left. */
export function nextOpen(list: readonly Candidate[], after: number): Candidate | null {
  const waits = (each: Candidate) => each.state === 'open' && !pending.peek().has(each.id)
  const from = list.findIndex(({ id }) => id === after)
  return list.slice(from + 1).find(waits) ?? list.slice(0, Math.max(0, from)).find(waits) ?? null
}
