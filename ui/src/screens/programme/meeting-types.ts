// What the API answers of disbursement meetings, as far as these screens read it. Slides name no person.
import type { Ratio } from './types'
import type { vi } from '../../messages/meeting.vi'

export type PartName = keyof typeof vi.parts
export type State = keyof typeof vi.states
export type Place = keyof typeof vi.places
export type Lack = keyof typeof vi.lacks

export interface Words {
  vi: string
  en: string
}

export interface MeetingRow {
  id: number
  version: number
  title: string
  held_on: string
  cutoff: string
  state: State
  number: string
  owner_name: string
}

export interface MeetingList {
  program: { id: number; name: string; simulated: boolean }
  may_prepare: boolean
  items: (MeetingRow & { decisions: number })[]
}

export interface Decision {
  id: number
  version: number
  slide: string
  project_id: number | null
  project_name: string | null
  text: string
  lead_org: number | null
  lead_name: string | null
  coop_orgs: number[]
  coop_names: string[]
  due: Record<string, unknown> | null
  product: string
  directive_id: number | null
  lacks: Lack[]
}

export interface Meeting extends MeetingRow {
  program_id: number
  program: { id: number; name: string; simulated: boolean }
  plan_year: number
  chair: string
  place: string
  questions: string[]
  sha256: string | null
  issued_at: string | null
  document_id: number | null
  decisions: Decision[]
  acts: ('change' | 'decide' | 'issue' | 'conclude')[]
}

export interface Sums {
  plan_dong: number | null
  paid_dong: number
  share: Ratio | null
  before: { paid_dong: number; plan_dong: number | null; share: Ratio | null } | null
}

export interface Outlook {
  plan_dong: number
  method: Words | null
  p10_dong: number | null
  p50_dong: number | null
  p90_dong: number | null
  error_points: number | null
  reason: Words | null
}

export interface Overview extends Sums {
  part: 'overview'
  ratios: Ratio[]
  goal_share: number
  outlook: Outlook
  previous: { held_on: string; cutoff: string } | null
  counts: {
    risks: number
    projects: number
    bottlenecks: number
    bottlenecks_late: number
    followups_overdue: number | null
    questions: number
  }
}

export interface OwnerRow extends Sums {
  id: number | null
  name: string
}

export interface RiskRow {
  project_id: number
  name: string
  owner: string
  plan_dong: number | null
  share: Ratio | null
  p50_dong: number | null
  shortfall_dong: number | null
  reasons: Words[]
}

export interface PaceRow {
  name: string
  plan_dong: number
  paid_dong: number
  monthly_dong: number | null
  payable_dong: number
  allowed: boolean | null
  why: Words
}

export interface MoveRow {
  giver: string
  giver_id: number
  taker: string
  taker_id: number
  source: string
  amount_dong: number
}

export interface StuckRow {
  project_id: number
  name: string
  cause: Words
  unit: string
  due_on: string | null
  days_late: number
}

export interface FollowedRow {
  no: string
  project_id: number | null
  name: string
  unit: string
  due_on: string | null
  place: Place
  days_late: number
}

export interface QuestionRow {
  code: string
  text: Words
  part: PartName
  project_ids: number[]
}

export type Slide =
  | Overview
  | { part: 'owners'; rows: OwnerRow[] }
  | { part: 'risks'; of: number; rows: RiskRow[] }
  | { part: 'pace'; total: PaceRow | null; periods_left: number; rows: PaceRow[] }
  | { part: 'moves'; total_dong: number; rows: MoveRow[] }
  | { part: 'bottlenecks'; causes: { cause: string; words: Words; open: number; overdue: number }[]; rows: StuckRow[] }
  | ({ part: 'followups'; rows: FollowedRow[] } & Followups)
  | { part: 'questions'; rows: QuestionRow[] }

export interface Followups {
  held_on: string
  number: string
  given: number
  done_on_time: number
  done_late: number
  in_time: number
  awaiting_verdict: number
  overdue: number
  other: number
  earlier_open: number
  earlier_overdue: number
}

export interface Told {
  id: number
  project: string | null
  lead: string | null
  due: Words | null
}

export interface Slides {
  meeting: {
    id: number
    title: string
    held_on: string
    state: State
    number: string
    program: string
    simulated: boolean
    plan_year: number
  }
  cutoff: string
  plan_as_of: string
  slides: Slide[]
  decisions: Told[]
}

/** A screen of the room, as far as letters go. */
export interface Display {
  display: string
  vi: string
  en: string
  resolution: [number, number]
  theme: 'dark' | 'light'
  font_px: number
  lines: number
}
