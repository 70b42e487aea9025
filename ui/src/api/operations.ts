// The shapes that the operations screen reads. Absent (null) means that it is not known, never that it is zero.

export interface Writer {
  alive: boolean
  /** Entities that wait to be written, and how many may. */
  waiting: number
  queue_limit: number
  /** Groups of which the database refused a part, since the start. */
  refused: number
  reconnects: number
  groups_s: number
  entities_s: number
  group_entities: number | null
  commit_s_p50: number | null
  commit_s_p99: number | null
}

export interface StepState {
  step: string
  seq: number
  /** Changes it has yet to pass, and for how long the first of them has waited. */
  lag: number
  lag_s: number | null
}

export interface Operations {
  as_of: string
  head: { seq: number; at: string | null }
  inbox: number
  /** null where another process writes. */
  writer: Writer | null
  steps: StepState[]
  outbox: { waiting: number; oldest_at: string | null; dead: number }
}

export interface EntitySelector {
  type?: string | null
  id?: string | string[] | null
  idPattern?: string | null
}

export interface Subscription {
  no: number
  id: string
  tenant: string
  name: string | null
  description: string | null
  status: 'active' | 'paused' | 'expired'
  owner: string
  owner_name: string | null
  owner_org: number | null
  owner_org_name: string | null
  entities: EntitySelector[] | null
  watched_attributes: string[] | null
  q: string | null
  endpoint: string
  format: string
  waiting: number
  oldest_waiting_at: string | null
  /** Most tries that one of those waiting has had: above 0 the endpoint is failing now. */
  tries: number
  dead: number
  times_sent: number
  times_failed: number
  last_notification: string | null
  last_success: string | null
  last_failure: string | null
  last_error: string | null
  created_at: string
  modified_at: string
  may_manage: boolean
}

export interface Endpoint {
  endpoint: string
  subscriptions: number
  waiting: number
  oldest_waiting_at: string | null
  tries: number
  dead: number
  newest_dead_at: string | null
  error: string | null
}

export interface DeadLetter {
  no: number
  id: string
  subscription: string
  subscription_name: string | null
  endpoint: string
  entity_id: string | null
  made_at: string
  dead_at: string
  tries: number
  error: string | null
}

export interface LetterPayload {
  no: number
  /** Whether it is kept from a reader who may not see every entity in it. */
  hidden: boolean
  payload: unknown
}

export interface HeldContext {
  url: string
  id: string | null
  kind: 'core' | 'site' | 'folder' | 'hosted' | 'cached' | 'implicitlycreated'
  owner_org: number | null
  owner_org_name: string | null
  created_at: string | null
  bytes: number | null
  terms: number
  imports: string[]
  used_by: { no: number; id: string; name: string | null }[]
  /** How often it was looked up here, and when last; null for what comes with the product or its settings. */
  hits: number | null
  used_at: string | null
  may_remove: boolean
}

export interface StorageTier {
  tier: string
  vi: string
  en: string
  present: boolean
  rows: number | null
  values: number | null
  bytes: number | null
  bytes_per_value: number | null
  oldest: string | null
  newest: string | null
  lag_s: number | null
  lag_vi: string | null
  lag_en: string | null
  problem: { vi: string; en: string } | null
}

export interface Storage {
  as_of: string
  data_bytes: number | null
  disk_free_bytes: number | null
  tiers: StorageTier[]
  types: {
    type: string
    vi: string
    en: string
    retention_days: number | null
    values: number | null
    bytes: number | null
  }[]
}
