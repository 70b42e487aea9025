// Where things stand in a text. The server counts code points, the browser UTF-16 units; everything here takes and gives
// code points and works on an array of them, so that a letter outside the basic plane moves nothing.
import type { Candidate } from './types'

export interface Span {
  start: number
  end: number
}

export type Role = 'lead' | 'cooperating' | 'deadline'

/** A run of text that is alike in all: of one candidate (or none), with one role (or none). */
export interface Segment extends Span {
  candidate: number | null
  role: Role | null
}

export function points(text: string): string[] {
  return Array.from(text)
}

export function slice(letters: readonly string[], { start, end }: Span): string {
  return letters.slice(start, end).join('')
}

/** Code points before a place that the browser counts in UTF-16 units. */
export function pointOf(text: string, unit: number): number {
  return points(text.slice(0, unit)).length
}

/** The span without the white space at its ends; null where nothing else is left. */
export function trimmed(letters: readonly string[], { start, end }: Span): Span | null {
  let from = Math.max(0, start)
  let to = Math.min(letters.length, end)
  while (from < to && /\s/.test(letters[from] as string)) from += 1
  while (to > from && /\s/.test(letters[to - 1] as string)) to -= 1
  return from < to ? { start: from, end: to } : null
}

/** Cut a text into runs. Where candidates overlap, the current one shows, then the one that begins later (the narrower);
 *  addressees that stand outside their sentence, in the heading above it, show for the current one only. */
export function segments(length: number, candidates: readonly Candidate[], current: number | null): Segment[] {
  const shown = candidates.filter(({ state }) => state !== 'replaced')
  const owners: (number | null)[] = new Array<number | null>(length).fill(null)
  const roles: (Role | null)[] = new Array<Role | null>(length).fill(null)
  const now = shown.find(({ id }) => id === current)
  const paint = <T>(into: T[], { start, end }: Span, value: T) => into.fill(value, Math.max(0, start), Math.min(length, end))
  for (const each of [...shown].sort((a, b) => a.start - b.start)) paint(owners, each, each.id)
  if (now) paint(owners, now, now.id)
  const parts = (each: Candidate): [Span, Role][] => [
    ...spansOf(each.cooperating).map((span): [Span, Role] => [span, 'cooperating']),
    ...spansOf(each.lead).map((span): [Span, Role] => [span, 'lead']),
    ...(each.deadline ? ([[each.deadline, 'deadline']] as [Span, Role][]) : []),
  ]
  for (const each of shown) {
    for (const [span, role] of parts(each)) if (each === now || within(span, each)) paint(roles, span, role)
  }
  const found: Segment[] = []
  for (let at = 0; at < length; at += 1) {
    const last = found.at(-1)
    const candidate = owners[at] ?? null
    const role = roles[at] ?? null
    if (last && last.candidate === candidate && last.role === role) last.end = at + 1
    else found.push({ start: at, end: at + 1, candidate, role })
  }
  return found
}

function spansOf(parties: Candidate['lead']): Span[] {
  return parties.flatMap(({ start, end }) => (start != null && end != null ? [{ start, end }] : []))
}

function within(span: Span, outer: Span): boolean {
  return span.start >= outer.start && span.end <= outer.end
}

/** Sentences and list entries of a text: at line ends, and after `.`, `;`, `!`, `?` before a space and a capital or a sign. */
export function sentences(letters: readonly string[]): Span[] {
  const found: Span[] = []
  let start = 0
  const close = (end: number) => {
    const span = trimmed(letters, { start, end })
    if (span && span.end - span.start >= 12) found.push(span)
    start = end
  }
  for (let at = 0; at < letters.length; at += 1) {
    const letter = letters[at] as string
    if (letter === '\n') close(at + 1)
    else if (/[.;!?]/.test(letter) && /\s/.test(letters[at + 1] ?? '') && isOpening(letters[at + 2])) close(at + 1)
  }
  close(letters.length)
  return found
}

function isOpening(letter: string | undefined): boolean {
  return letter === undefined || /[\s\-+*–•"“(]/.test(letter) || (letter !== letter.toLowerCase() && letter === letter.toUpperCase())
}

/** Sentences that no candidate covers by half. */
export function uncovered(letters: readonly string[], candidates: readonly Candidate[]): Span[] {
  const covered = candidates.filter(({ state }) => state !== 'replaced' && state !== 'rejected')
  return sentences(letters).filter(({ start, end }) => {
    const shared = covered.reduce((sum, each) => sum + Math.max(0, Math.min(end, each.end) - Math.max(start, each.start)), 0)
    return shared * 2 < end - start
  })
}

/** Places within a candidate's text where another directive may begin: after `.`, `;`, `,` and before joining words. */
export function cuts(text: string): number[] {
  const found = new Set<number>()
  for (const hit of text.matchAll(/[.;,:]\s+|\s(?=(?:đồng thời|và|giao|yêu cầu|đề nghị)\s)/gu)) {
    const place = pointOf(text, hit.index + hit[0].length)
    if (place >= 8 && points(text).length - place >= 8) found.add(place)
  }
  return [...found].sort((a, b) => a - b)
}
