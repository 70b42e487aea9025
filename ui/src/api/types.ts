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
  /** Whether the site serves tiles of its own at /basemap.pmtiles. */
  basemap?: boolean
  version: string
  needs_first_administrator: boolean
  /** Whether this very request carried a valid session. */
  signed_in: boolean
  /** The head of the log, from which the live stream is heard; null for a visitor. */
  seq: number | null
  now: string
}

export interface ScopeView {
  permissions: string[]
  org_ids: number[] | null
  area_codes: string[] | null
  sector: string | null
}

export interface Me {
  account: { id: number; username: string; display_name: string; org_id: number | null; org_name: string | null }
  permissions: string[]
  scopes: ScopeView[]
}

export interface Org {
  id: number
  name: string
  parent_id: number | null
  short_name: string | null
  kind: string
  area_code: string | null
  version: number
}

export interface Area {
  code: string
  name: string
  full_name: string
  kind: string
  parent_code: string | null
  lon: number | null
  lat: number | null
}

export type FeedState = 'live' | 'loaded' | 'late' | 'dead' | 'received' | 'never' | 'paused' | 'error'

export interface Run {
  id: number
  started_at: string
  finished_at: string | null
  outcome: 'running' | 'ok' | 'partial' | 'failed'
  read: number
  accepted: number
  refused: number
  unchanged: number
  /** Of the accepted and unchanged rows, those with a refused or doubtful value. */
  faulty: number
  lag_s: number | null
  message_vi: string
  message_en: string
}

export interface Feed {
  name: string
  version: number
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
  /** What stops it now. */
  problem: { vi: string; en: string } | null
}

/** A declaration in the site's folder that could not become a source. */
export interface Undeclared {
  file: string
  vi: string
  en: string
  faults: { field: string; vi: string; en: string; value?: string | null }[]
}

export interface RefusedRow {
  id: number
  version: number
  run_id: number
  /** The whole row was refused; some of its values were; or it was taken, and looks wrong. */
  kind: 'row' | 'field' | 'warning'
  row_no: number
  original: string
  faults: { field: string; vi: string; en: string; value?: string | null }[]
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

export interface Account {
  id: number
  username: string
  display_name: string
  org_id: number
  active: boolean
  /** False until the one-time link has been used. */
  has_password: boolean
  created_at: string
  last_login_at: string | null
  version: number
}

export interface Role {
  name: string
  vi: string
  en: string
  permissions: string[]
  builtin: boolean
  version: number
}

export interface Grant {
  id: number
  role: string
  org_id: number | null
  area_code: string | null
  sector: string | null
}

export interface ApiKey {
  id: number
  name: string
  prefix: string
  org_id: number
  area_code: string | null
  sector: string | null
  permissions: string[]
  created_at: string
  created_by: string
  expires_at: string | null
  last_used_at: string | null
  revoked_at: string | null
}

export interface PermissionText {
  name: string
  vi: string
  en: string
}

export interface AuditEntry {
  no: number
  at: string
  actor: string
  action: string
  subject: string
  body: Record<string, unknown>
}
