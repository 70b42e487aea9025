// What the page of a contractor is answered.
import type { Named, Words } from './analysis-types'

export interface ContractRow {
  id: number
  contract_no: string
  subject: string
  project: Named
  value_dong: number
  value_now_dong: number
  signed_on: string
  effective_on: string
  expires_on: string
  expires_now_on: string
  ended_on: string | null
  end_kind: string | null
  extensions: number
  accepted_dong: number
  paid_dong: number
  planned_volume_dong: number
  equipment: number
  equipment_late: number
  equipment_other: number
  over: boolean
  slip_days: number | null
  late: boolean | null
  penalties_dong: number | null
  defects: number | null
}

export interface ContractorRecord {
  contracts: number
  over: number
  late: number
  late_rate: number | null
  late_low: number | null
  late_high: number | null
  median_slip_days: number | null
  extensions: number
  equipment_late: number
  terminated: number
  all_rate: number | null
  prior_contracts: number
  rated_from: number
  reason_vi: string | null
  reason_en: string | null
}

export interface ContractorCase {
  id: number
  project_id: number
  contract_id: number
  state: string
  state_vi: string
  state_en: string
  subject: string
  reply_until: string | null
}

export interface TenderFlag extends Words {
  code: string
  threshold: number | null
  found: Words
  package: { id: number; name: string } | null
  project: Named | null
}

export interface ContractorAnswer {
  contractor: { id: number; name: string; tax_code: string }
  as_of: string
  contracts: ContractRow[]
  record: ContractorRecord
  evidence_missing: { kind: string; vi: string; en: string }[]
  cases: ContractorCase[]
  tender_flags: TenderFlag[]
  totals: { value_now_dong: number; accepted_dong: number; paid_dong: number }
}
