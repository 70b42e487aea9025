// The shapes of data models as the screen reads them.

export type Mode = 'accept' | 'warn' | 'reject'

export interface ModelHead {
  type: string
  vi: string
  en: string
  sector: string
  /** Ours, not one of the public catalogue. */
  own: boolean
  extends: string | null
  mode: Mode
  entities: number
  /** Entities that were held against the model, and in how many of them something did not fit. */
  checked: number
  faulty: number
}

export interface ModelRow extends ModelHead {
  /** How many attributes it has. */
  attributes: number
}

export interface Models {
  items: ModelRow[]
  /** Types in use that nobody described. */
  unmodelled: { type: string; entities: number }[]
  sectors: Record<string, { vi: string; en: string }>
  looked_at: number
  /** Entities beyond the budget, at which nobody looked. */
  passed_by: number
}

export interface ModelAttribute {
  name: string
  vi: string
  en: string
  text: string
  kind: 'Property' | 'Relationship' | 'GeoProperty'
  value: 'number' | 'integer' | 'string' | 'boolean' | 'object' | 'array' | 'any' | null
  items: string | null
  format: string | null
  enum: (string | number)[]
  open: boolean
  min: number | null
  max: number | null
  unit: string | null
  unit_code: string | null
  to: string | null
  required: boolean
  carried: number
}

export type Reason = 'kind' | 'value' | 'enum' | 'range' | 'format' | 'required' | 'unit'

export interface Violation {
  attribute: string
  reason: Reason
  count: number
  refused: number
  first_at: string
  last_at: string
  entity_id: string
  value: string | null
  vi: string
  en: string
}

export interface Model extends ModelHead {
  text: string
  source: { name: string; subject: string; version: string; licence: string } | null
  version: number
  changed_at: string | null
  /** What holds where nobody chose: the pack's word or the site's. */
  declared: Mode
  may_change: boolean
  /** Of how many entities `carried` was counted. */
  sampled: number
  attributes: ModelAttribute[]
  others: { name: string; carried: number }[]
  violations: Violation[]
}
