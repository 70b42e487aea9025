// The national inset: a small static map of the whole country with both archipelagos, beside every view that does not
// hold them. It is drawn from the same files as the large map, by plain SVG, in every engine and in print.
import { lang } from '../preferences'
import { INSET, ISLAND_POINTS, LABELS, SHEET, type Box } from './sovereign'

const [WEST, SOUTH, EAST, NORTH] = SHEET
const X = INSET.width / (EAST - WEST)
const Y = INSET.height / (NORTH - SOUTH)
const TEXT = {
  vi: { title: 'VIỆT NAM', label: 'Bản đồ Việt Nam với quần đảo Hoàng Sa và quần đảo Trường Sa' },
  en: { title: 'VIETNAM', label: 'Map of Vietnam with the Hoàng Sa and Trường Sa archipelagos' },
} as const

const x = (lon: number) => (lon - WEST) * X
const y = (lat: number) => (NORTH - lat) * Y

/** `view` is marked by a frame; a view smaller than a few pixels by a cross-hair of fixed size. */
export function Inset({ view }: { view: Box | null }) {
  const text = TEXT[lang.value]
  return (
    <figure class="map-inset" data-inset="vietnam">
      <svg viewBox={`0 0 ${INSET.width} ${INSET.height + 13}`} role="img" aria-label={text.label}>
        <path class="ground-land" d={INSET.land} />
        <path class="ground-islands" d={INSET.islands} />
        {ISLAND_POINTS.map(({ properties, geometry }) => (
          <circle
            key={properties.name}
            class="ground-island-point"
            cx={x(geometry.coordinates[0] ?? 0)}
            cy={y(geometry.coordinates[1] ?? 0)}
            r="1"
          />
        ))}
        {LABELS.filter(({ properties }) => properties.kind !== 'city').map(({ properties, geometry }) => (
          <InsetLabel
            key={properties.id}
            text={properties[lang.value]}
            sea={properties.kind === 'sea'}
            x={x(geometry.coordinates[0] ?? 0)}
            y={y(geometry.coordinates[1] ?? 0)}
          />
        ))}
        {view && <ViewFrame view={view} />}
      </svg>
      <figcaption class="map-inset-title">{text.title}</figcaption>
    </figure>
  )
}

/** A long name breaks before its bracket, so that it fits the sheet. */
function InsetLabel({ text, sea, x, y }: { text: string; sea: boolean; x: number; y: number }) {
  const lines = text.split(/ (?=\()/)
  return (
    <text class={`ground-label${sea ? ' ground-label-sea' : ''}`} x={x} y={y + (sea ? 0 : 11)} font-size="8.5">
      {lines.map((line, index) => (
        <tspan key={line} x={Math.min(x, INSET.width - line.length * 2.25)} dy={index ? 10 : 0}>
          {line}
        </tspan>
      ))}
    </text>
  )
}

function ViewFrame({ view }: { view: Box }) {
  const [west, south, east, north] = view
  const width = Math.max(6, x(east) - x(west))
  const height = Math.max(6, y(south) - y(north))
  const left = (x(west) + x(east) - width) / 2
  const top = (y(south) + y(north) - height) / 2
  return <rect x={left} y={top} width={width} height={height} rx="1" fill="none" stroke="var(--accent)" stroke-width="1.5" />
}
