// The shapes of alerts, incidents, resources and shifts that the console reads. Times are ISO 8601 in UTC.
import type { vi } from '../../messages/duty.vi'

export type Level = 1 | 2 | 3 | 4
export type AlertState = keyof typeof vi.alertState
export type IncidentState = keyof typeof vi.incidentState
export type StepState = keyof typeof vi.stepState
export type ResourceState = keyof typeof vi.resourceState

export interface Ref {
  id: number
  name: string
}

export interface Alert {
  id: number
  version: number
  rule: string | null
  title_vi: string
  title_en: string
  entity: { id: string; type: string; name: string } | null
  owner: Ref | null
  area: { code: string; name: string } | null
  sector: string | null
  priority: Level
  state: AlertState
  active: boolean
  count: number
  first_at: string
  last_at: string
  cleared_at: string | null
  acked_at: string | null
  acked_by: string | null
  shelved_until: string | null
  shelved_reason: string | null
  value: number | string | null
  limit: number | null
  unit: string | null
  location: [number, number] | null
  respond_by: string | null
  cause_vi: string | null
  cause_en: string | null
  consequence_vi: string | null
  consequence_en: string | null
  action_vi: string | null
  action_en: string | null
  incident_id: number | null
  incident: { kind: string; severity: Level; open: 'suggest' | 'auto' } | null
  group: string | null
  is_exercise: boolean
  simulated: boolean
  /** What is open to the reader; absent in a row of the stream. */
  acts?: string[]
}

export interface Group {
  key: string
  title_vi: string
  title_en: string
  priority: Level
  count: number
  new: number
  ids_sample: number[]
  area: { code: string; name: string } | null
  rule: string | null
  /** What an act on the whole group is held against. */
  seen: number
}

export interface Queue {
  items: Alert[]
  groups: Group[]
  counts: Record<string, number>
  flood: { active: boolean; since: string; rate: number } | null
  rate: { per_hour: number; goal: number } | null
}

export interface Clock {
  name: string
  target_at: string | null
  met_at: string | null
  state: keyof typeof vi.clockState
}

export interface IncidentLink {
  id?: number
  kind: string
  ref: string
  note?: string | null
  name?: string | null
}

export interface IncidentRole {
  role: string
  account_id: number | null
  name: string | null
}

export interface Incident {
  id: number
  version: number
  code: string
  kind: string
  kind_vi: string
  kind_en: string
  severity: Level
  state: IncidentState
  title: string
  text: string | null
  place: string | null
  location: [number, number] | null
  area: { code: string; name: string } | null
  owner: Ref | null
  commander: IncidentRole | null
  roles: IncidentRole[]
  is_exercise: boolean
  reported_at: string
  acknowledged_at: string | null
  dispatched_at: string | null
  on_scene_at: string | null
  contained_at: string | null
  closed_at: string | null
  clocks: Clock[]
  links: IncidentLink[]
  procedure?: { name: string; version: number; done: number; of: number; late?: boolean } | null
  acts?: string[]
}

export interface Entry {
  no: number
  at: string
  actor: string
  /** The name of who wrote it. */
  by: string
  kind: string
  text: string
  corrects: number | null
  corrected_by: number | null
}

export interface Named {
  vi: string
  en: string
}

export interface StepRole extends Named {
  word: string
  org: Ref | null
  person: Ref | null
}

export interface Step extends Named {
  id: string
  version: number
  role: StepRole | null
  state: StepState
  late: boolean
  needs: string[]
  when: string | null
  due_at: string | null
  settled_at: string | null
  by: string | null
  reason: string | null
  evidence: 'text' | 'photo' | 'document'
  approve: (StepRole & { by: string | null; at: string | null }) | null
  task_id: number | null
  actions: (Named & { no: number; kind: string; state: string; ref: string | null })[]
  acts: string[]
}

export interface Run extends Named {
  id: number
  procedure: string
  version: number
  state: 'running' | 'finished' | 'stopped'
  done: number
  of: number
  steps: Step[]
}

/** What `GET /incidents/{id}/procedure` says: what runs, and what could. */
export interface Procedure {
  run: Run | null
  version: number | null
  choices: (Named & { procedure: string; version: number; applies: boolean | null })[]
}

export interface Resource {
  id: number
  version: number
  name: string
  kind: string
  kind_vi: string
  kind_en: string
  org: Ref
  status: ResourceState
  location: [number, number] | null
  incident_id: number | null
  distance_m?: number | null
  acts?: string[]
}

export interface Camera {
  id: string
  name: string
  distance_m: number
  location: [number, number] | null
  /** When anything of it was last heard. */
  modified_at: string | null
}

export interface Shifts {
  items: { id: number; org: Ref; lead: Ref; started_at: string; mine: boolean }[]
  unsigned: { id: number; late: boolean }[]
}

export interface Nearest {
  cameras: Camera[]
  resources: Resource[]
}
