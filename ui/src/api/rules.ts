// Rules of alerts as the server shows them (docs/alert-rules.md).

export type RuleMode = 'on' | 'trial' | 'off'

export interface RuleRow {
  rule: string
  rule_version: number
  title_vi: string
  title_en: string
  type: string
  sector: string
  kind: string
  priority: 1 | 2 | 3 | 4
  consequence_class: 'severe' | 'major' | 'moderate' | 'minor'
  respond_within_s: number
  mode: RuleMode
  delivered_mode: RuleMode
  mode_reason: string | null
  mode_by: string | null
  mode_at: string | null
  version: number
  incident: { kind: string; severity: number; open: 'suggest' | 'auto' } | null
  overrides: number
}

export interface RuleFault {
  field: string
  vi: string
  en: string
  value?: string | null
}

export interface Rules {
  items: RuleRow[]
  faults: RuleFault[]
  checked_until: string | null
  listening_since: string | null
  units_refused: { type: string; attr: string; unit: string }[]
}

export interface Override {
  entity: string
  set: Record<string, unknown>
  off: boolean
  until: string | null
  reason: string
  by: string
  at: string
  version: number
}

interface Words {
  vi: string
  en: string
}

/** A condition as packs write it: exactly one kind, its fields beneath. */
export type When = Record<string, unknown>

export interface Rule extends Omit<RuleRow, 'overrides'> {
  definition: { when: When; cause: Words; consequence: Words; action: Words; group_by?: string; supersedes?: string[] }
  samples: number
  overrides: Override[]
  on_trial: { entity: string; kind: 'raise' | 'clear'; at: string; value: unknown }[]
}

export interface Trial {
  fired: number
  per_day: number
  entities: number
  observations: number
  partial: boolean
  by_entity: { id: string; name: string | null; fired: number }[]
  examples: {
    entity: { id: string; name: string | null }
    raised_at: string
    cleared_at: string | null
    text_vi: string | null
    text_en: string | null
  }[]
  text_vi: string
  text_en: string
}
