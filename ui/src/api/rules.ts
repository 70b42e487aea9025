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

export interface Quality {
  from: string
  to: string
  total: number
  per_hour: number
  goal_per_hour: number
  worst: { rule: string; count: number; entities: number; share: number; too_much: boolean }[]
  worst_share_goal: number
  mix: { priority: 1 | 2 | 3 | 4; count: number; share: number | null; goal: number | null }[]
  chattering: { rule: string; subject: string; times: number; worst_per_minute: number; last_at: string }[]
  stale: { id: number; title_vi: string; title_en: string; priority: 1 | 2 | 3 | 4; first_at: string; entity: { id: string; name: string | null } | null }[]
  stale_goal: number
  operators: { name: string; acts: number; acknowledged: number; hours: number; per_hour: number; seconds_to_acknowledge: number | null }[]
}

export interface Maintenance {
  id: number
  version: number
  entity_id: string
  rule: string | null
  starts_at: string
  until: string
  reason: string
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
