// The city behind the screen: snapshot, then stream (live) or frames of the log (replay), or the snapshot alone (paused).
import { batch, computed, effect, signal } from '@preact/signals'
import { get } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { site } from '../../api/session'
import { listen, type Changes, type StreamEvent } from '../../api/stream'
import type { Area, Page } from '../../api/types'
import { clock, formatMoment, now, type Clock } from '../../clock/clock'
import { freshness } from '../../design/value'
import { compare, fold } from '../../format/fold'
import type { MapPoint } from '../../map/engine'
import { City, type CityBoard, type Kind, type Thing } from './board'
import { areaCode, filters, query } from './filters'

interface Frames {
  frames: Changes[]
  next: number | null
}

const FRAME_PAGE = 500
/** Ask for more frames when fewer than these lie ahead. */
const FRAMES_AHEAD = 100

let city: City | null = null
let waiting: Changes[] = []
let run = 0

export const board = signal<CityBoard | null>(null)
export const problem = signal<Problem | null>(null)
export const loading = signal(true)
export const areas = signal<Area[]>([])
/** An area outside of the site's own province that the address or the search box names, and what lies in it. */
const foreign = signal<Area[]>([])
export const foreignArea = computed(() => {
  const isChosen = (area: Area) => area.code === areaCode.value
  return areas.value.some(isChosen) ? undefined : foreign.value.find(isChosen)
})
/** Counts changes of any value, and changes of what there is. */
const values = signal(0)
const members = signal(0)
/** Moves slowly, so that points grow old without a change. */
const ageing = computed(() => Math.floor(now.value / 10_000))

export const kinds = computed<readonly Kind[]>(() => board.value?.types ?? [])
export const kindOf = computed(() => new Map(kinds.value.map((kind) => [kind.type, kind])))
const kindIndex = computed(() => new Map(kinds.value.map((kind, index) => [kind.type, index])))

export function thing(id: string): Thing | undefined {
  void values.value
  void members.value
  return city?.things.get(id)
}

/** Ids of all things in Vietnamese order of type, then name. Made anew only when things come or go. */
const ordered = computed(() => {
  void members.value
  const order = kindIndex.value
  return [...(city?.things.values() ?? [])]
    .sort((a, b) => (order.get(a.type) ?? 99) - (order.get(b.type) ?? 99) || compare(a.name, b.name))
    .map(({ id }) => id)
})

/** Codes of the chosen area; null where none is chosen, or while the server's own answer to `area` has to do. */
const areaCodes = computed(() => {
  const chosen = areaCode.value
  const known = [...areas.value, ...foreign.value]
  const below = known.filter((area) => area.parent_code === chosen).map((area) => area.code)
  return chosen && (below.length > 0 || known.some((area) => area.code === chosen)) ? new Set([chosen, ...below]) : null
})

/** Everything but the choice of types: what the counts beside the types say. */
const narrowed = computed(() => {
  const codes = areaCodes.value
  const { sector } = filters.value
  const wanted = fold(query.value)
  return ordered.value.filter((id) => {
    const it = city?.things.get(id)
    return (
      it !== undefined &&
      (!codes || (it.areaCode !== null && codes.has(it.areaCode))) &&
      (!sector || it.sector === sector) &&
      (!wanted || it.folded.includes(wanted))
    )
  })
})

export const counts = computed(() => {
  const found = new Map<string, number>()
  for (const id of narrowed.value) {
    const type = city?.things.get(id)?.type ?? ''
    found.set(type, (found.get(type) ?? 0) + 1)
  }
  return found
})

export const shown = computed(() => {
  const { types } = filters.value
  return types.length === 0 ? narrowed.value : narrowed.value.filter((id) => types.includes(city?.things.get(id)?.type ?? ''))
})

/** All things of the chosen area, or of the whole city where none is chosen. */
export const total = computed(() => {
  const codes = areaCodes.value
  if (!codes) return ordered.value.length
  return ordered.value.filter((id) => codes.has(city?.things.get(id)?.areaCode ?? '')).length
})

export const points = computed<readonly MapPoint[]>(() => {
  void values.value
  void ageing.value
  const moment = now.peek()
  const found: MapPoint[] = []
  for (const id of shown.value) {
    const it = city?.things.get(id)
    if (!it || it.lon === null || it.lat === null) continue
    found.push({ id, name: it.name, lon: it.lon, lat: it.lat, kind: kindIndex.value.get(it.type) ?? 0, old: isOld(it, moment) })
  }
  return found
})

export const oldCount = computed(() => points.value.filter((point) => point.old).length)

