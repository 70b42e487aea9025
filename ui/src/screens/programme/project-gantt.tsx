// Milestones on one scale of time: baseline hollow, met solid, foreseen a diamond, a late stretch dashed. The table
// below it says the same in words.
import { useEffect, useRef, useState } from 'preact/hooks'
import { project as messages } from '../../messages/project'
import { ms } from '../../format/time'
import { isLate, marksOf, spanOf } from './project-time'
import type { Milestone } from './project-types'

const ROW_PX = 32
const HEAD_PX = 8
const FOOT_PX = 28
const NARROW_PX = 560

export function Gantt({ list, today }: { list: readonly Milestone[]; today: string }) {
  const m = messages.value.progress
  const host = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const element = host.current
    if (!element) return undefined
    const watch = new ResizeObserver(() => setWidth(element.clientWidth))
    watch.observe(element)
    setWidth(element.clientWidth)
    return () => watch.disconnect()
  }, [])
  const span = spanOf(list, today)
  const left = width < NARROW_PX ? 12 : Math.min(280, width * 0.3)
  const x = (at: number) => left + ((at - span.first) / (span.last - span.first)) * (width - left - 16)
  const bottom = HEAD_PX + list.length * ROW_PX
  return (
    <figure class="chart">
      <div class="chart-host" ref={host}>
        {width > 0 && (
          <svg width={width} height={bottom + FOOT_PX} role="img" aria-label={m.gantt}>
            <Months span={span} x={x} bottom={bottom} left={left} width={width - left} />
            <path class="gantt-today" d={`M${x(ms(today))} ${HEAD_PX}V${bottom}`} />
            <text class="chart-tick" x={x(ms(today))} y={bottom + 26} text-anchor="middle">{m.today}</text>
            {list.map((each, at) => (
              <Bar key={each.id} each={each} today={today} x={x} y={HEAD_PX + at * ROW_PX + ROW_PX / 2} isNarrow={width < NARROW_PX} />
            ))}
          </svg>
        )}
      </div>
      <figcaption class="muted small">{m.legend}</figcaption>
    </figure>
  )
}

interface MonthsProps {
  span: ReturnType<typeof spanOf>
  x: (at: number) => number
  bottom: number
  left: number
  width: number
}

function Months({ span, x, bottom, left, width }: MonthsProps) {
  const marks = marksOf(span)
  const each = Math.max(1, Math.ceil((marks.length * 64) / Math.max(1, width)))
  return (
    <g>
      {marks.map((mark, at) => (
        <g key={mark.at}>
          <path class="chart-grid" d={`M${x(mark.at)} ${HEAD_PX}V${bottom}`} />
          {at % each === 0 && (
            <text class="chart-tick" x={Math.min(Math.max(x(mark.at), 24), width + left - 24)} y={bottom + 13} text-anchor="middle">
              {`${String(mark.month).padStart(2, '0')}/${mark.year}`}
            </text>
          )}
        </g>
      ))}
    </g>
  )
}

interface BarProps {
  each: Milestone
  today: string
  x: (at: number) => number
  y: number
  isNarrow: boolean
}

function Bar({ each, today, x, y, isNarrow }: BarProps) {
  const base = x(ms(each.baseline_on))
  const reached = each.actual_on ?? each.forecast_on ?? (today > each.baseline_on ? today : each.baseline_on)
  const end = x(ms(reached))
  const late = isLate(each, today)
  return (
    <g class={late ? 'gantt-late' : each.actual_on ? 'gantt-met' : ''}>
      {!isNarrow && <text class="gantt-name" x="0" y={y + 4}>{shortened(each.name)}</text>}
      {end !== base && <path class="gantt-slip" d={`M${base} ${y}H${end}`} stroke-dasharray={late ? '5 4' : undefined} />}
      <rect class="gantt-base" x={base - 5} y={y - 5} width="10" height="10" />
      {each.actual_on && <circle class="gantt-actual" cx={x(ms(each.actual_on))} cy={y} r="5" />}
      {!each.actual_on && each.forecast_on && <path class="gantt-forecast" d={diamond(x(ms(each.forecast_on)), y)} />}
    </g>
  )
}

function diamond(x: number, y: number): string {
  return `M${x} ${y - 6}L${x + 6} ${y}L${x} ${y + 6}L${x - 6} ${y}Z`
}

const LETTERS = 38

function shortened(name: string): string {
  return name.length > LETTERS ? `${name.slice(0, LETTERS - 1).trimEnd()}…` : name
}
