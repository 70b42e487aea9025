// Milestones as a calm list of bars, and the same in words: baseline hollow, actual solid, forecast a dash.
import { second } from '../../api/time'
import { Empty } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { asField, date, ms } from '../../format/time'
import { common } from '../../messages/common'
import { programme as messages } from '../../messages/programme'
import type { Milestone } from './types'

const DAY_MS = 86_400_000
const WIDTH = 720
const ROW = 24
const EDGE = 12

/** By how many days a milestone lies after its baseline: as met, as foreseen, or as it already is late today. */
export function slip(milestone: Milestone, today: string): number | null {
  const base = ms(milestone.baseline_on)
  const end = milestone.actual_on ?? milestone.forecast_on
  if (end) return Math.round((ms(end) - base) / DAY_MS)
  return today > milestone.baseline_on ? Math.round((ms(today) - base) / DAY_MS) : null
}

export function Milestones({ list }: { list: readonly Milestone[] }) {
  const m = messages.value.project
  const today = asField(second.value).slice(0, 10)
  if (list.length === 0) return <Empty title={m.noMilestones} />
  const sorted = [...list].sort((a, b) => ms(a.baseline_on) - ms(b.baseline_on))
  return (
    <>
      <Course list={sorted} today={today} />
      <Table label={m.milestones} columns={columns(today)} rows={sorted} rowKey={(each) => String(each.id)} />
    </>
  )
}

function Course({ list, today }: { list: readonly Milestone[]; today: string }) {
  const m = messages.value.project
  const days = list.flatMap((each) => [each.baseline_on, each.forecast_on, each.actual_on]).filter((day) => day !== null)
  const ends = [...days, today].map((day) => ms(day))
  const [first, last] = [Math.min(...ends), Math.max(...ends)]
  const x = (day: string) => EDGE + ((ms(day) - first) / Math.max(1, last - first)) * (WIDTH - 2 * EDGE)
  const height = list.length * ROW + 24
  return (
    <svg class="course" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={m.chart}>
      <title>{m.chart}</title>
      <path class="course-today" d={`M${x(today)} 0V${height - 20}`} />
      <text x={Math.min(WIDTH - 40, Math.max(40, x(today)))} y={height - 6} text-anchor="middle">
        {m.today}
      </text>
      {list.map((each, index) => {
        const y = index * ROW + ROW / 2
        const base = x(each.baseline_on)
        const end = each.actual_on ?? each.forecast_on ?? (today > each.baseline_on ? today : each.baseline_on)
        const late = end > each.baseline_on
        return (
          <g key={each.id}>
            <title>{each.name}</title>
            <path class="course-line" d={`M${EDGE} ${y}H${WIDTH - EDGE}`} />
            {end !== each.baseline_on && (
              <path class={late && !each.actual_on ? 'course-slip' : 'course-met'} d={`M${base} ${y}H${x(end)}`} stroke-dasharray={each.actual_on ? undefined : '6 4'} />
            )}
            <rect class="course-base" x={base - 4} y={y - 4} width="8" height="8" />
            {each.actual_on && <circle class="course-actual" cx={x(each.actual_on)} cy={y} r="5" />}
          </g>
        )
      })}
    </svg>
  )
}

function columns(today: string): Column<Milestone>[] {
  const m = messages.value.project
  const day = (value: string | null) => (value ? <span class="num">{date(value)}</span> : <span class="muted">{common.value.none}</span>)
  return [
    { key: 'name', head: m.milestone, title: true, cell: (each) => each.name },
    { key: 'baseline', head: m.baseline, cell: (each) => day(each.baseline_on) },
    { key: 'forecast', head: m.forecast, cell: (each) => day(each.forecast_on) },
    { key: 'actual', head: m.actual, cell: (each) => day(each.actual_on) },
    {
      key: 'slip',
      head: m.slip,
      cell: (each) => {
        const found = slip(each, today)
        if (found === null) return <span class="muted">{common.value.none}</span>
        return <span class={found > 0 ? 'strong num' : 'muted num'}>{m.days(found)}</span>
      },
    },
  ]
}
