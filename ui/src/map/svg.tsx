// The same map without WebGL: plain SVG in an x·cos φ projection, moved by keys, buttons, wheel and hand. It shows the
// same ground and obeys the same gate; points that would overlap stand together in grid clusters.
import { signal, useComputed, useSignalEffect } from '@preact/signals'
import type { MultiPolygon, Polygon } from 'geojson'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { OUTLINES, SHAPES } from '../design/mark'
import { number } from '../format/number'
import { lang } from '../preferences'
import { CLUSTER_MAX_ZOOM, DEGREE_PX, FIT_MAX_ZOOM, fitPadding, MAX_ZOOM, MIN_ZOOM, type EngineProps, type MapPoint, type View } from './engine'
import { COMMUNE_ZOOM, type Commune } from './communes'
import { iconPath } from './icons'
import { ISLAND_POINTS, LABELS, SEA, type Box } from './sovereign'

const CELL_PX = 44
const MAX_MARKS = 2000
const MOVE_SHARE = 0.2

interface Mark {
  key: string
  x: number
  y: number
  count: number
  point: MapPoint
  oneKind: boolean
}

export default function SvgEngine(props: EngineProps) {
  const host = useRef<HTMLDivElement>(null)
  const state = useMemo(() => {
    const start = props.start
    return { view: signal<View>('fit' in start ? { lon: 0, lat: 0, zoom: 0 } : start), size: signal({ w: 0, h: 0 }) }
  }, [])
  const { view, size } = state
  // One latitude for the whole life of the map, so that its paths are written once.
  const middle = 'fit' in props.start ? (props.start.fit[1] + props.start.fit[3]) / 2 : props.start.lat
  const cos = useMemo(() => Math.cos((middle * Math.PI) / 180), [])
  const fit = (box: Box): View => {
    const { w, h } = size.peek()
    const edge = fitPadding(w, h)
    const [width, height] = [w - edge.left - edge.right, h - edge.top - edge.bottom]
    const wanted = Math.min(width / (box[2] - box[0]), (height / (box[3] - box[1])) * cos)
    const zoom = Math.min(FIT_MAX_ZOOM, clamp(Math.log2(Math.max(1e-3, wanted) / DEGREE_PX)))
    const scale = DEGREE_PX * 2 ** zoom
    return {
      lon: (box[0] + box[2]) / 2 - (edge.left - edge.right) / 2 / scale,
      lat: (box[1] + box[3]) / 2 - ((edge.bottom - edge.top) / 2 / scale) * cos,
      zoom,
    }
  }
  const move = (next: View) => {
    const { w, h } = size.peek()
    view.value = { ...next, zoom: clamp(next.zoom) }
    const scale = DEGREE_PX * 2 ** view.value.zoom
    const [dx, dy] = [w / 2 / scale, (h / 2 / scale) * cos]
    props.onMove(view.value, [next.lon - dx, next.lat - dy, next.lon + dx, next.lat + dy])
  }

  useEffect(() => {
    const element = host.current
    if (!element) return
    let opened = false
    const watch = new ResizeObserver(() => {
      size.value = { w: element.clientWidth, h: element.clientHeight }
      if (!size.value.w || !size.value.h) return
      const start = props.start
      move(!opened && 'fit' in start ? fit(start.fit) : view.peek())
      opened = true
    })
    watch.observe(element)
    window.__map = { engine: 'svg' }
    return () => {
      watch.disconnect()
      delete window.__map
    }
  }, [])

  const lastCommand = useRef(props.command.peek())
  useSignalEffect(() => {
    const command = props.command.value
    if (!command || command === lastCommand.current) return
    lastCommand.current = command
    const now = view.peek()
    if ('fit' in command) move(fit(command.fit))
    else if ('zoomBy' in command) move({ ...now, zoom: now.zoom + command.zoomBy })
    else move({ ...now, ...command.view })
  })

  const paths = useMemo(() => groundPaths(props, middle, cos), [props.land, props.ground])
  const marks = useComputed(() => cluster(props.points.value, view.value, size.value, cos))
  const { w, h } = size.value
  const { lon, lat, zoom } = view.value
  const scale = DEGREE_PX * 2 ** zoom // pixels to a degree of longitude
  const place = (toLon: number, toLat: number) => ({ x: w / 2 + (toLon - lon) * scale, y: h / 2 - ((toLat - lat) * scale) / cos })
  const transform = `translate(${w / 2} ${h / 2}) scale(${scale / cos}) translate(${-lon * cos} ${lat - middle})`
  const chosen = props.selected.value
  const hand = useHand(view, scale, cos, move)

  return (
    <div class="map-engine" ref={host}>
      <svg
        class="map-svg"
        viewBox={`0 0 ${w || 1} ${h || 1}`}
        tabIndex={0}
        role="application"
        aria-label={props.label}
        onKeyDown={(event) => {
          const step = keyStep(event.key)
          if (!step) return
          event.preventDefault()
          const [dx, dy, dz] = step
          move({ lon: lon + (dx * w) / scale, lat: lat - ((dy * h) / scale) * cos, zoom: zoom + dz })
        }}
        {...hand}
      >
        <g transform={transform}>
          <path data-layer="sea" class="ground-sea" d={paths.sea} />
          <path data-layer="land" class="ground-land" d={paths.land} />
          <path data-layer="vietnam" class="ground-vietnam" d={paths.mainland} />
          <path data-layer="unit-lines" class="ground-line" d={paths.mainland} />
          <path data-layer="vn-islands" class="ground-islands" d={paths.islands} />
        </g>
        <Communes communes={props.communes} zoom={zoom} place={place} />
        <Cities zoom={zoom} place={place} />
        {chosen && <circle class="mark-ring" cx={place(chosen.lon, chosen.lat).x} cy={place(chosen.lon, chosen.lat).y} r="15" />}
        <g data-layer="entities">
          {marks.value.map((mark) =>
            mark.count > 1 ? (
              <ClusterMark
                key={mark.key}
                mark={mark}
                icon={mark.oneKind ? props.kinds[mark.point.kind] : undefined}
                onOpen={() => move({ ...unplace(mark, view.peek(), size.peek(), cos), zoom: zoom + 1.5 })}
              />
            ) : (
              <path
                key={mark.key}
                class={`mark-entity${mark.point.old ? ' is-old' : ''}${mark.point.id === chosen?.id ? ' is-selected' : ''}`}
                d={iconPath(props.kinds[mark.point.kind])}
                transform={`translate(${mark.x - 8} ${mark.y - 8})`}
                fill-rule="evenodd"
                data-id={mark.point.id}
                onClick={() => props.onSelect(mark.point.id)}
              />
            ),
          )}
        </g>
        <Priorities points={props.points.value} place={place} onSelect={props.onSelect} />
        <Names zoom={zoom} place={place} />
      </svg>
    </div>
  )
}

