// The GL map: MapLibre with a style of our own, no glyph server (it draws glyphs from our own font), no animation of
// data, and at most one update of the points a second, so that the keyboard stays quick without a graphics card.
import { effect } from '@preact/signals'
import type { FeatureCollection, Point } from 'geojson'
import {
  Map as GlMap,
  setWorkerUrl,
  type GeoJSONSource,
  type LngLatBoundsLike,
  type MapMouseEvent,
  type PointLike,
} from 'maplibre-gl'
import 'maplibre-gl/dist/maplibre-gl.css'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'
import { useEffect, useRef } from 'preact/hooks'
import { lang } from '../preferences'
import { FIT_MAX_ZOOM, fitPadding, MAX_ZOOM, MIN_ZOOM, NEAR_ZOOM, type Command, type EngineProps, type MapPoint } from './engine'
import { iconField, knownIcon } from './icons'
import { priorityImage } from './priorities'
import { ENTITIES, mapStyle, palette, PRIORITIES, SELECTED } from './style'
import type { Box } from './sovereign'

const UPDATE_MS = 1000
/** Letters of all three files of the font: the glyphs must be there before the first label is drawn. */
const SAMPLE = 'Aa09 ơưđ ễặỹ Ăĩ'

setWorkerUrl(workerUrl)

declare global {
  interface Window {
    /** The map of the page, for tests. */
    __map?: GlMap | { engine: 'svg' }
  }
}

/** Made anew (by `key`) when theme, language, ground or tiles change. */
export default function GlEngine(props: EngineProps) {
  const host = useRef<HTMLDivElement>(null)
  const latest = useRef(props)
  latest.current = props
  useEffect(() => {
    let close: (() => void) | undefined
    let gone = false
    void document.fonts.load('400 16px "Be Vietnam Pro"', SAMPLE).finally(() => {
      if (gone || !host.current) return
      try {
        close = open(host.current, () => latest.current)
      } catch {
        latest.current.onFail()
      }
    })
    return () => {
      gone = true
      close?.()
    }
  }, [])
  return <div class="map-engine" ref={host} />
}

function open(container: HTMLElement, props: () => EngineProps): () => void {
  const { land, ground, communes, tiles, start, kinds, label } = props()
  const map = new GlMap({
    container,
    style: mapStyle({ palette: palette(), lang: lang.peek(), land, ground, communes, tiles }),
    minZoom: MIN_ZOOM,
    maxZoom: MAX_ZOOM,
    fadeDuration: 0,
    renderWorldCopies: false,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    locale: { 'Map.Title': label },
    ...('fit' in start
      ? { bounds: start.fit as LngLatBoundsLike, fitBoundsOptions: fitting(container) }
      : { center: [start.lon, start.lat] as [number, number], zoom: start.zoom }),
  })
  map.keyboard.disableRotation()
  map.touchZoomRotate.disableRotation()
  kinds.forEach((icon, kind) => map.addImage(`kind-${kind}`, iconField(knownIcon(icon)), { sdf: true, pixelRatio: 1.5 }))
  for (const level of [1, 2, 3, 4] as const) map.addImage(`priority-${level}`, priorityImage(level), { pixelRatio: 2 })
  map.on('error', () => undefined) // a tile that fails leaves its hole; the base map is ours and complete
  map.on('webglcontextlost', () => props().onFail())
  map.on('click', (event) => void pick(map, event, props().onSelect))
  map.on('mousemove', (event) => {
    map.getCanvas().style.cursor = hit(map, event).length > 0 ? 'pointer' : ''
  })
  const tell = () => {
    const centre = map.getCenter()
    props().onMove({ lon: centre.lng, lat: centre.lat, zoom: map.getZoom() }, boxOf(map))
  }
  map.on('moveend', tell)
  const stop: (() => void)[] = []
  map.once('load', () => {
    tell()
    stop.push(...follow(map, props))
  })
  window.__map = map
  return () => {
    stop.forEach((each) => each())
    delete window.__map
    map.remove()
  }
}

/** Keep points, selection and commands in step with what the screen holds. */
function follow(map: GlMap, props: () => EngineProps): (() => void)[] {
  const { points, selected, command } = props()
  let timer: number | undefined
  let drawnAt = -Infinity
  const draw = () => {
    timer = undefined
    drawnAt = performance.now()
    const all = points.peek()
    void (map.getSource(ENTITIES) as GeoJSONSource).setData(collection(all.filter((it) => it.priority === undefined)))
    void (map.getSource(PRIORITIES) as GeoJSONSource).setData(collection(all.filter((it) => it.priority !== undefined)))
  }
  let lastCommand = command.peek()
  return [
    effect(() => {
      void points.value
      timer ??= window.setTimeout(draw, Math.max(0, drawnAt + UPDATE_MS - performance.now()))
    }),
    effect(() => {
      const point = selected.value
      void (map.getSource(SELECTED) as GeoJSONSource).setData(collection(point ? [point] : []))
    }),
    effect(() => {
      if (command.value && command.value !== lastCommand) obey(map, (lastCommand = command.value))
    }),
    () => clearTimeout(timer),
  ]
}

function obey(map: GlMap, command: Command): void {
  if ('fit' in command) {
    map.fitBounds(command.fit as LngLatBoundsLike, { ...fitting(map.getContainer()), animate: false })
  } else if ('zoomBy' in command) map.jumpTo({ zoom: map.getZoom() + command.zoomBy })
  else {
    const { lon, lat, zoom } = command.view
    map.jumpTo({
      ...(lon !== undefined && lat !== undefined ? { center: [lon, lat] as [number, number] } : {}),
      ...(zoom !== undefined ? { zoom } : {}),
    })
  }
}

function fitting({ clientWidth, clientHeight }: HTMLElement) {
  return { padding: fitPadding(clientWidth, clientHeight), maxZoom: FIT_MAX_ZOOM }
}

function collection(points: readonly MapPoint[]): FeatureCollection<Point> {
  return {
    type: 'FeatureCollection',
    features: points.map(({ lon, lat, id, name, kind, old, priority }) => ({
      type: 'Feature',
      properties: { id, name, kind, old, priority },
      geometry: { type: 'Point', coordinates: [lon, lat] },
    })),
  }
}

function hit(map: GlMap, { point }: MapMouseEvent) {
  if (!map.isStyleLoaded()) return []
  const box: [PointLike, PointLike] = [
    [point.x - 6, point.y - 6],
    [point.x + 6, point.y + 6],
  ]
  return map.queryRenderedFeatures(box, { layers: ['priorities', 'entities', 'clusters'] })
}

async function pick(map: GlMap, event: MapMouseEvent, onSelect: (id: string | null) => void): Promise<void> {
  const [found] = hit(map, event)
  if (!found) return
  const cluster = found.properties['cluster_id'] as number | undefined
  if (cluster === undefined) {
    onSelect(found.properties['id'] as string)
    return
  }
  const zoom = await (map.getSource(ENTITIES) as GeoJSONSource).getClusterExpansionZoom(cluster)
  const [lon = 0, lat = 0] = (found.geometry as Point).coordinates
  map.jumpTo({ center: [lon, lat], zoom: Math.max(zoom, Math.min(NEAR_ZOOM, map.getZoom() + 1)) })
}

function boxOf(map: GlMap): Box {
  const bounds = map.getBounds()
  return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()]
}
