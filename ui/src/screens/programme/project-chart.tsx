// Lines over equal periods, with levels and a fan of what may come: an SVG in our tokens, told apart by stroke and by
// words at the ends, never by colour alone. The caller puts the same numbers into a table.
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { bigDong } from '../../format/money'
import { number, percent } from '../../format/number'
import { project as messages } from '../../messages/project'
import { apart, every, lastKnown, linePath, scaleOf } from './project-scale'
import './project-chart.css'

export type Stroke = 'solid' | 'dash' | 'dot' | 'thin'

export interface ChartLine {
  id: string
  label: string
  values: readonly (number | null)[]
  stroke: Stroke
}

export interface Level {
  id: string
  label: string
  value: number
  stroke: 'level' | 'goal' | 'faint' | 'thin'
}

/** What the end may be, drawn from the last known point of a line. */
export interface Fan {
  from: { at: number; value: number }
  low: number
  mid: number
  high: number
  label: string
  bandLabel: string
}

interface Props {
  label: string
  labels: readonly string[]
  lines: readonly ChartLine[]
  levels?: readonly Level[]
  fan?: Fan | null
  height?: number
  /** What values are: đồng, or shares of one. */
  of?: 'dong' | 'share'
}

const BILLION = 1e9
const MILLION = 1e6
const LABEL_PX = 16
const NARROW_PX = 640

export function LineChart({ label, labels, lines, levels = [], fan = null, height = 320, of = 'dong' }: Props) {
  const host = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  const [at, setAt] = useState<number | null>(null)
  const hatch = useId()
  useEffect(() => {
    const element = host.current
    if (!element) return undefined
    const watch = new ResizeObserver(() => setWidth(element.clientWidth))
    watch.observe(element)
    setWidth(element.clientWidth)
    return () => watch.disconnect()
  }, [])
  const isNarrow = width < NARROW_PX
  const box = { left: 56, right: width - (isNarrow ? 12 : 190), top: 24, bottom: height - 28 }
  const all = [...lines.flatMap((line) => line.values), ...levels.map((level) => level.value), fan?.high, fan?.low]
  const scale = scaleOf(all)
  const unit = of === 'share' ? 0.01 : scale.high >= BILLION ? BILLION : MILLION
  const unitWords = of === 'share' ? '%' : unit === BILLION ? messages.value.chart.billion : messages.value.chart.million
  const last = Math.max(1, labels.length - 1)
  const x = (index: number) => box.left + (index / last) * (box.right - box.left)
  const y = (value: number) => box.bottom - ((value - scale.low) / (scale.high - scale.low)) * (box.bottom - box.top)
  const step = every(labels.length, box.right - box.left, 64)
  const point = (event: PointerEvent & { currentTarget: SVGSVGElement }) => {
    const place = event.clientX - event.currentTarget.getBoundingClientRect().left
    setAt(Math.min(last, Math.max(0, Math.round(((place - box.left) / (box.right - box.left)) * last))))
  }
  return (
    <figure class="chart">
      <Readout labels={labels} lines={lines} at={at} of={of} />
      <div class="chart-host" ref={host}>
        {width > 0 && (
          <svg width={width} height={height} role="img" aria-label={label} onPointerMove={point} onPointerLeave={() => setAt(null)}>
            <defs>
              <pattern id={hatch} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
                <path class="chart-hatch" d="M0 0V6" />
              </pattern>
            </defs>
            <text class="chart-tick" x="4" y="12">{unitWords}</text>
            {scale.ticks.map((tick) => (
              <g key={tick}>
                <path class="chart-grid" d={`M${box.left} ${y(tick)}H${box.right}`} />
                <text class="chart-tick" x={box.left - 8} y={y(tick) + 4} text-anchor="end">{number(tick / unit)}</text>
              </g>
            ))}
            {labels.map((word, index) =>
              index % step === 0 ? (
                <text key={word} class="chart-tick" x={Math.min(x(index), width - 26)} y={height - 8} text-anchor="middle">{word}</text>
              ) : null,
            )}
            {levels.map((level) => (
              <path key={level.id} class={`chart-line chart-${level.stroke}`} d={`M${box.left} ${y(level.value)}H${box.right}`} />
            ))}
            {fan && <FanShape fan={fan} end={last} x={x} y={y} hatch={hatch} />}
            {lines.map((line) => (
              <path key={line.id} class={`chart-line chart-${line.stroke}`} d={linePath(line.values, x, y)} />
            ))}
            {lines.map((line) => <LonePoints key={line.id} values={line.values} x={x} y={y} />)}
            {at !== null && <Rule at={at} lines={lines} x={x} y={y} top={box.top} bottom={box.bottom} />}
            {!isNarrow && <EndLabels lines={lines} levels={levels} fan={fan} y={y} right={box.right} top={box.top} bottom={box.bottom} />}
          </svg>
        )}
      </div>
      <Legend lines={lines} levels={levels} fan={fan} hatch={hatch} />
    </figure>
  )
}