interface NamesProps {
  zoom: number
  place: (lon: number, lat: number) => { x: number; y: number }
}

/** What asks for an act, above everything but the names: the most urgent last, on top. */
function Priorities({ points, place, onSelect }: Pick<NamesProps, 'place'> & { points: readonly MapPoint[]; onSelect: (id: string) => void }) {
  const marks = points.flatMap((point) => (point.priority === undefined ? [] : [{ point, level: point.priority }]))
  if (marks.length === 0) return null
  return (
    <g data-layer="priorities">
      {marks
        .sort((a, b) => b.level - a.level)
        .slice(-MAX_MARKS)
        .map(({ point, level }) => {
          const { x, y } = place(point.lon, point.lat)
          return (
            <g
              key={point.id}
              class={`mark mark-p${level} mark-filled mark-priority`}
              transform={`translate(${x - 11} ${y - 11}) scale(1.1)`}
              data-id={point.id}
              onClick={() => onSelect(point.id)}
            >
              <title>{point.name}</title>
              <path class="mark-shape" d={OUTLINES[SHAPES[level]]} />
              <text class="mark-sign" x="10" y={level === 2 ? 15.6 : 13.9} text-anchor="middle">
                {level}
              </text>
            </g>
          )
        })}
    </g>
  )
}

/** Communes without outlines are points with names. */
function Communes({ communes, zoom, place }: NamesProps & { communes: readonly Commune[] }) {
  if (communes.length === 0 || zoom < COMMUNE_ZOOM.points) return null
  return (
    <g data-layer="communes" pointer-events="none">
      {communes.map(({ code, name, lon, lat }) => {
        const { x, y } = place(lon, lat)
        return (
          <g key={code}>
            <circle class="ground-commune" cx={x} cy={y} r="2.5" />
            {zoom >= COMMUNE_ZOOM.names && (
              <text class="ground-label ground-label-commune" x={x} y={y + 15} font-size="11">
                {name}
              </text>
            )}
          </g>
        )
      })}
    </g>
  )
}

