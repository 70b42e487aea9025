// The live stream. A browser allows about six connections to one host, so all windows of this site share a single
// EventSource: one window leads and passes every message on over a BroadcastChannel; when it closes, or falls silent,
// the oldest of the others takes over and resumes from the last sequence number that it has seen.
import { computed, signal } from '@preact/signals'
import { second, serverNow, setServerNow } from './time'
import type { BoardRow, Feed } from './types'

export interface Changes {
  seq: number
  at: string
  rows: BoardRow[]
  removed: string[]
}

export type StreamEvent =
  | { kind: 'hello' | 'beat'; data: { now: string; seq: number } }
  | { kind: 'changes'; data: Changes }
  | { kind: 'feed'; data: Feed }
  /** A row of the room that it names, as its list has it but without what is open to the reader. */
  | { kind: 'alert' | 'incident' | 'task' | 'warning' | 'directive' | 'programme'; data: { id: number } & Record<string, unknown> }
  /** More changed at once than is worth telling row by row: ask for the list again. */
  | { kind: 'alerts' | 'incidents' | 'tasks' | 'warnings' | 'directives' | 'programmes'; data: { count: number; seq: number } }
  | { kind: 'reset'; data: unknown }

type Peer =
  | { say: 'event'; event: StreamEvent; from: string }
  | { say: 'here' | 'bye'; from: string; wants: string[] }
  | { say: 'lead'; from: string; wants: string[]; live: boolean }
  | { say: 'who'; from: string }

export type Topic = 'entities' | 'feeds' | 'alerts' | 'incidents' | 'tasks' | 'warnings' | 'directives' | 'programme'

const KINDS = ['hello', 'beat', 'changes', 'feed', 'alert', 'incident', 'task', 'alerts', 'incidents', 'tasks', 'warning', 'warnings', 'directive', 'directives', 'programme', 'programmes', 'reset'] as const
/** The topic that an event belongs to; the others are for everybody. */
const TOPIC_OF: Partial<Record<StreamEvent['kind'], Topic>> = {
  changes: 'entities',
  feed: 'feeds',
  alert: 'alerts',
  incident: 'incidents',
  task: 'tasks',
  alerts: 'alerts',
  incidents: 'incidents',
  tasks: 'tasks',
  warning: 'warnings',
  warnings: 'warnings',
  directive: 'directives',
  directives: 'directives',
  programme: 'programme',
  programmes: 'programme',
}
/** The server beats every 15 s; after two missed beats the line counts as cut. */
const SILENCE_MS = 31_000
/** How long a window waits for an older one to answer before it leads. */
const CLAIM_MS = 250
const RETRY_MS = 5_000

/** Names sort by age, so that the oldest window wins a claim. */
const myName = `${Date.now().toString(36).padStart(9, '0')}-${Math.random().toString(36).slice(2)}`
const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('haidang-stream')
const listeners = new Map<(event: StreamEvent) => void, Topic>()
const peers = new Map<string, string[]>()

const lastHeard = signal(serverNow())
const heardOnce = signal(false)
const running = signal(false)
let leader: string | null = null
let source: EventSource | null = null
let sourceTopics = ''
let lastSeq = 0
let claim: number | undefined
let retry: number | undefined

/** How the line stands: not wanted, being made, live, or lost since a moment (ms, server time). */
export const line = computed<{ state: 'off' | 'connecting' | 'live' | 'lost'; since: number }>(() => {
  if (!running.value) return { state: 'off', since: 0 }
  if (second.value - lastHeard.value > SILENCE_MS) return { state: 'lost', since: lastHeard.value }
  return { state: heardOnce.value ? 'live' : 'connecting', since: lastHeard.value }
})

/** Hear all that happened after this number of the log too. It has to be one from before the first snapshot was asked
 *  for: what is committed between a snapshot and the opening of the line would otherwise never be told. */
export function hearFrom(seq: number | null): void {
  if (!lastSeq && seq) lastSeq = seq
}

/** Hear a topic's events until the returned function is called. `hello` and `reset` reach every listener. */
export function listen(topic: Topic, callback: (event: StreamEvent) => void): () => void {
  listeners.set(callback, topic)
  announce()
  return () => {
    listeners.delete(callback)
    announce()
  }
}