type Place = (value: number) => number

function FanShape({ fan, end, x, y, hatch }: { fan: Fan; end: number; x: Place; y: Place; hatch: string }) {
  const from = `${x(fan.from.at)} ${y(fan.from.value)}`
  return (
    <g>
      <path fill={`url(#${hatch})`} class="chart-fan" d={`M${from}L${x(end)} ${y(fan.high)}V${y(fan.low)}Z`} />
      <path class="chart-line chart-mid" d={`M${from}L${x(end)} ${y(fan.mid)}`} />
    </g>
  )
}

/** A point between two missing ones is no line; it is drawn as a dot, and the last point of each line is too. */
function LonePoints({ values, x, y }: { values: readonly (number | null)[]; x: Place; y: Place }) {
  const last = lastKnown(values)
  return (
    <g>
      {values.map((value, at) => {
        const isLone = value !== null && values[at - 1] == null && values[at + 1] == null
        return value !== null && (isLone || at === last?.at) ? <circle key={at} class="chart-dot" cx={x(at)} cy={y(value)} r="3.5" /> : null
      })}
    </g>
  )
}

interface RuleProps {
  at: number
  lines: readonly ChartLine[]
  x: Place
  y: Place
  top: number
  bottom: number
}

function Rule({ at, lines, x, y, top, bottom }: RuleProps) {
  return (
    <g>
      <path class="chart-rule" d={`M${x(at)} ${top}V${bottom}`} />
      {lines.map((line) => {
        const value = line.values[at]
        return value == null ? null : <circle key={line.id} class="chart-dot" cx={x(at)} cy={y(value)} r="4" />
      })}
    </g>
  )
}

interface EndProps {
  lines: readonly ChartLine[]
  levels: readonly Level[]
  fan: Fan | null
  y: Place
  right: number
  top: number
  bottom: number
}

/** The name of each line where it ends, pushed apart where lines end close together. */
function EndLabels({ lines, levels, fan, y, right, top, bottom }: EndProps) {
  const ends = [
    ...levels.map((level) => ({ id: level.id, label: level.label, value: level.value })),
    ...(fan ? [{ id: 'fan', label: fan.label, value: fan.mid }] : []),
    ...lines.flatMap((line) => {
      const found = lastKnown(line.values)
      return found && found.at === line.values.length - 1 ? [{ id: line.id, label: line.label, value: found.value }] : []
    }),
  ]
  const places = apart(ends.map((end) => y(end.value)), LABEL_PX, top, bottom)
  return (
    <g>
      {ends.map((end, index) => (
        <text key={end.id} class="chart-end" x={right + 10} y={(places[index] ?? 0) + 4}>{end.label}</text>
      ))}
    </g>
  )
}

/** What stands under the pointer, in words. */
function Readout({ labels, lines, at, of }: { labels: readonly string[]; lines: readonly ChartLine[]; at: number | null; of: 'dong' | 'share' }) {
  const words = at === null ? [] : lines.flatMap((line) => {
    const value = line.values[at]
    return value == null ? [] : [`${line.label} ${of === 'share' ? percent(value) : bigDong(value)}`]
  })
  return (
    <p class="chart-readout num small" aria-hidden="true">
      {at !== null && <span class="strong">{messages.value.chart.at(labels[at] ?? '')}</span>} {words.join(' · ')}
    </p>
  )
}

function Legend({ lines, levels, fan, hatch }: { lines: readonly ChartLine[]; levels: readonly Level[]; fan: Fan | null; hatch: string }) {
  const marks = [
    ...lines.map((line) => ({ id: line.id, label: line.label, kind: line.stroke as string })),
    ...levels.map((level) => ({ id: level.id, label: level.label, kind: level.stroke as string })),
    ...(fan ? [{ id: 'mid', label: fan.label, kind: 'mid' }, { id: 'band', label: fan.bandLabel, kind: 'band' }] : []),
  ]
  return (
    <figcaption class="chart-legend">
      {marks.map((mark) => (
        <span key={mark.id} class="chart-key">
          <svg width="28" height="12" aria-hidden="true">
            {mark.kind === 'band' ? <rect class="chart-fan" fill={`url(#${hatch})`} width="28" height="12" /> : <path class={`chart-line chart-${mark.kind}`} d="M0 6H28" />}
          </svg>
          {mark.label}
        </span>
      ))}
    </figcaption>
  )
}
