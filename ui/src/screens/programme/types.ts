// What the programme API answers, as far as these screens read it.
export interface Program {
  id: number
  version: number
  code: string
  name: string
  period_from: number
  period_to: number
  owner_name?: string
  projects?: number
  simulated: boolean
}

export interface Ratio {
  numerator_dong: number
  denominator_dong: number
  denominator_kind: string
  denominator_vi: string
  denominator_en: string
  plan_as_of: string
  cutoff: string
  value: number | null
}

export interface Planned {
  initial_dong: number | null
  initial_on: string | null
  current_dong: number | null
  current_from: string | null
  decision: { doc_number: string; signed_on: string } | null
}

export interface Line {
  id: number
  version: number
  public_id: string
  name: string
  project_phase: Phase | null
  project_group?: string | null
  sector?: string | null
  /** Where it lies: longitude and latitude. */
  centre?: [number, number] | null
  owner: { id: number; name: string }
  owner_name: string
  total_dong: number | null
  status: Status
  simulated: boolean
  start_on: string | null
  finish_on: string | null
  time_text: string
  place: string
}

export type Phase = 'preparation' | 'new_start' | 'transitional' | 'completing' | 'completed'
export type Status = 'identification' | 'preparation' | 'implementation' | 'completion' | 'maintenance' | 'cancelled'

export interface Row extends Line, Planned {
  paid_dong: number
  paid_carry_over_dong: number
  outstanding_advance_dong: number
  ratio: Ratio | null
  overdue_contracts: number
  contract_days: number | null
  milestones: number
  milestones_met: number
  late_milestones: number
  milestone_days: number | null
  bottlenecks: number
}

export interface Disbursed {
  total_dong: number
  outstanding_advance_dong: number
}

export interface Money {
  plan_year: number
  plan_as_of: string
  cutoff: string
  plan_dong: Record<string, number | null>
  disbursed: Disbursed
  disbursed_carry_over: Disbursed
  estimated: { total_dong: number }
  ratios: Ratio[]
}

export interface Board {
  /** Whether the year has any payment at all; without one nothing is known, which is not the same as nothing paid. */
  payments_recorded?: boolean
  program: Program
  whole: boolean
  may_plan: boolean
  year: number
  as_of: string
  years: number[]
  /** What each row's share is a share of. */
  of: string
  /** Fund sources that the year's plan has. */
  sources: number[]
  items: Row[]
  elsewhere: Planned
  money: Money
}

export interface Foreseen {
  method: string
  missing?: string
  p10_dong?: number
  p50_dong?: number
  p90_dong?: number
}

export interface ForecastOf {
  id: number
  public_id?: string
  name?: string
  plan_dong: number
  paid_dong?: number
  forecasts: Foreseen[]
  pace: { goal_dong: number }
}

export interface Forecast {
  year: number
  period: number
  as_of: string
  method: string | null
  methods: { method: string; vi: string; en: string; comparable: number; error_points: number | null }[]
  past?: { project_years: number; years: number[] }
  total?: { plan_dong: number; paid_dong: number; p10_dong: number | null; p50_dong: number | null; p90_dong: number | null }
  projects: ForecastOf[]
}

export type DiffKind = 'added' | 'changed' | 'unchanged' | 'conflict' | 'refused'
export const DIFF_KINDS: readonly DiffKind[] = ['added', 'changed', 'conflict', 'refused', 'unchanged']

export interface Why {
  cell: string
  code: string
  vi: string
  en: string
  value?: string
}

export interface DiffRow {
  row: number
  what: 'project' | 'group'
  kind: DiffKind
  number: string
  name: string
  owner: string | null
  id: number | null
  before: Record<string, unknown>
  after: Record<string, unknown>
  reasons: Why[]
  /** Projects of the register that the row may be, where its name stands for several. */
  candidates: { id: number; public_id: string; name: string; owner: string; place: string }[]
}

/** What a person takes of a sheet against the register: by row, the project it is; null: as it stands, or a new one. */
export type TakenRows = ReadonlyMap<number, number | null>

export interface ImportRow {
  id: number
  version: number
  program_id: number
  name: string
  size_bytes: number
  valid_from: string
  state: 'compared' | 'approved' | 'rejected'
  figures: { leaf_projects: number; groups: number; plan_total_dong: number; unreconciled: number; diff: Record<DiffKind, number> }
  result: { projects_added?: number; lines_added?: number } | null
  reason: string
  recorded_at: string
  decided_at: string | null
}

export interface Report {
  leaf_projects: number
  groups: number
  plan_total_dong: number
  importable_dong: number
  unreconciled: number
  clean: boolean
  refused: Why[]
  notes: Why[]
  description: string | null
  page: string
  title: string
  unit_dong: number
  unreconciled_groups: {
    cell: string
    name: string
    stated_dong: number | null
    parts_dong: number
    difference_dong: number | null
    vi: string
    en: string
    suspects: string[]
  }[]
}

export interface Import extends ImportRow {
  report: Report
  diff: {
    hash: string
    counts: Record<DiffKind, number>
    rows: DiffRow[]
    next: string | null
    missing: { id: number; name: string }[]
  }
}

export type PlanKind = 'medium' | 'prime_minister' | 'annual' | 'carry_over' | 'allocation'

export interface Decision {
  id: number
  kind: string
  doc_number: string
  signed_on: string
  subject: string
  issuer: string
}

export interface Project extends Line {
  program_id: number
  project_group: string | null
  kind_vi: string | null
  deciding: { name: string } | null
  capacity: string
  description: string
  money: Money
  decisions: Decision[]
  totals: { id: number; amount_dong: number; before_dong: number | null; valid_from: string; doc_number: string; signed_on: string }[]
}

export interface Bottleneck {
  id: number
  cause: 'clearance' | 'appraisal' | 'contractor' | 'equipment' | 'capital' | 'price' | 'other'
  description: string
  amount_dong: number | null
  is_open: boolean
  task: { id: number; title: string; owner_name: string; due_end: string | null }
}
