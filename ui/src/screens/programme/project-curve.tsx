// The S-curve of a plan year: promised, expected and confirmed, each cumulative by itself, and where the year may end.
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import { second } from '../../api/time'
import { Loading, ProblemBox } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { bigDong } from '../../format/money'
import { number, percent } from '../../format/number'
import { asField } from '../../format/time'
import { named } from '../../messages/catalogue'
import { project as messages } from '../../messages/project'
import { Sum, useTold } from './parts'
import { LineChart, type Fan } from './project-chart'
import { available, pace } from './project-ledger'
import { lastKnown } from './project-scale'
import type { TabProps } from './project-tabs'
import type { Curve } from './project-types'

export default function CurveTab({ around, year }: TabProps) {
  const m = messages.value.curve
  const where = `${around.where}/curve`
  const resource = useResource(`${where} ${year}`, (signal) => get<Curve>(where, { year }, signal))
  useTold(resource.reload)
  const curve = resource.data
  return (
    <section class="block-section dense" aria-label={m.title(year)}>
      <h2>{m.title(year)}</h2>
      {resource.problem && <ProblemBox problem={resource.problem} onRetry={resource.reload} />}
      {curve ? <Shown curve={curve} /> : resource.loading && <Loading />}
    </section>
  )
}

function Shown({ curve }: { curve: Curve }) {
  const m = messages.value.curve
  const { plan, periods, goal_share: goal } = curve
  const whole = available(plan)
  const paid = periods.map((each) => each.paid_dong)
  const levels = [
    ...(plan.current_dong !== null ? [{ id: 'plan', label: m.series.plan, value: plan.current_dong, stroke: whole === plan.current_dong ? ('level' as const) : ('thin' as const) }] : []),
    ...(plan.initial_dong !== null && plan.initial_dong !== plan.current_dong ? [{ id: 'initial', label: m.series.initial, value: plan.initial_dong, stroke: 'faint' as const }] : []),
    ...(whole !== null && whole !== plan.current_dong ? [{ id: 'whole', label: m.series.whole, value: whole, stroke: 'level' as const }] : []),
    ...(whole !== null ? [{ id: 'goal', label: m.series.goal(percent(goal, 0)), value: whole * goal, stroke: 'goal' as const }] : []),
  ]
  return (
    <>
      <LineChart
        label={m.title(curve.year)}
        labels={periods.map(({ label }) => label)}
        lines={[
          { id: 'committed', label: m.series.committed, values: periods.map((each) => each.committed_dong), stroke: 'dash' as const },
          { id: 'estimate', label: m.series.estimate, values: periods.map((each) => each.estimate_dong), stroke: 'dot' as const },
          { id: 'paid', label: m.series.paid, values: paid, stroke: 'solid' as const },
        ].filter((line) => line.values.some((value) => value !== null))}
        levels={levels}
        fan={fanOf(curve, paid)}
        height={380}
      />
      <p class="muted small">
        {m.note} {whole !== plan.current_dong && m.noteCarried}
      </p>
      <Needed curve={curve} paid={paid} />
      <Foreseen curve={curve} />
      <Table label={m.table} columns={columns(whole, whole !== plan.current_dong)} rows={periods} rowKey={(each) => String(each.period)} />
    </>
  )
}

/** From what is paid to where the year may end; nothing where it cannot be foreseen. */
function fanOf(curve: Curve, paid: readonly (number | null)[]): Fan | null {
  const m = messages.value.curve.series
  const { p10_dong: low, p50_dong: mid, p90_dong: high } = curve.forecast
  const from = lastKnown(paid)
  if (low === null || mid === null || high === null || !from || from.at >= curve.periods.length - 1) return null
  return { from, low, mid, high, label: m.forecast, bandLabel: m.band }
}

/** What each of the periods that are left must bring for the goal. */
function Needed({ curve, paid }: { curve: Curve; paid: readonly (number | null)[] }) {
  const m = messages.value.curve
  const today = asField(second.value).slice(0, 10)
  const [now, month] = today.split('-').map(Number) as [number, number]
  const over = Math.max(0, (now - curve.year) * 12 + month - 1) // the month that runs still counts among those left
  const found = pace(available(curve.plan), curve.goal_share, lastKnown(paid)?.value ?? 0, over)
  if (!found) return <p class="muted">{m.noPlan}</p>
  if (found.left === 0) return <p>{m.reached}</p>
  if (found.periods === 0) return <p class="muted">{m.over}</p>
  return <p class="strong">{m.needed(bigDong(found.left), found.periods, bigDong(found.each))}</p>
}

function Foreseen({ curve }: { curve: Curve }) {
  const m = messages.value.curve
  const { forecast } = curve
  const { p10_dong: low, p50_dong: mid, p90_dong: high } = forecast
  if (low === null || mid === null || high === null) {
    return <p class="muted">{m.noForecast(named(forecast.reason_vi, forecast.reason_en))}</p>
  }
  return (
    <p>
      {m.forecast(named(forecast.method_vi, forecast.method_en), bigDong(low), bigDong(mid), bigDong(high))}{' '}
      {forecast.past_error_points !== null && <span class="muted">{m.error(number(forecast.past_error_points, 1))}</span>}
    </p>
  )
}

function columns(plan: number | null, isWithCarried: boolean): Column<Curve['periods'][number]>[] {
  const m = messages.value.curve
  return [
    { key: 'period', head: m.period, title: true, cell: (each) => <span class="num strong">{each.label}</span> },
    { key: 'committed', head: m.series.committed, numeric: true, cell: (each) => <Sum dong={each.committed_dong} /> },
    { key: 'estimate', head: m.series.estimate, numeric: true, cell: (each) => <Sum dong={each.estimate_dong} /> },
    {
      key: 'paid',
      head: m.series.paid,
      numeric: true,
      cell: (each) => (
        <span class="two-lines">
          <Sum dong={each.paid_dong} />
          {each.paid_dong !== null && plan !== null && plan > 0 && <span class="muted small num">{isWithCarried ? m.ofWhole(percent(each.paid_dong / plan)) : m.of(percent(each.paid_dong / plan))}</span>}
        </span>
      ),
    },
  ]
}
