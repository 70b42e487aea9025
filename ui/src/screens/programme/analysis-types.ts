// What the programme's figures answer, as far as these pages read it.
import type { Money, Ratio } from './types'

export interface Words {
  code?: string
  vi: string
  en: string
}

/** What every answer about a programme's year says first. */
export interface Head {
  year: number
  period: number
  as_of: string
  whole: boolean
  simulated: boolean
  denominator?: { kind: string; vi: string; en: string }
}

export interface Party {
  id: number
  name: string
}

export interface Named extends Party {
  public_id?: string
  owner?: Party
}

export interface Risk {
  project: Named
  owner?: Party
  plan_dong: number
  paid_dong: number
  goal_dong: number
  rate: Ratio | null
  p10_dong: number | null
  p50_dong: number | null
  p90_dong: number | null
  /** null: it cannot be foreseen; 0: it reaches the goal, but something asks for attention. */
  shortfall_dong: number | null
  reasons: Words[]
  rank: number
  task_id: number | null
}

export interface RiskList extends Head {
  goal_share: number
  count: number
  items: Risk[]
  method: string | null
  /** Why nothing is foreseen. */
  reason: string | null
  total: { plan_dong: number; paid_dong: number; shortfall_dong: number | null; p10_dong: number | null; p50_dong: number | null; p90_dong: number | null }
}

export interface Flag {
  project: Named
  code: string
  group: string
  vi: string
  en: string
  threshold: number | string | null
  found: Words & { value: unknown; evidence?: string[] }
  since: string | null
  follow_up_org: number
  task_id: number | null
}

export interface FlagCount extends Words {
  code: string
  group: string
  count: number
}

export interface FlagList extends Head {
  items: Flag[]
  counts: FlagCount[]
  groups: { group: string; vi: string; en: string }[]
  projects_flagged: number
}

export interface Paced {
  plan_dong: number
  paid_dong: number
  goal_dong: number
  lacking_dong: number
  needed_per_month_dong: number | null
  usual_per_month_dong: number | null
  accepted_unpaid_dong: number
  volume_needed_dong: number
  allowed: boolean | null
  code: 'reached' | 'by_volume' | 'needs_volume' | 'too_late' | null
  why_vi: string | null
  why_en: string | null
}

export interface PaceRow extends Paced {
  project?: Named
  owner?: Party
}

export interface PaceList extends Head {
  goal_share: number
  by: 'project' | 'owner'
  left_months: number
  rows: PaceRow[]
  total: Paced
}

export interface Move {
  from: { project: Named; frees_dong: number; why_vi: string; why_en: string }
  to: { project: Named; takes_dong: number; why_vi: string; why_en: string }
  amount_dong: number
  fund_source: { code: string; name: string }
}

export interface MoveList extends Head {
  items: Move[]
  count: number
  total_dong: number
  reason: string | null
  foreseen: number
  projects: number
}

export interface RateRow {
  key: string | null
  label_vi: string
  label_en: string
  plans: Record<string, number | null>
  paid_dong: number
  paid_carry_over_dong: number
  ratios: Ratio[]
  period?: number
  until?: string
}

export interface RateList extends Head {
  by: string
  cutoff: string
  rows: RateRow[]
  total: Money
}

export interface Score {
  period: number
  error_points: number | null
  coverage: number | null
  rank_correlation: number | null
  count: number
  silent: number
}

export interface MethodScores {
  method: string
  vi: string
  en: string
  rows: Score[]
  reason: string | null
  reason_vi: string | null
  reason_en: string | null
}

export interface Backtest extends Head {
  periods: number[]
  past: { project_years: number; years: number[]; judged: number[] }
  enough: number
  methods: MethodScores[]
  best: string | null
}
