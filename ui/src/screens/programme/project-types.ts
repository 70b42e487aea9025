// What the API answers about one project, as far as its page reads it.
import type { CaseState } from './cases-types'
import type { Row } from './project-form'
import type { Disbursed, Line, PlanKind, Ratio } from './types'

export interface Project extends Omit<Line, 'version'> {
  version: number
  program_id: number
  owner_org: number
  project_group: 'national' | 'A' | 'B' | 'C' | null
  kind_vi: string | null
  project_kind: string | null
  deciding: { name: string } | null
  capacity: string
  description: string
  is_public: boolean
  money: ProjectMoney
  decisions: ProjectDecision[]
  totals: Total[]
  may: { edit: boolean; plan: boolean; confirm: boolean; cases: boolean }
  [field: string]: unknown
}

export interface ProjectMoney {
  plan_year: number
  plan_as_of: string
  cutoff: string
  plan_dong: Record<string, number | null>
  initial_on: string | null
  disbursed: Disbursed
  disbursed_carry_over: Disbursed
  ratios: Ratio[]
}

export interface Total {
  id: number
  amount_dong: number
  before_dong: number | null
  finish_on: string | null
  valid_from: string
  reason: string
  doc_number: string
  signed_on: string
}

export interface ProjectDecision {
  id: number
  kind: string
  doc_number: string
  signed_on: string
  subject: string
  issuer: string
  signatory: string
}

export interface Payment extends Row {
  contract_id: number | null
  fund_source_id: number
  plan_year: number
  period: number
  kind: 'advance' | 'volume' | 'recovery'
  carry_over: boolean
  state: 'estimate' | 'confirmed' | 'cancelled' | 'reversed'
  estimate_dong: number | null
  confirmed_dong: number | null
  paid_on: string | null
  treasury_ref: string
  exception: string
  note: string
  acts: PaymentAct[]
}

export type PaymentAct = 'reestimate' | 'confirm' | 'cancel' | 'reverse'

export interface Commitment extends Row {
  plan_year: number
  period: number
  amount_dong: number
  superseded_at: string | null
  recorded_at: string
}

export interface Contract extends Row {
  contract_no: string
  subject: string
  contractor_id: number
  contractor_name: string
  package_id: number | null
  value_dong: number
  value_now_dong: number
  signed_on: string
  expires_on: string
  expires_now_on: string
  guarantee_dong: number
  guarantee_expires_on: string | null
  ended_on: string | null
  end_kind: string | null
}

export interface ContractChange extends Row {
  contract_id: number
  kind: 'duration' | 'value' | 'scope' | 'equipment'
  old_dong: number | null
  new_dong: number | null
  old_on: string | null
  new_on: string | null
  old_text: string
  new_text: string
  reason: string
  document: string
  signed_on: string
}

export interface Package extends Row {
  name: string
  method: string
  estimate_dong: number
  published_on: string | null
  closes_at: string | null
  opened_on: string | null
  cancelled_reason: string
}

export interface Bid extends Row {
  package_id: number
  bidder_id: number
  bidder_name: string
  amount_dong: number
  submitted_at: string | null
  disqualified_reason: string
  winner: boolean
}

export interface Equipment extends Row {
  contract_id: number
  name: string
  quantity: number
  planned_model: string
  delivered_model: string
  ordered_on: string | null
  imported_on: string | null
  delivered_on: string | null
  installed_on: string | null
  change_id: number | null
  appraisal_id: number | null
}

export interface Appraisal extends Row {
  subject: string
  requested_on: string
  requested_dong: number | null
  appraiser: string
  due_on: string | null
  appraised_on: string | null
  document: string
  amount_dong: number | null
}

export interface Acceptance extends Row {
  contract_id: number
  volume_dong: number
  accepted_on: string
  minutes: string
  withdrawn: string
}

export interface Milestone extends Row {
  kind: string
  name: string
  baseline_on: string
  forecast_on: string | null
  actual_on: string | null
  weight: number
}

export interface Progress extends Row {
  plan_year: number
  period: number
  physical_pct: number | string
  text: string
  evidence: number[]
}

export interface ProjectFile {
  id: number
  name: string
  media_type: string
  size_bytes: number
  at: string
}

export interface PlanEntry {
  id: number
  fund_source_id: number
  plan_kind: PlanKind
  plan_year: number
  plan_year_to: number
  amount_dong: number
  valid_from: string
  valid_to: string | null
  recorded_at: string
  superseded_at: string | null
  doc_number: string
  signed_on: string | null
}

export interface Curve {
  year: number
  plan: { initial_dong: number | null; current_dong: number | null; carry_over_dong?: number | null; decision: { doc_number: string; signed_on: string } | null; current_from?: string | null }
  periods: { period: number; label: string; committed_dong: number | null; estimate_dong: number | null; paid_dong: number | null }[]
  forecast: {
    method: string | null
    method_vi?: string
    method_en?: string
    p10_dong: number | null
    p50_dong: number | null
    p90_dong: number | null
    past_error_points: number | null
    reason_vi?: string | null
    reason_en?: string | null
  }
  goal_share: number
  as_of: string
}

export interface Measured {
  value: number | string | null
  reason_vi: string | null
  reason_en: string | null
}

export interface Earned {
  bac_dong: number | null
  periods: { label: string; year: number; period: number; to: string; pv_dong: number | null; ev_dong: number | null; ac_dong: number | null }[]
  at: Record<string, Measured>
  measured_at?: string | null
  sources: Record<string, { vi: string; en: string }>
  as_of: string
}

export interface Flag {
  code: string
  group: string
  vi: string
  en: string
  threshold: unknown
  found: { value: unknown; vi: string; en: string; evidence: string[] }
  since: string | null
  follow_up_org: number
  task_id: number | null
}

export interface Bottleneck {
  id: number
  cause: string
  description: string
  amount_dong: number | null
  is_open: boolean
  recorded_at: string
  task: { id: number; title: string; state: string; owner_name: string; due_end: string | null }
}

export interface Entry {
  no: number
  at: string
  actor: string
  who: string | null
  action: string
  body: Record<string, unknown>
}

export interface Case {
  id: number
  contractor_name: string
  contract_no: string
  subject: string
  state: CaseState
  state_vi: string
  state_en: string
  reply_until: string | null
  replied: boolean
}

export interface LinkedDirective {
  id: number
  no: string
  action: string
  given_by: string
  given_on: string
  document: { id: number; number: string; issued_on: string | null } | null
  tasks: { id: number; org: { name: string }; state: string; timeliness: string | null; days_late: number; end: string | null }[]
  tasks_hidden?: number
}