/** Start listening once somebody is signed in. */
export function startStream(): void {
  if (running.value) return
  running.value = true
  lastHeard.value = serverNow()
  channel?.addEventListener('message', hearPeer)
  addEventListener('pagehide', stopStream)
  say({ say: 'who', from: myName })
  claimSoon()
}

/** Stop, and let another window lead. */
export function stopStream(): void {
  if (!running.value) return
  running.value = false
  heardOnce.value = false
  removeEventListener('pagehide', stopStream)
  closeSource()
  say({ say: 'bye', from: myName, wants: [] })
  channel?.removeEventListener('message', hearPeer)
  leader = null
  clearTimeout(claim)
}

// A page that comes back from the browser's cache has lost its connection without having noticed.
addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload()
})

// A leader that crashed says no goodbye: whoever hears nothing for two beats asks for the lead. A leader that hears
// nothing itself may hold a connection that is dead without knowing, and makes a new one.
line.subscribe(({ state }) => {
  if (state !== 'lost') return
  if (leader !== myName) claimSoon()
  else reopenSource()
})

function myTopics(): string[] {
  return [...new Set(listeners.values())].sort()
}

function sayLead(): void {
  say({ say: 'lead', from: myName, wants: myTopics(), live: line.peek().state === 'live' })
}

function say(message: Peer): void {
  channel?.postMessage(message)
}

function announce(): void {
  if (!running.value) return
  say({ say: 'here', from: myName, wants: myTopics() })
  if (leader === myName) openSource()
}

function claimSoon(): void {
  clearTimeout(claim)
  claim = window.setTimeout(() => {
    leader = myName
    sayLead()
    openSource()
  }, CLAIM_MS)
}

function hearPeer({ data }: MessageEvent<Peer>): void {
  switch (data.say) {
    case 'event':
      leader = data.from
      clearTimeout(claim)
      take(data.event)
      break
    case 'who':
      if (leader === myName) sayLead()
      else say({ say: 'here', from: myName, wants: myTopics() })
      break
    case 'here':
      peers.set(data.from, data.wants)
      if (leader === myName) openSource()
      break
    case 'lead':
      peers.set(data.from, data.wants)
      if (leader === myName && myName < data.from) {
        sayLead()
        break
      }
      leader = data.from
      clearTimeout(claim)
      if (data.live) heard()
      closeSource()
      say({ say: 'here', from: myName, wants: myTopics() })
      break
    case 'bye':
      peers.delete(data.from)
      if (leader === data.from) claimSoon()
      else if (leader === myName) openSource()
      break
  }
}

function openSource(): void {
  const topics = [...new Set([...myTopics(), ...[...peers.values()].flat()])].sort().join(',')
  if (source && source.readyState !== EventSource.CLOSED && topics === sourceTopics) return
  closeSource()
  if (!topics) return
  sourceTopics = topics
  const after = lastSeq ? `&after=${lastSeq}` : ''
  source = new EventSource(`/api/v1/stream?topics=${topics}${after}`)
  for (const kind of KINDS) {
    source.addEventListener(kind, (message) => {
      const event = { kind, data: JSON.parse((message as MessageEvent<string>).data || 'null') } as StreamEvent
      say({ say: 'event', event, from: myName })
      take(event)
    })
  }
  // A cut line is made anew by the browser; an answer with an error status ends the source for good, so we ask again.
  source.addEventListener('error', () => {
    if (source?.readyState !== EventSource.CLOSED) return
    clearTimeout(retry)
    retry = window.setTimeout(reopenSource, RETRY_MS)
  })
}

function reopenSource(): void {
  if (!running.value || leader !== myName) return
  closeSource()
  openSource()
}

function closeSource(): void {
  clearTimeout(retry)
  source?.close()
  source = null
  sourceTopics = ''
}

/** The line works, as an event or the leading window has just shown. */
function heard(): void {
  lastHeard.value = serverNow()
  heardOnce.value = true
}

function take(event: StreamEvent): void {
  if (event.kind === 'hello' || event.kind === 'beat') setServerNow(event.data.now)
  if (event.kind === 'changes') lastSeq = event.data.seq
  if (event.kind === 'hello' && !lastSeq) lastSeq = event.data.seq
  heard()
  const topic = TOPIC_OF[event.kind]
  for (const [callback, wanted] of listeners) if (topic === undefined || topic === wanted) callback(event)
}
