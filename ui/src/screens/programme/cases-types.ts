// What the procedure against a slow contractor is answered.
export const ORDER = ['warned', 'demanded', 'remediation', 'scope_cut', 'replaced'] as const
export type CaseState = (typeof ORDER)[number] | 'closed'
export type ActName = 'demand' | 'plan' | 'cut_scope' | 'replace' | 'reply' | 'close'

/** A contract of the project, as it is chosen from a list. */
export interface ContractChoice {
  id: number
  contract_no: string
  contractor_name: string
  ended_on: string | null
}

export interface CaseStep {
  no: number
  act: ActName | 'warn'
  state: CaseState
  document: string
  dated_on: string
  decided_by: string
  text: string
  reply_until: string | null
  skips: string
  facts: Record<string, unknown>
  by: string
  at: string
}

export interface CaseLine {
  id: number
  version: number
  project_id: number
  contract_id: number
  contractor_id: number
  state: CaseState
  subject: string
  reply_until: string | null
  replied: boolean
  plan_until: string | null
  closed_at: string | null
  changed_at: string
  state_vi: string
  state_en: string
  contractor_name: string
  project_name: string
  contract_no: string
}

export interface CaseFull extends CaseLine {
  acts: ActName[]
  log: CaseStep[]
}
