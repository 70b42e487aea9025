// The shapes of tasks that the screen reads. Times are ISO 8601 in UTC.
import type { vi } from '../messages/tasks.vi'

export type State = keyof typeof vi.state
export type Timeliness = keyof typeof vi.timeliness
export type Precision = keyof typeof vi.due.kinds
export type ActName = Exclude<keyof typeof vi.acts, 'title' | 'none' | 'create' | 'change' | 'recount' | 'evidence'>

export interface Ref {
  id: number
  name: string
}

export interface Clocked {
  due: {
    precision: Precision
    text: string
    inferred: boolean
    end: string | null
    original_end: string | null
    review_at: string | null
    vi: string
    en: string
  }
  clock: { vi: string; en: string }
  timeliness: Timeliness | null
  timeliness_original: Timeliness | null
  soon: 'amber' | 'orange' | null
  days_late: number
}

export interface Line extends Clocked {
  id: number
  version: number
  title: string
  state: State
  priority: 1 | 2 | 3 | 4
  is_exercise: boolean
  owner: Ref
  assigner: Ref
  assignee: Ref | null
  progress: { percent: number | null; text: string }
  children: number
}

export interface DueChange {
  id: number
  kind: keyof typeof vi.dues.kind
  asked_at: string
  asked_by: string | null
  in_time: boolean
  reason: string
  document: string
  old_end: string | null
  new_end: string | null
  decision: 'granted' | 'refused' | null
  decided_by: string | null
  why: string
}

export interface Task extends Clocked {
  id: number
  version: number
  title: string
  description: string
  product: string
  state: State
  priority: 1 | 2 | 3 | 4
  is_exercise: boolean
  source: { kind: string; id: string }
  by_document: string
  parent_id: number | null
  owner: Ref
  assigner: Ref & { by: string | null }
  monitor: Ref | null
  coop: Ref[]
  assignee: Ref | null
  given_at: string | null
  progress: { percent: number | null; text: string }
  counts: { returns: number; bounces: number; extensions: number; reopened: number }
  reports: {
    no: number
    at: string
    by: string | null
    text: string
    product: string
    verdict: keyof typeof vi.verdict | null
    verdict_by: string | null
    verdict_why: string
  }[]
  due_changes: DueChange[]
  extension_open: boolean
  refusals: {
    org_id: number
    org_name: string
    at: string
    ground: string
    proposed_name: string | null
    decision: 'transferred' | 'insisted' | null
  }[]
  evidence: {
    id: number
    name: string
    size_bytes: number
    scan: 'clean' | 'not_scanned'
    by: string | null
    at: string
    superseded: boolean
  }[]
  reminders: { version: number; step: string; made_at: string; collapsed: string | null }[]
  children: (Clocked & { id: number; title: string; state: State; owner: Ref })[]
  acts: ActName[]
  may: string[]
  pauses: Record<string, { vi: string; en: string; document: boolean; by_lead: boolean }>
}

export interface LogEntry {
  no: number
  at: string
  actor: string
  action: string
  body: Record<string, unknown>
}

export interface SheetLine {
  row: number
  id: number | null
  kind: keyof typeof vi.sheet.kind
  title: string
  version: number | null
  before: { percent?: number | null; text?: string }
  after: { percent?: number | null; text?: string }
  faults: { cell: string; vi: string; en: string; value: string }[]
}
