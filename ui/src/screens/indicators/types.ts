// What the routes of indicators answer.

export interface Indicator {
  id: number
  version: number
  code: string
  vi: string
  en: string
  definition_vi: string
  definition_en: string
  unit: string
  decimals: number
  direction_vi: string
  sector: string
  period_kind: string
  form_code: string | null
  source_kind: string
  source_vi: string
  source_en: string
  legal_basis: string
  legal_verify: boolean
}

export interface Opened extends Indicator {
  methods: { version: number; valid_from: string; valid_to: string | null; vi: string; en: string; formula: string | null; legal_basis: string }[]
  form: { code: string; vi: string; en: string; due_vi: string; due_en: string } | null
  duties: { place: Place; org: number }[]
}

export interface Place {
  id: number
  name: string
  area_code: string | null
}

/** A figure: a decimal number as text, so that nothing is rounded on its way; or why there is none. */
export interface Figure {
  value: string | null
  missing: string | null
  missing_vi: string | null
  missing_en: string | null
  source: string
  source_vi: string
  source_en: string
  method: number
  flags: string[]
  revision: number
  state: string
}

export interface Series {
  periods: string[]
  series: { place: Place; values: (Figure & { period: string; expected: string | null; band: string; recorded_at: string })[] }[]
}

export interface Batch {
  at: string
  author: string
  act: string
  source_ref: string
  reason: string
  document: string
}

export interface Revision extends Figure {
  recorded: Batch
  judged: Batch
}

export interface Submission {
  id: number
  version: number
  form: string
  form_vi: string
  form_en: string
  org: { id: number; name: string }
  period: string
  period_vi: string
  period_en: string
  due_at: string
  state: string
  state_vi: string
  state_en: string
  timeliness: string
  submitted_at: string | null
  approved_at: string | null
  locked_at: string | null
  reason: string
  task_id: number | null
  expected: number | null
  lacking: number | null
  simulated: boolean
}

export interface Line {
  indicator: { id: number; code: string; vi: string; en: string; unit: string; decimals: number; definition_vi: string }
  place: Place
  now: Figure | null
  before: Figure | null
}

export interface OpenedForm extends Submission {
  may: string[]
  may_enter: boolean
  due_rule: { vi: string; en: string }
  lines: Line[]
}

export interface Compared {
  submission: number
  version: number
  sha256: string
  counts: Record<string, number>
  rows: {
    kind: 'changed' | 'unchanged' | 'conflict' | 'refused'
    row: number
    cell: string
    key: string
    code: string
    name: string
    revision: number
    file_revision: number
    before: string | null
    after: string | null
    missing: string | null
    is_estimate: boolean
    faults: { cell: string; vi: string; en: string; value: string }[]
  }[]
}

export interface Discipline {
  year: number
  marks: { count: number; vi: string; en: string }[]
  entries: { id: number; org: string; due_at: string; form_vi: string; form_en: string; period_vi: string; no: number; task_id: number | null; waived_at: string | null; waived_why: string; simulated: boolean }[]
  units: {
    org_id: number
    org: string
    due: number
    received: number
    in_time: number
    late: number
    lacking: number
    reminders: number
    counted: number
    mark: { count: number; vi: string; en: string } | null
    share_in_time: number | null
  }[]
}

export interface Health {
  at: string
  counts: Record<'fresh' | 'stale' | 'dead' | 'never', number>
  items: { id: number; code: string; vi: string; en: string; state: 'stale' | 'dead' | 'never'; last_start: string | null; last_at: string | null; expected: string; source_kind: string }[]
}
