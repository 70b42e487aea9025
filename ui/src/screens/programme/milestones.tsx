// Milestones as a calm list of bars, and the same in words: baseline hollow, actual solid, forecast a dash.
import { second } from '../../api/time'
import { Empty } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { number } from '../../format/number'
import { asField, date, ms } from '../../format/time'
import { common } from '../../messages/common'
import { programme as messages } from '../../messages/programme'
import type { Milestone } from './types'

const DAY_MS = 86_400_000
const WIDTH = 280
const EDGE = 8
const MIDDLE = 12

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
      <Table label={m.milestones} columns={columns(today, scale(sorted, today))} rows={sorted} rowKey={(each) => String(each.id)} />
      <p class="muted small">{m.legend}</p>
    </>
  )
}

type Scale = (day: string) => number

/** Where a day stands on the bar that all milestones share. */
function scale(list: readonly Milestone[], today: string): Scale {
  const days = list.flatMap((each) => [each.baseline_on, each.forecast_on, each.actual_on]).filter((day) => day !== null)
  const ends = [...days, today].map((day) => ms(day))
  const [first, last] = [Math.min(...ends), Math.max(...ends)]
  return (day) => EDGE + ((ms(day) - first) / Math.max(1, last - first)) * (WIDTH - 2 * EDGE)
}

/** The days of a milestone on a bar; the columns beside it say the same in words. */
function Course({ each, today, x }: { each: Milestone; today: string; x: Scale }) {
  const base = x(each.baseline_on)
  const end = each.actual_on ?? each.forecast_on ?? (today > each.baseline_on ? today : each.baseline_on)
  const isLate = end > each.baseline_on && !each.actual_on
  return (
    <svg class="course" viewBox={`0 0 ${WIDTH} 24`} aria-hidden="true">
      <path class="course-line" d={`M${EDGE} ${MIDDLE}H${WIDTH - EDGE}`} />
      <path class="course-today" d={`M${x(today)} 2V22`} />
      {end !== each.baseline_on && (
        <path class={isLate ? 'course-slip' : 'course-met'} d={`M${base} ${MIDDLE}H${x(end)}`} stroke-dasharray={each.actual_on ? undefined : '6 4'} />
      )}
      <rect class="course-base" x={base - 4} y={MIDDLE - 4} width="8" height="8" />
      {each.actual_on && <circle class="course-actual" cx={x(each.actual_on)} cy={MIDDLE} r="5" />}
    </svg>
  )
}

function slipWords(days: number): string {
  const m = messages.value.project
  return days > 0 ? m.late(number(days)) : days < 0 ? m.early(number(-days)) : m.onTime
}

function columns(today: string, x: Scale): Column<Milestone>[] {
  const m = messages.value.project
  const day = (value: string | null) => (value ? <span class="num">{date(value)}</span> : <span class="muted">{common.value.none}</span>)
  return [
    { key: 'name', head: m.milestone, title: true, cell: (each) => each.name },
    { key: 'course', head: m.course, cell: (each) => <Course each={each} today={today} x={x} /> },
    { key: 'baseline', head: m.baseline, cell: (each) => day(each.baseline_on) },
    { key: 'forecast', head: m.forecast, cell: (each) => day(each.forecast_on) },
    { key: 'actual', head: m.actual, cell: (each) => day(each.actual_on) },
    {
      key: 'slip',
      head: m.slip,
      cell: (each) => {
        const found = slip(each, today)
        if (found === null) return <span class="muted">{common.value.none}</span>
        return <span class={found > 0 ? 'strong num' : 'muted num'}>{slipWords(found)}</span>
      },
    },
  ]
}
