// The console behind the screen: one snapshot of the board, then rows of the stream; where the stream is cut, the snapshot
// again and again. What was last known stays, and says since when.
import { batch, computed, effect, signal } from '@preact/signals'
import { get } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { line, listen, type StreamEvent } from '../../api/stream'
import { serverNow } from '../../api/time'
import { named } from '../../messages/catalogue'
import { param } from '../../router'
import { pane, sel } from './link'
import { NOTHING, put, settle, take, unheardP1, woven, type Held } from './queue'
import { ring } from './sound'
import type { Alert, Group, Incident, Queue, Resource, Shifts } from './types'

export interface Board {
  as_of: string
  seq: number
  /** null: the reader may not see alerts; the same for the other parts. */
  queue: Queue | null
  incidents: Incident[] | null
  resources: Resource[] | null
  shifts: Shifts | null
  feeds: { total: number; late: number; dead: number } | null
}

/** How often the snapshot is asked for while the stream works (it then only mends what was missed), and while not. */
const CALM_MS = 60_000
export const POLL_S = 5
/** Rows come at once; counts, groups and order of the server follow at most so often. */
const REFRESH_MS = 1_000
/** A voice says at most one new critical alert in this time. */
const SAY_MS = 5_000

export const board = signal<Board | null>(null)
export const held = signal<Held>(NOTHING)
export const problem = signal<Problem | null>(null)
/** Server time of the last good answer (ms). */
export const knownAt = signal<number | null>(null)
/** Whether the pointer stands in the list. */
export const hovering = signal(false)
/** What a voice reads: the newest critical alert. */
export const spoken = signal('')
/** Counts what happened to incidents, tasks and alerts by id, so that an opened one is asked for again. */
export const touched = signal<Readonly<Record<string, number>>>({})

const f = param('f')
const lineState = computed(() => line.value.state)

/** `priority:1,2;state:new;area:00001;sector:environment;group:…`: what the queue is narrowed to. */
export const filters = computed(() => {
  const found: Record<string, string> = {}
  for (const part of f.value.split(';')) {
    const at = part.indexOf(':')
    if (at > 0) found[part.slice(0, at)] = part.slice(at + 1)
  }
  return found
})

export function withFilter(name: string, value: string): string | null {
  const next = { ...filters.peek(), [name]: value }
  const parts = Object.entries(next).filter(([, text]) => text)
  return parts.map(([key, text]) => `${key}:${text}`).join(';') || null
}

export const rows = computed(() => held.value.order.flatMap((id) => held.value.rows.get(id) ?? []))
export const busy = computed(() => hovering.value || sel.value !== '')
/** Groups stand in the place of their alerts where those would not fit in fifty lines; the server folds them. */
export const grouped = computed<readonly Group[]>(() => board.value?.queue?.groups ?? [])
/** The lines of the queue: alerts in their order, and each group behind the alerts of its own priority. */
export const lines = computed<readonly (Alert | Group)[]>(() => woven(rows.value, grouped.value))

let asked = 0
let refresh: number | undefined
let refreshedAt = -Infinity
const heard = new Set<number>()
let begun = false
let saidAt = -Infinity

export async function load({ whole = false } = {}): Promise<void> {
  const own = ++asked
  refreshedAt = performance.now()
  const { priority, state, area, sector, group } = filters.peek()
  try {
    const answer = await get<Board>('/api/v1/boards/duty', { priority, state, area, sector, group })
    if (own !== asked) return
    batch(() => {
      board.value = answer
      problem.value = null
      knownAt.value = serverNow()
      held.value = take(held.peek(), answer.queue?.items ?? [], busy.peek() && !whole && held.peek().order.length > 0)
    })
    greet()
  } catch (error) {
    if (own === asked) problem.value = asProblem(error)
  }
}

/** Let in what waits. */
export function showFresh(): void {
  held.value = settle(held.peek())
  void load({ whole: true })
}

/** A row as an act has returned it, or as it is expected to become. */
export function putAlert(alert: Alert): void {
  held.value = put(held.peek(), alert, true)
}

/** An incident as an act has returned it: known at once, and in the list while it is open. */
export function putIncident(incident: Incident): void {
  const known = board.peek()
  if (!known?.incidents) return
  const others = known.incidents.filter(({ id }) => id !== incident.id)
  const incidents = incident.closed_at ? others : [...others, incident].sort((a, b) => a.severity - b.severity || a.reported_at.localeCompare(b.reported_at))
  board.value = { ...known, incidents }
}

function loadSoon(): void {
  if (refresh !== undefined) return
  const wait = Math.max(0, refreshedAt + REFRESH_MS - performance.now())
  refresh = window.setTimeout(() => {
    refresh = undefined
    void load()
  }, wait)
}

function touch(key: string): void {
  touched.value = { ...touched.peek(), [key]: (touched.peek()[key] ?? 0) + 1 }
}

function hear(event: StreamEvent): void {
  if (event.kind === 'alert') {
    const alert = event.data as unknown as Alert
    held.value = put(held.peek(), alert, busy.peek(), fits(alert))
    touch(`alert:${alert.id}`)
    if (alert.incident_id) touch(`incident:${alert.incident_id}`)
    greet()
  } else if (event.kind === 'incident') {
    touch(`incident:${event.data.id}`)
  } else if (event.kind === 'task') {
    const source = event.data['source_id']
    if (typeof source === 'string') touch(`incident:${source.split(':')[0]}`)
    return
  } else if (!['alerts', 'incidents', 'reset'].includes(event.kind)) return
  loadSoon()
}

/** Whether a row that has just come belongs to what is shown; during a flood only its group says so. */
function fits(alert: Alert): boolean {
  const { priority, state, area, sector, group } = filters.peek()
  return (
    grouped.peek().length === 0 &&
    !group && // what belongs to a group is for the server to say
    (!priority || priority.split(',').includes(String(alert.priority))) &&
    (!state || state.split(',').includes(alert.state)) &&
    (!area || alert.area?.code === area) &&
    (!sector || alert.sector === sector)
  )
}

/** Sound and voice once for each critical alert; those that stood here already when the screen came are no news. */
function greet(): void {
  const unheard = unheardP1(held.peek()).filter((alert) => !heard.has(alert.id))
  unheard.forEach((alert) => heard.add(alert.id))
  const [first] = unheard
  if (begun && first) {
    if (pane.peek() !== 'map') ring()
    if (performance.now() - saidAt >= SAY_MS) {
      saidAt = performance.now()
      spoken.value = named(first.title_vi, first.title_en)
    }
  }
  begun = true
}

/** Keep the console in step with stream, filters and time until the returned function is called. */
export function follow(): () => void {
  begun = false
  const stops = [
    listen('alerts', hear),
    listen('incidents', (event) => event.kind !== 'reset' && hear(event)),
    listen('tasks', (event) => event.kind !== 'reset' && hear(event)),
    effect(() => {
      void filters.value
      void load({ whole: true })
    }),
    effect(() => {
      const every = lineState.value === 'live' ? CALM_MS : POLL_S * 1000
      const timer = setInterval(() => document.visibilityState === 'visible' && void load(), every)
      return () => clearInterval(timer)
    }),
  ]
  return () => {
    stops.forEach((stop) => stop())
    clearTimeout(refresh)
    refresh = undefined
    asked += 1
  }
}