export function isOld(it: Thing, moment: number): boolean {
  const period = kindOf.peek().get(it.type)?.expected_period_s
  return it.observedAt !== null && freshness(it.observedAt, period, moment) !== 'fresh'
}

function take(changes: Changes): void {
  if (city) city.within = areaCodes.peek() ?? (areaCode.peek() ? 'held' : null)
  const outcome = city?.apply(changes)
  if (outcome === 'members') members.value += 1
  if (outcome && outcome !== 'nothing') values.value += 1
}

/** What a clock shows at first: nothing for live, a moment for all others. */
function firstMoment({ mode, at, from, to }: Clock): number | null {
  return mode === 'live' ? null : mode === 'paused' ? at : mode === 'replay' ? from : to
}

async function load(atMs: number | null): Promise<boolean> {
  const own = ++run
  loading.value = true
  waiting = []
  try {
    const at = atMs === null ? null : formatMoment(atMs)
    const answer = await get<CityBoard>('/api/v1/boards/city', { area: areaCode.peek(), at })
    if (own !== run) return false
    batch(() => {
      city = new City(answer)
      board.value = answer
      members.value += 1
      values.value += 1
      problem.value = null
      loading.value = false
    })
    waiting.splice(0).forEach(take)
    return true
  } catch (error) {
    if (own === run) batch(() => ((problem.value = asProblem(error)), (loading.value = false)))
    return false
  }
}

export function reload(): void {
  void load(firstMoment(clock.peek()))
}

function hear(event: StreamEvent): void {
  if (event.kind === 'reset') void load(null)
  else if (event.kind === 'changes') {
    if (loading.peek()) waiting.push(event.data)
    else batch(() => take(event.data))
  }
}

/** Keep the city in step with the clock and the area until the returned function is called. */
export function follow(): () => void {
  void loadAreas()
  let stop: (() => void) | undefined
  const dispose = effect(() => {
    const current = clock.value
    void loadForeign(areaCode.value)
    stop?.()
    stop = undefined
    if (current.mode === 'live') {
      stop = listen('entities', hear)
      void load(null)
    } else if (current.mode === 'replay') {
      stop = play(current)
    } else void load(firstMoment(current))
  })
  return () => {
    dispose()
    stop?.()
    run += 1
  }
}

/** Fetch the frames of a replay ahead of its position and lay each over the city when its time has come. */
function play({ from, to }: Clock): () => void {
  let stopped = false
  let fetching = false
  let after: number | null = null
  let shownAt = from ?? 0
  const frames: Changes[] = []
  const fetchMore = async () => {
    if (fetching || stopped || after === null || from === null || to === null) return
    fetching = true
    try {
      const query = { from: formatMoment(from), to: formatMoment(to), after, limit: FRAME_PAGE, area: areaCode.peek() }
      const page = await get<Frames>('/api/v1/replay', query)
      frames.push(...page.frames)
      after = page.next
    } catch (error) {
      problem.value = asProblem(error)
      after = null
    } finally {
      fetching = false
    }
  }
  const start = async (atMs: number) => {
    frames.length = 0
    after = null
    shownAt = atMs
    if (!(await load(atMs)) || stopped) return
    after = city?.seq ?? 0
    await fetchMore()
  }
  void start(shownAt)
  const dispose = effect(() => {
    const moment = now.value
    if (moment < shownAt) return void start(moment)
    shownAt = moment
    batch(() => {
      while (frames[0] && new Date(frames[0].at).getTime() <= moment) take(frames.shift() as Changes)
    })
    if (frames.length < FRAMES_AHEAD) void fetchMore()
  })
  return () => {
    stopped = true
    dispose()
  }
}

async function loadAreas(): Promise<void> {
  const province = site.peek()?.province_code
  if (areas.peek().length > 0 || !province) return
  try {
    areas.value = await areasIn(province)
  } catch {
    areas.value = [] // without them the area is chosen by the search box
  }
}

async function loadForeign(code: string): Promise<void> {
  const province = site.peek()?.province_code
  const own = code === province || areas.peek().some((area) => area.code === code)
  if (!code || own || foreign.peek().some((area) => area.code === code)) return
  try {
    const [found, below] = await Promise.all([get<Area>(`/api/v1/areas/${encodeURIComponent(code)}`), areasIn(code)])
    foreign.value = [found, ...below]
  } catch {
    foreign.value = [] // the server narrows by it all the same
  }
}

async function areasIn(parent: string): Promise<Area[]> {
  const found: Area[] = []
  let cursor: string | null = null
  do {
    const page: Page<Area> = await get('/api/v1/areas', { parent, limit: 200, cursor })
    found.push(...page.items)
    cursor = page.next
  } while (cursor)
  return found.sort((a, b) => compare(a.name, b.name))
}
