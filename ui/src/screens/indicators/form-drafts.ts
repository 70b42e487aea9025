// What was typed into a form, against what stands there: the entries to send, and what cannot be read.
import { plainNumber } from '../../format/number'
import type { Line } from './types'

export interface Draft {
  value: string
  missing: string
  isEstimate: boolean
}

export type Drafts = Readonly<Record<string, Draft>>

export interface Entry {
  indicator: number
  place: number
  revision: number
  value?: string
  missing?: string
  is_estimate?: boolean
}

export function keyOf(line: Line): string {
  return `${line.indicator.id}:${line.place.id}`
}

/** How a line stands, as a form begins with it. */
export function standing(line: Line): Draft {
  return { value: line.now?.value ?? '', missing: line.now?.missing ?? '', isEstimate: line.now?.flags.includes('estimate') ?? false }
}

/** The entries that differ from what stands, and the keys of those that are no numbers. What was emptied is no entry: missing
 *  is said by its reason, never by an empty cell. */
export function changesOf(lines: readonly Line[], drafts: Drafts): { entries: Entry[]; faults: Set<string> } {
  const entries: Entry[] = []
  const faults = new Set<string>()
  for (const line of lines) {
    const draft = drafts[keyOf(line)]
    if (!draft) continue
    const before = standing(line)
    const at = { indicator: line.indicator.id, place: line.place.id, revision: line.now?.revision ?? 0 }
    if (draft.missing) {
      if (draft.missing !== before.missing) entries.push({ ...at, missing: draft.missing })
      continue
    }
    if (draft.value.trim() === '') continue
    const value = plainNumber(draft.value)
    if (value === null) faults.add(keyOf(line))
    else if (value !== before.value || draft.isEstimate !== before.isEstimate) {
      entries.push({ ...at, value, ...(draft.isEstimate ? { is_estimate: true } : {}) })
    }
  }
  return { entries, faults }
}
