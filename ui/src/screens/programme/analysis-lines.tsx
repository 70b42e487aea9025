// A small chart of lines: each has its own dash and its own name at its end, so that colour is not needed to tell them
// apart. The table beside it says the same; gaps stay gaps.
import { useId } from 'preact/hooks'

export interface Line {
  key: string
  label: string
  /** One value for each place of the axis; null is missing. */
  values: readonly (number | null)[]
  strong?: boolean
}

interface Props {
  label: string
  axis: readonly string[]
  lines: readonly Line[]
  /** How a value is written on the left axis. */
  said: (value: number) => string
  most: number
  /** The place of the axis that is now. */
  now?: number
}

const WIDTH = 720
const HEIGHT = 240
const EDGE = { left: 52, right: 250, top: 12, bottom: 28 }
const DASHES = ['', '8 4', '2 4', '10 3 2 3', '1 3', '14 4', '5 2']
const TICKS = 4
const LABEL_GAP = 15

export function placed(values: Line['values'], most: number): (readonly [number, number] | null)[] {
  const step = values.length > 1 ? (WIDTH - EDGE.left - EDGE.right) / (values.length - 1) : 0
  const high = HEIGHT - EDGE.top - EDGE.bottom
  return values.map((value, at) => (value === null ? null : ([EDGE.left + at * step, EDGE.top + high * (1 - Math.min(1, value / most))] as const)))
}

/** The path of a line: broken where a value is missing. */
export function pathOf(points: readonly (readonly [number, number] | null)[]): string {
  return points.map((point, at) => (point ? `${at > 0 && points[at - 1] ? 'L' : 'M'}${point[0].toFixed(1)} ${point[1].toFixed(1)}` : '')).join('')
}

export function Lines({ label, axis, lines, said, most, now }: Props) {
  const id = useId()
  const step = axis.length > 1 ? (WIDTH - EDGE.left - EDGE.right) / (axis.length - 1) : 0
  const drawn = lines.map((line) => ({ line, points: placed(line.values, most) }))
  const ends = spread(drawn.flatMap(({ line, points }) => endOf(points).map((point) => ({ line, x: point[0], y: point[1] }))))
  return (
    <svg class="lines" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-labelledby={id}>
      <title id={id}>{label}</title>
      {Array.from({ length: TICKS + 1 }, (_, at) => {
        const y = EDGE.top + ((HEIGHT - EDGE.top - EDGE.bottom) * at) / TICKS
        return (
          <g key={at}>
            <path class="lines-grid" d={`M${EDGE.left} ${y}H${WIDTH - EDGE.right}`} />
            <text class="lines-word num" x={EDGE.left - 8} y={y + 4} text-anchor="end">
              {said((most * (TICKS - at)) / TICKS)}
            </text>
          </g>
        )
      })}
      {now !== undefined && now >= 0 && <path class="lines-now" d={`M${EDGE.left + now * step} ${EDGE.top}V${HEIGHT - EDGE.bottom}`} />}
      {axis.map((word, at) => (
        <text key={word} class="lines-word num" x={EDGE.left + at * step} y={HEIGHT - 8} text-anchor="middle">
          {word}
        </text>
      ))}
      {drawn.map(({ line, points }, at) => (
        <g key={line.key} class={line.strong ? 'lines-strong' : ''}>
          <path class="lines-line" d={pathOf(points)} stroke-dasharray={DASHES[at % DASHES.length] || undefined} />
          {points.map((point, place) => point && <circle key={place} class="lines-dot" cx={point[0]} cy={point[1]} r="2.5" />)}
        </g>
      ))}
      {ends.map(({ line, x, y }) => (
        <text key={line.key} class={`lines-name${line.strong ? ' strong' : ''}`} x={x + 8} y={y + 4}>
          {line.label}
        </text>
      ))}
    </svg>
  )
}

function endOf(points: readonly (readonly [number, number] | null)[]): (readonly [number, number])[] {
  const last = points.findLast((point) => point !== null)
  return last ? [last] : []
}

/** Names that would stand on each other make room downwards, and stay within the chart. */
function spread<T extends { y: number }>(names: T[]): T[] {
  const sorted = [...names].sort((a, b) => a.y - b.y)
  let floor = -Infinity
  const moved = sorted.map((each) => {
    const y = Math.max(each.y, floor + LABEL_GAP)
    floor = y
    return { ...each, y }
  })
  const over = Math.max(0, floor - (HEIGHT - EDGE.bottom))
  return over > 0 ? moved.map((each) => ({ ...each, y: each.y - over })) : moved
}
