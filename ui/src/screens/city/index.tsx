// The city screen. One question: how is the city, and where? A list beside a map, and what is opened from either.
import { signal, useComputed, useSignal, type ReadonlySignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { site } from '../../api/session'
import { ClockFrame } from '../../clock/frame'
import { Conductor } from '../../clock/conductor'
import { Button } from '../../design/controls'
import { Empty, Loading, ProblemBox, Simulated } from '../../design/notice'
import { number } from '../../format/number'
import { useKeys } from '../../keys'
import { NEAR_ZOOM, type Command, type MapPoint, type View } from '../../map/engine'
import { MapSurface } from '../../map/surface'
import type { Box } from '../../map/sovereign'
import { go, param } from '../../router'
import './panel.css'
import './city.css'
import { areaCode, clearFilters, filters, isFiltered, setArea, setFilters } from './filters'
import { List } from './list'
import { EntityPanel } from './panel'
import { SearchBox } from './search'
import { areas, board, follow, foreignArea, kinds, loading, oldCount, points, problem, reload, shown, thing, total } from './store'
import { Types } from './types'
import { words } from './words'

const selected = param('sel')
const viewParam = param('c')
const tab = param('tab')
/** The whole of Vietnam, for a server that does not say where it is. */
const WHOLE: Box = [102, 6, 118, 23.5]

export default function CityScreen() {
  const text = words.value
  const cursor = useSignal<string | null>(selected.peek() || null)
  const steps = useSignal(0)
  const command = useMemo(() => signal<Command | null>(null), [])
  const tell = (next: Command) => (command.value = next)
  useEffect(follow, [])
  useEffect(() => {
    if (selected.value) cursor.value = selected.value
  }, [selected.value])

  const open = (id: string, fromMap = false) => {
    go('', { sel: id })
    const it = thing(id)
    if (!fromMap && it && it.lon !== null && it.lat !== null) {
      const zoom = Math.max(parseView(viewParam.peek())?.zoom ?? 0, NEAR_ZOOM)
      tell({ view: { lon: it.lon, lat: it.lat, zoom } })
    }
  }
  const step = (by: number) => {
    const ids = shown.peek()
    const at = cursor.peek() === null ? -1 : ids.indexOf(cursor.peek() as string)
    const next = ids[Math.min(ids.length - 1, Math.max(0, at < 0 ? 0 : at + by))]
    if (next === undefined) return
    cursor.value = next
    steps.value += 1
    // The new row takes the focus once it is drawn; until then Enter must not reach the row that was left.
    const held = document.activeElement
    if (held instanceof HTMLElement && held.closest('.city-row')) held.blur()
    if (!selected.peek()) return
    go('', { sel: next }, { replace: true })
    const it = thing(next)
    if (it && it.lon !== null && it.lat !== null) tell({ view: { lon: it.lon, lat: it.lat } })
  }
  useKeys([
    { press: 'KeyJ', shown: 'J', label: () => words.value.next, run: () => step(1) },
    { press: 'KeyK', shown: 'K', label: () => words.value.previous, run: () => step(-1) },
    { press: 'Enter', shown: 'Enter', label: () => words.value.open, run: () => cursor.peek() && open(cursor.peek() as string) },
  ])

  const chosen = useComputed<MapPoint | null>(() => {
    const it = selected.value ? thing(selected.value) : undefined
    if (!it || it.lon === null || it.lat === null) return null
    return { id: it.id, name: it.name, lon: it.lon, lat: it.lat, kind: 0, old: false }
  })
  return (
    <div class="city" data-tab={tab.value === 'list' ? 'list' : 'map'} data-open={selected.value ? '' : undefined}>
      <div class="city-strip">
        <ClockFrame />
      </div>
      <section class="city-side">
        <header class="city-head">
          <h1>{text.question}</h1>
          <SearchBox tell={tell} onEnter={() => step(0)} />
          <Narrowing />
          <Types />
          <Summary />
        </header>
        <Body cursor={cursor} steps={steps} onOpen={open} />
      </section>
      <div class="city-map">
        <MapHost command={command} tell={tell} chosen={chosen} onSelect={(id) => id && open(id, true)} />
      </div>
      {selected.value && (
        <EntityPanel key={selected.value} id={selected.value} onClose={() => go('', { sel: null, attr: null, json: null })} />
      )}
      <div class="city-time">
        <Conductor />
      </div>
      <Switch />
    </div>
  )
}

interface HostProps {
  command: ReadonlySignal<Command | null>
  tell: (command: Command) => void
  chosen: ReadonlySignal<MapPoint | null>
  onSelect: (id: string | null) => void
}

/** The map is drawn once the kinds are known, so that every mark has its icon. */
function MapHost({ command, tell, chosen, onSelect }: HostProps) {
  const here = site.value
  const icons = useMemo(() => kinds.value.map((kind) => kind.icon ?? 'other'), [kinds.value.map((kind) => kind.icon).join()])
  const home = useMemo(() => middleOf(points.peek()) ?? here?.bounds ?? WHOLE, [board.value === null])
  if (!board.value) return <div class="map" />
  return (
    <MapSurface
      kinds={icons}
      points={points}
      selected={chosen}
      home={home}
      start={parseView(viewParam.peek()) ?? nearby(chosen.peek())}
      command={command}
      tell={tell}
      province={here?.province_code ?? null}
      hasTiles={here?.basemap === true}
      onMove={(view) => go('', { c: formatView(view) }, { replace: true })}
      onSelect={onSelect}
    />
  )
}

/** Area and sector: with the kinds, all there is to narrow by. */
function Narrowing() {
  const text = words.value
  const sectors = [...new Set(kinds.value.map((kind) => kind.sector).filter((it) => it !== null))].sort()
  return (
    <div class="city-narrow">
      {areas.value.length > 0 && (
        <select aria-label={text.area} value={areaCode.value} onChange={(event) => setArea(event.currentTarget.value)}>
          <option value="">{text.allAreas}</option>
          {foreignArea.value && <option value={foreignArea.value.code}>{foreignArea.value.name}</option>}
          {areas.value.map((area) => (
            <option key={area.code} value={area.code}>
              {area.name}
            </option>
          ))}
        </select>
      )}
      {sectors.length > 1 && (
        <select
          aria-label={text.sector}
          value={filters.value.sector}
          onChange={(event) => setFilters({ sector: event.currentTarget.value })}
        >
          <option value="">{text.allSectors}</option>
          {sectors.map((sector) => (
            <option key={sector} value={sector}>
              {text.sectors[sector] ?? sector}
            </option>
          ))}
        </select>
      )}
    </div>
  )
}

function Summary() {
  const text = words.value
  if (!board.value) return null
  return (
    <div class="city-summary small muted" role="status">
      <span class="num">{text.shown(number(shown.value.length), number(total.value))}</span>
      {oldCount.value > 0 && <span class="num age-stale">{text.old(number(oldCount.value))}</span>}
      {board.value.simulated && !site.value?.demo && <Simulated />}
      {board.value.truncated && <span>{text.truncated}</span>}
    </div>
  )
}

interface BodyProps {
  cursor: ReadonlySignal<string | null>
  steps: ReadonlySignal<number>
  onOpen: (id: string) => void
}

function Body({ cursor, steps, onOpen }: BodyProps) {
  const text = words.value
  if (problem.value) return <ProblemBox problem={problem.value} onRetry={reload} />
  if (!board.value && loading.value) return <Loading />
  if (shown.value.length === 0) {
    return (
      <div>
        <Empty title={text.noneTitle} text={isFiltered.value ? text.noneText : text.noData} />
        {isFiltered.value && <Button onClick={clearFilters}>{text.clearFilters}</Button>}
      </div>
    )
  }
  return <List cursor={cursor} steps={steps} opened={selected.value || null} onOpen={onOpen} />
}

/** On a phone list and map take turns. */
function Switch() {
  const text = words.value
  const isList = tab.value === 'list'
  return (
    <nav class="city-switch" aria-label={text.views}>
      <Button pressed={!isList} onClick={() => go('', { tab: null }, { replace: true })}>
        {text.showMap}
      </Button>
      <Button pressed={isList} onClick={() => go('', { tab: 'list' }, { replace: true })}>
        {text.showList}
      </Button>
    </nav>
  )
}

/** The box of what there is, without the few things that lie far from the others; null where there is nothing. */
function middleOf(things: readonly MapPoint[]): Box | null {
  if (things.length === 0) return null
  const range = (values: number[]): [number, number] => {
    const sorted = values.sort((a, b) => a - b)
    const pick = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0
    const [low, high] = [pick(0.03), pick(0.97)]
    const margin = Math.max(0.01, (high - low) * 0.15)
    return [low - margin, high + margin]
  }
  const [west, east] = range(things.map((it) => it.lon))
  const [south, north] = range(things.map((it) => it.lat))
  return [west, south, east, north]
}

/** A link to a thing opens the map where the thing is. */
function nearby(point: MapPoint | null): View | null {
  return point && { lon: point.lon, lat: point.lat, zoom: NEAR_ZOOM }
}

/** `106.7,10.78,12.5`: longitude, latitude, zoom. */
function parseView(text: string): View | null {
  const [lon, lat, zoom] = text.split(',').map(Number)
  return lon !== undefined && lat !== undefined && zoom !== undefined && [lon, lat, zoom].every(Number.isFinite)
    ? { lon, lat, zoom }
    : null
}

function formatView({ lon, lat, zoom }: View): string {
  return `${Number(lon.toFixed(4))},${Number(lat.toFixed(4))},${Number(zoom.toFixed(2))}`
}
