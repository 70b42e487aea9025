// The shapes of warnings that the screen reads and writes. Times are ISO 8601.
import type { Fault } from '../../api/problem'
import type { vi } from '../../messages/warnings.vi'

export type State = keyof typeof vi.state
export type ActName = 'submit' | 'approve' | 'refuse' | 'withdraw' | 'drop' | 'send' | 'update' | 'cancel'
export type Severity = 'Extreme' | 'Severe' | 'Moderate' | 'Minor' | 'Unknown'

interface Named {
  id: string
  name: string
}

export interface Line {
  id: number
  version: number
  identifier: string
  sent: string | null
  status: string
  msg_type: 'Alert' | 'Update' | 'Cancel'
  scope: string
  state: State
  headline: string
  severity: Severity
  urgency: string
  areas: string[]
  incident_id: number | null
  is_exercise: boolean
  expires: string | null
  author: Named
  approver: Named | null
  owner: { id: number; name: string }
  changed_at: string
}

export interface Words {
  language: string
  event: string
  headline: string
  description: string
  instruction: string
}

export interface DraftArea {
  description: string
  codes: string[]
  polygons: [number, number][][]
}

export interface Draft {
  status?: string | null
  scope?: string | null
  restriction?: string
  addresses?: string[]
  note?: string
  categories: string[]
  response_types: string[]
  urgency: string
  severity: string
  certainty: string
  risk_level?: number | null
  onset?: string | null
  expires?: string | null
  web?: string
  contact?: string
  texts: Words[]
  areas: DraftArea[]
  abroad_confirmed?: boolean
  template?: string
  fill?: Record<string, string>
}

export interface Info extends Words {
  urgency: string
  severity: Severity
  certainty: string
  onset: string | null
  expires: string | null
  areas: { description: string }[]
}

export interface Warning extends Line {
  content: Draft
  info: Info[]
  note: string
  authors: Named[]
  approved_at: string | null
  sent_by: Named | null
  why: string
  preapproved: string
  needs_approval: boolean
  related: { id: number; identifier: string; msg_type: string; state: State }[]
  faults: (Fault & { rule: string })[]
  url: string | null
  acts: ActName[]
  can_write: boolean
  log: { no: number; at: string; actor: Named; action: string; body: Record<string, unknown> }[]
}

export interface Word {
  word: string
  vi: string
  en: string
}

export interface Template {
  template: string
  vi: string
  en: string
  categories: string[]
  response_types: string[]
  urgency: string
  severity: string
  certainty: string
  hours: number
  places: Record<string, { vi: string; en: string }>
  texts: Words[]
  approved: string
}

export interface Choices {
  words: Record<'status' | 'msg_type' | 'scope' | 'category' | 'response_type' | 'urgency' | 'severity' | 'certainty', Word[]>
  templates: Template[]
}

export interface Received {
  id: number
  sender: string
  identifier: string
  sent: string
  source: string
  msg_type: string
  outcome: keyof typeof vi.received.outcome
  why: string
  headline: string
  severity: Severity | null
  areas: string[]
  expires: string | null
}

export interface Source {
  url: string
  last_ok_at: string | null
  problem: string
}
