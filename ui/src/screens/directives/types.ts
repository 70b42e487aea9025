// The shapes of directives that the screen reads. Times are ISO 8601 in UTC, days `YYYY-MM-DD`, offsets code points of the
// document's raw text.
import type { vi } from '../../messages/directives.vi'
import type { Clocked, Precision, Ref, State as TaskState, Timeliness } from '../../tasks/types'

export type Secrecy = keyof typeof vi.secrecy
export type DocumentState = keyof typeof vi.documentState
export type CandidateState = keyof typeof vi.candidateState
export type Missing = keyof typeof vi.missing

export interface Meeting {
  id: number
  title: string
  held_on: string | null
  chair?: string
  invitation_no?: string
  version?: number
}

export interface DocumentRow {
  id: number
  kind: string
  kind_vi: string
  kind_en?: string
  number: string
  issued_on: string | null
  issuer: string
  signatory: string
  subject: string
  meeting: Meeting | null
  secrecy: Secrecy
  file: { name: string; size: number; sha256: string } | null
  state: DocumentState
  /** Nothing but number, day, issuer and subject is kept. */
  reference_only?: boolean
  candidates: { open: number; accepted: number; rejected: number }
  directives: number
  owner: Ref
  /** Units that may see a restricted one. */
  readers?: Ref[]
  simulated: boolean
  version: number
  acts: string[]
}

/** A due as the tasks engine takes it; which fields stand depends on the precision. */
export interface Due {
  precision: Precision
  text?: string
  at?: string
  on?: string
  count?: number
  start?: string
  event?: string
  every?: string
  /** recurring: of the week (1 is Monday), else of the period's last month. */
  day?: number
  until?: string
  review_on?: string
  inferred?: boolean
}

export interface Party {
  /** As the document writes it. */
  text: string
  name: string
  kind: 'org' | 'collective' | 'unresolved'
  /** Where `choice_needed`: whom it may mean. */
  orgs: Meant[]
  exceptions: readonly string[]
  choice_needed: boolean
  /** Why a person must choose. */
  hint?: { vi: string; en: string } | null
  start?: number | null
  end?: number | null
}

/** A unit of today that a name means, and how it followed the one that is named. */
export interface Meant extends Ref {
  via?: { kind: string; from_name: string; on_date: string; legal_basis?: string | null } | null
  /** What of the old unit's work it carries on, after a split. */
  scope?: string | null
}

export interface Warning {
  code: string
  vi: string
  en: string
}

export interface Candidate {
  id: number
  no: number
  text: string
  start: number
  end: number
  lead: Party[]
  cooperating: Party[]
  action: string
  product: string
  field?: string | null
  heading?: string
  follows?: string[]
  origin?: 'engine' | 'hand' | 'split' | 'merge'
  /** What the document says; `due` is what will be issued. */
  deadline: { text: string; start: number; end: number; due: Due | null } | null
  due: Due | null
  warnings: Warning[]
  rules: string[]
  /** The same rules in words. */
  why?: { id: string; vi: string; en: string }[]
  confidence: number
  state: CandidateState
  edited: boolean | string[]
  assignee: Ref | null
  principal: number | null
  fan_out: boolean | null
  leads?: number[]
  missing: Missing[]
  acts?: string[]
  directive_id?: number | null
  reason?: string | null
  version: number
}

export interface Reference {
  kind: string
  number: string
  issued_on: string | null
  issuer: string
  start: number
  end: number
  text: string
  document_id?: number | null
  document?: { id: number } | null
}

export interface Run {
  id: number
  at: string
  by: string | null
  engine: string
  items: number
}

export interface DirectiveDocument extends Omit<DocumentRow, 'candidates' | 'directives'> {
  /** null: a reference only. */
  text: string | null
  references: Reference[]
  /** Later documents that refer to this one. */
  referred_by?: { id: number; number: string; kind: string; issued_on: string | null }[]
  runs: Run[]
  warnings?: Warning[]
  issued_on_certain?: boolean
  candidates: Candidate[]
  directives: Directive[]
}

export interface DirectiveTask extends Omit<Clocked, 'due' | 'soon'> {
  id: number
  org: Ref
  state: TaskState
  band: string | null
  end: string | null
  /** What is left of a task that was accepted in part. */
  rest?: boolean
  version: number
}

export interface Link {
  kind: keyof typeof vi.linkKind
  ref: string
  title: string
}

/** Another directive as it is named beside one. */
export interface Brief {
  id: number
  no: string
  action: string
  given_on: string
  document: { id: number; number: string; kind: string }
}

/** A unit of the day of issue, as the wording names it. */
export interface Addressee extends Ref {
  text: string
  via: Meant['via']
  exceptions: readonly string[]
}

export interface Directive {
  id: number
  no: string
  document: { id: number; number: string; kind_vi: string; kind_en?: string; issued_on: string | null; secrecy?: Secrecy } | null
  text: string
  start: number
  end: number
  text_hash: string
  action: string
  given_by: string
  given_on: string
  field: string | null
  lead: Addressee[]
  cooperating: Addressee[]
  product: string
  due: Due | null
  review_on: string | null
  review_due?: boolean
  tasks: DirectiveTask[]
  /** Tasks out of the reader's sight, which are only counted. */
  tasks_hidden?: number
  done: number
  of: number
  follows: Brief | null
  repeated_by: Brief[]
  earlier?: Brief[]
  first_given_on: string
  age_days: number
  replaces: Brief | null
  replaced_by: Brief | null
  links: Link[]
  simulated: boolean
  version: number
  acts: string[]
}

export interface MatrixRow {
  org: Ref
  area: { code: string; name: string } | string | null
  task_id: number
  state: TaskState
  timeliness: Timeliness | null
  timeliness_original: Timeliness | null
  days_late: number
  end: string | null
  reported_at: string | null
  evidence: number
  text: string
}

export interface Matrix {
  rows: MatrixRow[]
  counts: Record<string, number>
  done: number
  of: number
  hidden?: number
}
