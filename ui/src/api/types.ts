// The application API's shapes that the screens read. Times are ISO 8601 in UTC.

export interface Page<T> {
  items: T[]
  next: string | null
}

export interface Site {
  name: string
  name_en: string
  province_code: string | null
  province_name: string | null
  centre: [number, number]
  bounds: [number, number, number, number]
  demo: boolean
  version: string
  needs_first_administrator: boolean
  now: string
}

export interface ScopeView {
  permissions: string[]
  org_ids: number[] | null
  area_codes: string[] | null
  sector: string | null
}

export interface Me {
  account: { id: number; username: string; display_name: string; org_id: number; org_name: string }
  permissions: string[]
  scopes: ScopeView[]
}

export interface Org {
  id: number
  name: string
  parent_id: number | null
  abbreviation?: string | null
  aliases: string[]
  version: number
}

export interface Area {
  code: string
  name: string
  kind: string
  parent_code: string | null
}

export type FeedState = 'live' | 'late' | 'dead' | 'never' | 'paused' | 'error'

export interface Run {
  id: number
  started_at: string
  finished_at: string | null
  outcome: 'running' | 'ok' | 'partial' | 'failed'
  read: number
  accepted: number
  refused: number
  unchanged: number
  lag_s: number | null
  message_vi: string
  message_en: string
}

export interface Feed {
  name: string
  title_vi: string
  title_en: string
  kind: 'file' | 'http' | 'mqtt'
  entity_type: string
  owner: { id: number; name: string } | null
  sector: string | null
  area_code: string | null
  simulated: boolean
  state: FeedState
  period_s: number | null
  next_due_at: string | null
  last_run: Run | null
  last_accepted_at: string | null
  lag_s: number | null
  accepted_24h: number
  refused_24h: number
  refused_open: number
  entities: number
  problem: string | null
}

export interface RefusedRow {
  id: number
  run_id: number
  row_no: number
  original: string
  faults: { field: string; vi: string; en: string; value: string | null }[]
  at: string
  looked_at: string | null
  looked_by: string | null
  note: string | null
}

export interface SearchHit {
  kind: 'entity' | 'area'
  id: string
  name: string
  subtitle: string
  lon: number | null
  lat: number | null
}

/** One row of the city board, in the order of the board's `fields`. */
export type BoardRow = (string | number | boolean | null)[]
