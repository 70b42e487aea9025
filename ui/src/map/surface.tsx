// The map of a screen: it chooses the engine, stands in with SVG where WebGL is missing or fails, and shows beside it
// what no map may lack (the inset) and what helps to read it (buttons, sources). The engine is loaded after first paint.
import { signal, useSignal, type ReadonlySignal } from '@preact/signals'
import type { FunctionComponent } from 'preact'
import { useEffect, useMemo } from 'preact/hooks'
import { get } from '../api/client'
import { lang, theme } from '../preferences'
import { param } from '../router'
import { loadCommunes, type Commune } from './communes'
import type { Command, EngineProps, MapPoint, View } from './engine'
import { Inset } from './inset'
import './map.css'
import { ground, loadLand, needsInset, type Box, type Outlines } from './sovereign'
import type { UserTiles } from './tiles'

const TEXT = {
  vi: {
    label: 'Bản đồ',
    zoomIn: 'Phóng to (+)',
    zoomOut: 'Thu nhỏ (−)',
    home: 'Về toàn địa bàn',
    noGl: 'Máy này không có WebGL: đang dùng bản đồ SVG',
  },
  en: {
    label: 'Map',
    zoomIn: 'Zoom in (+)',
    zoomOut: 'Zoom out (−)',
    home: 'Back to the whole area',
    noGl: 'No WebGL on this machine: showing the SVG map',
  },
} as const

interface SurfaceProps {
  /** Draw by this engine whatever the address says: a wall is scaled as a whole, which only a drawing stands. */
  engine?: 'svg'
  kinds: readonly string[]
  points: ReadonlySignal<readonly MapPoint[]>
  selected: ReadonlySignal<MapPoint | null>
  /** The box of the whole area, and where the map opens unless the address names a view. */
  home: Box
  start: View | null
  command: ReadonlySignal<Command | null>
  tell: (command: Command) => void
  /** The province whose communes are drawn, where the site has imported outlines. */
  province: string | null
  /** Whether the site says that it has an archive of tiles. */
  hasTiles: boolean
  onMove: (view: View) => void
  onSelect: (id: string | null) => void
}

type Parts = Pick<EngineProps, 'land' | 'ground' | 'communes' | 'tiles'> & { Engine: FunctionComponent<EngineProps>; isGl: boolean }

const glFailed = signal(false)

export function hasWebGl(): boolean {
  try {
    const context = document.createElement('canvas').getContext('webgl2')
    context?.getExtension('WEBGL_lose_context')?.loseContext()
    return context !== null
  } catch {
    return false
  }
}

export function MapSurface(props: SurfaceProps) {
  const text = TEXT[lang.value]
  const asked = props.engine ?? param('map').value
  const wantsGl = asked !== 'svg' && !glFailed.value
  const parts = useSignal<Parts | null>(null)
  const box = useSignal<Box | null>(null)
  const view = useSignal<View | null>(props.start)
  const { hasTiles, province } = props

  useEffect(() => {
    let gone = false
    void load(wantsGl, hasTiles, province).then((loaded) => {
      if (!gone) parts.value = loaded
    })
    return () => {
      gone = true
    }
  }, [wantsGl, hasTiles, province])

  const loaded = parts.value
  const key = useMemo(() => ({}), [loaded])
  return (
    <div class="map" data-engine={loaded ? (loaded.isGl ? 'gl' : 'svg') : 'loading'}>
      {loaded && (
        <loaded.Engine
          key={`${theme.value} ${lang.value} ${props.kinds.join()} ${keyOf(key)}`}
          land={loaded.land}
          ground={loaded.ground}
          communes={loaded.communes}
          tiles={loaded.tiles}
          kinds={props.kinds}
          points={props.points}
          selected={props.selected}
          start={view.peek() ?? { fit: props.home }}
          command={props.command}
          label={text.label}
          onSelect={props.onSelect}
          onFail={() => (glFailed.value = true)}
          onMove={(next, nextBox) => {
            view.value = next
            box.value = nextBox
            props.onMove(next)
          }}
        />
      )}
      {(!box.value || needsInset(box.value)) && <Inset view={box.value} />}
      <div class="map-tools">
        <Tool label={text.zoomIn} onClick={() => props.tell({ zoomBy: 1 })} path="M10 4v12M4 10h12" />
        <Tool label={text.zoomOut} onClick={() => props.tell({ zoomBy: -1 })} path="M4 10h12" />
        <Tool
          label={text.home}
          onClick={() => props.tell({ fit: props.home })}
          path="M3 8V3h5M12 3h5v5M17 12v5h-5M8 17H3v-5"
        />
      </div>
      {loaded && !loaded.isGl && asked !== 'svg' && <p class="map-notice">{text.noGl}</p>}
      <p class="map-credit">Natural Earth{loaded?.tiles ? ' · © OpenStreetMap' : ''}</p>
    </div>
  )
}

const names = new WeakMap<object, number>()
let lastName = 0

function keyOf(object: object): number {
  if (!names.has(object)) names.set(object, ++lastName)
  return names.get(object) ?? 0
}

function Tool({ label, path, onClick }: { label: string; path: string; onClick: () => void }) {
  return (
    <button type="button" aria-label={label} title={label} onClick={onClick}>
      <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
        <path d={path} fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" />
      </svg>
    </button>
  )
}

async function load(wantsGl: boolean, hasTiles: boolean, province: string | null): Promise<Parts> {
  const isGl = wantsGl && hasWebGl()
  const engine = isGl ? import('./gl') : import('./svg')
  const [{ default: Engine }, land, [outlines, communes], tiles] = await Promise.all([
    engine,
    loadLand(),
    loadUnits(province),
    isGl && hasTiles ? import('./archive').then(({ openTiles }) => openTiles()) : null,
  ])
  return { Engine, isGl, land, ground: ground(outlines), communes, tiles: tiles as UserTiles | null }
}

/** All provinces, and in the place of our own its communes; where those have no outlines, their points. A server that
 *  does not answer leaves the base map as it is. */
async function loadUnits(province: string | null): Promise<[Outlines | null, readonly Commune[]]> {
  const ask = (query: Record<string, string>) => get<Outlines>('/api/v1/areas/outlines', query)
  try {
    const [all, own] = await Promise.all([
      ask({ level: 'province' }),
      province ? ask({ level: 'commune', parent: province }) : null,
    ])
    if (!own || own.features.length === 0) return [all, province ? await loadCommunes(province) : []]
    const others = all.features.filter(({ properties }) => properties.code !== province)
    return [{ ...all, features: [...others, ...own.features] }, []]
  } catch {
    return [null, []]
  }
}
