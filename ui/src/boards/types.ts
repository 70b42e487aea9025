// The shapes of the boards of directives. Times are ISO 8601 in UTC, days `YYYY-MM-DD`.
import type { Clocked, Ref, State } from '../tasks/types'

export type Place =
  | 'overdue'
  | 'due_soon'
  | 'awaiting_verdict'
  | 'in_time'
  | 'no_due'
  | 'suspended'
  | 'cancelled'
  | 'done_on_time'
  | 'done_late'
export type Band = '1-30' | '31-60' | '61-120' | '>120'
export type By = 'unit' | 'leader' | 'field' | 'document' | 'meeting'
export type When = 'overdue' | 'today' | 'this_week' | 'next_week' | 'later' | 'no_end' | 'waiting'
export type ChangeKind =
  | 'given'
  | 'reported'
  | 'accepted'
  | 'returned'
  | 'extension_asked'
  | 'extension_granted'
  | 'extension_refused'
  | 'overdue'

/** A share that says of what it is one. */
export interface Ratio {
  numerator: number
  denominator: number
  percent: number
  of_vi: string
  of_en: string
}

export interface Counts {
  given: number
  done_on_time: number
  done_late: number
  in_time: number
  due_soon: number
  awaiting_verdict: number
  overdue: number
  bands: Record<Band, number>
  no_due: number
  suspended: number
  cancelled: number
  returned: number
  extensions: number
  median_days: number | null
  done: number
  open: number
  on_time_rate: Ratio | null
}

export interface Notice {
  id: number
  kind: string
  number: string
  issued_on: string | null
  subject: string
}

/** A task of a directive; `directive` is null where its wording may not be seen. */
export interface Row extends Clocked {
  task_id: number
  title: string
  state: State
  place: Place | ''
  late: { days: number; band: Band | null }
  progress: { percent: number | null; text: string }
  returns: number
  extensions: number
  reported_at: string | null
  by_document: string
  extension_open: boolean
  unit: Ref
  assigner: Ref
  assignee: string | null
  directive: {
    id: number
    no: string
    text: string
    given_by: string
    given_on: string
    simulated: boolean
    document: Notice
    meeting: { id: number; title: string; held_on: string | null } | null
  } | null
}

export interface Measured {
  median_s: number | null
  have: number
  of: number
}

export interface Pace {
  /** null: all units together. */
  unit: number | null
  name: string | null
  receive: Measured
  report: Measured
  answer: Measured
}

export interface HeatRow {
  unit: number
  name: string
  cells: ({ month: string; given: number; late: number; overdue: number; level: number } | null)[]
  given: number
  late: number
}

export interface Choice {
  id: number | string
  title: string
}

export interface Board {
  as_of: string
  reading: 'original' | 'current'
  simulated: boolean
  total: Counts
  rows: Row[]
  rows_of: number
  by: By
  lines: { key: number | string | null; title: string; counts: Counts }[]
  more_lines: number
  heat: { months: string[]; rows: HeatRow[]; more: number }
  pace: Pace[]
  choices: Record<'units' | 'leaders' | 'fields' | 'documents' | 'meetings', Choice[]>
}

export interface MeetingBoard {
  as_of: string
  meeting: {
    id: number
    title: string
    chair: string
    held_on: string | null
    place: string
    invitation_no: string
    simulated: boolean
  }
  documents: (Notice & { issuer: string; state: string })[]
  total: Counts
  rows: Row[]
}

export interface Owed {
  as_of: string
  unit: Ref
  total: Counts
  groups: { when: When; rows: Row[] }[]
  coop: Row[]
  units: Choice[]
}

interface Counted<T> {
  count: number
  more?: boolean
  rows: T[]
}

export interface Brief {
  as_of: string
  date: string
  leader: string | null
  leaders: string[]
  simulated: boolean
  total: Counts
  late: Row[]
  this_week: Counted<Row>
  waiting: { verdicts: Counted<Row>; extensions: Counted<Row> }
  changes: {
    since: string
    until: string
    counts: Partial<Record<ChangeKind, number>>
    rows: { kind: ChangeKind; at: string; task_id: number; title: string; unit: string; document: string }[]
  }
  incidents: Counted<{
    id: number
    code: string
    title: string
    kind_vi: string
    kind_en: string
    severity: 1 | 2 | 3 | 4
    reported_at: string
    area: { code: string; name: string } | null
  }> | null
  alerts: Counted<{
    id: number
    title_vi: string
    title_en: string
    first_at: string
    area: { code: string; name: string } | null
    incident_id: number | null
  }> | null
}