/** Cities lie below the data. */
function Cities({ zoom, place }: NamesProps) {
  if (zoom <= 5.5 || zoom >= 10) return null
  return (
    <g data-layer="city-labels" pointer-events="none">
      {LABELS.filter(({ properties }) => properties.kind === 'city').map(({ properties, geometry }) => {
        const { x, y } = place(geometry.coordinates[0] ?? 0, geometry.coordinates[1] ?? 0)
        return (
          <text key={properties.id} class="ground-label ground-label-city" x={x} y={y} font-size="12">
            {properties[lang.value]}
          </text>
        )
      })}
    </g>
  )
}

/** Islands, archipelagos and the sea, above everything else. */
function Names({ zoom, place }: NamesProps) {
  return (
    <g pointer-events="none">
      {zoom >= 6 && (
        <g data-layer="island-points">
          {ISLAND_POINTS.map(({ properties, geometry }) => {
            const { x, y } = place(geometry.coordinates[0] ?? 0, geometry.coordinates[1] ?? 0)
            return (
              <g key={properties.name}>
                <circle class="ground-island-point" cx={x} cy={y} r="2.5" />
                {zoom >= 7 && (
                  <text class="ground-label" x={x} y={y + 15} font-size="11">
                    {properties.name}
                  </text>
                )}
              </g>
            )
          })}
        </g>
      )}
      <g data-layer="sovereign-labels">
        {LABELS.filter(({ properties }) => properties.kind !== 'city' && zoom < 9).map(({ properties, geometry }) => {
          const { x, y } = place(geometry.coordinates[0] ?? 0, geometry.coordinates[1] ?? 0)
          const kind = properties.kind === 'sea' ? ' ground-label-sea' : ''
          return (
            <text key={properties.id} class={`ground-label${kind}`} x={x} y={y} font-size="13">
              {properties[lang.value].split(/ (?=\()/).map((line, index) => (
                <tspan key={line} x={x} dy={index ? 16 : 0}>
                  {line}
                </tspan>
              ))}
            </text>
          )
        })}
      </g>
    </g>
  )
}

function ClusterMark({ mark, icon, onOpen }: { mark: Mark; icon: string | undefined; onOpen: () => void }) {
  const radius = mark.count < 10 ? 14 : mark.count < 100 ? 16 : mark.count < 1000 ? 19 : 23
  return (
    <g class="mark-cluster" transform={`translate(${mark.x} ${mark.y})`} data-count={mark.count} onClick={onOpen}>
      <circle r={radius} />
      {icon && <path d={iconPath(icon)} transform="translate(-4.8 -11.5) scale(.6)" fill="var(--muted)" fill-rule="evenodd" />}
      <text y={icon ? 9 : 4} font-size={icon ? 11 : 12}>
        {number(mark.count)}
      </text>
    </g>
  )
}

/** Group the points in view by cells that stay put while the map is moved. */
function cluster(points: readonly MapPoint[], view: View, { w, h }: { w: number; h: number }, cos: number): Mark[] {
  if (!w || !h) return []
  const scale = DEGREE_PX * 2 ** view.zoom
  const cells = new Map<string, Mark>()
  const grouped = (size: number) => {
    cells.clear()
    for (const point of points) {
      if (point.priority !== undefined) continue
      const x = w / 2 + (point.lon - view.lon) * scale
      const y = h / 2 - ((point.lat - view.lat) * scale) / cos
      if (x < -CELL_PX || y < -CELL_PX || x > w + CELL_PX || y > h + CELL_PX) continue
      const key = size
        ? `${Math.floor((point.lon * scale) / size)} ${Math.floor((point.lat * scale) / cos / size)}`
        : point.id
      const cell = cells.get(key)
      if (!cell) cells.set(key, { key, x, y, count: 1, point, oneKind: true })
      else {
        cell.count += 1
        cell.x += (x - cell.x) / cell.count
        cell.y += (y - cell.y) / cell.count
        cell.oneKind &&= cell.point.kind === point.kind
      }
    }
  }
  grouped(view.zoom < CLUSTER_MAX_ZOOM ? CELL_PX : 0)
  if (cells.size > MAX_MARKS) grouped(CELL_PX)
  return [...cells.values()].slice(0, MAX_MARKS)
}

function unplace(mark: Mark, view: View, { w, h }: { w: number; h: number }, cos: number): { lon: number; lat: number } {
  const scale = DEGREE_PX * 2 ** view.zoom
  return { lon: view.lon + (mark.x - w / 2) / scale, lat: view.lat - ((mark.y - h / 2) / scale) * cos }
}

function groundPaths({ land, ground }: EngineProps, middle: number, cos: number) {
  const path = (geometry: Polygon | MultiPolygon): string => {
    const parts = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
    const point = ([lon = 0, lat = 0]: number[]) => `${(lon * cos).toFixed(4)} ${(middle - lat).toFixed(4)}`
    return parts.flatMap((rings) => rings.map((ring) => `M${ring.map(point).join('L')}Z`)).join('')
  }
  return {
    sea: path(SEA),
    land: land.features.map(({ geometry }) => path(geometry)).join(''),
    mainland: ground.mainland.features.map(({ geometry }) => path(geometry)).join(''),
    islands: ground.islands.features.map(({ geometry }) => path(geometry)).join(''),
  }
}

/** Moving by hand and wheel. */
function useHand(view: { peek: () => View }, scale: number, cos: number, move: (next: View) => void) {
  const from = useRef<{ x: number; y: number; view: View; moved: boolean } | null>(null)
  return {
    onPointerDown: (event: PointerEvent) => {
      from.current = { x: event.clientX, y: event.clientY, view: view.peek(), moved: false }
    },
    onPointerMove: (event: PointerEvent) => {
      const start = from.current
      if (!start || event.buttons === 0) return
      const [dx, dy] = [event.clientX - start.x, event.clientY - start.y]
      if (!start.moved && Math.hypot(dx, dy) < 4) return
      start.moved = true
      move({ ...start.view, lon: start.view.lon - dx / scale, lat: start.view.lat + (dy / scale) * cos })
    },
    onPointerUp: () => (from.current = null),
    onWheel: (event: WheelEvent) => {
      event.preventDefault()
      move({ ...view.peek(), zoom: view.peek().zoom - Math.sign(event.deltaY) * 0.5 })
    },
  }
}

function keyStep(key: string): [number, number, number] | null {
  switch (key) {
    case 'ArrowLeft':
      return [-MOVE_SHARE, 0, 0]
    case 'ArrowRight':
      return [MOVE_SHARE, 0, 0]
    case 'ArrowUp':
      return [0, -MOVE_SHARE, 0]
    case 'ArrowDown':
      return [0, MOVE_SHARE, 0]
    case '+':
    case '=':
      return [0, 0, 1]
    case '-':
      return [0, 0, -1]
    default:
      return null
  }
}

function clamp(zoom: number): number {
  return Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, zoom))
}
