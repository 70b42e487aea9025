// Three forecasts side by side, each with how it reckons and how far it erred in years that it had not seen.
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import { Chip } from '../../design/mark'
import { Empty, Loading, ProblemBox } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { bigDong } from '../../format/money'
import { number, percent } from '../../format/number'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { figures as messages } from '../../messages/programme-figures'
import { AnalysisPage } from './analysis-page'
import { CourseCell, ProjectName } from './analysis-parts'
import type { Backtest, MethodScores, Score } from './analysis-types'
import { CourseBar } from './board-bar'
import { Past } from './analysis-past'
import { Sum } from './parts'
import { isUnderWay } from './scope'
import type { Forecast, ForecastOf, Foreseen } from './types'

export const BASELINE = 'linear'
const GOOD = 0.7
const FAIR = 0.4

export default function ForecastPage() {
  const m = messages.value.forecast
  return (
    <AnalysisPage<Backtest> title={m.title} question={m.question} route="backtest">
      {(data, chosen) => <Shown data={data} program={chosen.id} />}
    </AnalysisPage>
  )
}

function Shown({ data, program }: { data: Backtest; program: number }) {
  const m = messages.value.forecast
  const underWay = isUnderWay(data.year)
  const forecast = useResource(underWay ? `forecast ${program} ${data.year}` : null, (signal) =>
    get<Forecast>('/api/v1/programme/forecast', { year: data.year, program }, signal),
  )
  return (
    <>
      {!underWay && <Empty title={m.notUnderWay} text={m.notUnderWayText} />}
      {forecast.problem && <ProblemBox problem={forecast.problem} onRetry={forecast.reload} />}
      {forecast.data ? <Methods forecast={forecast.data} past={data} /> : forecast.loading && underWay && <Loading />}
      <Past data={data} />
      {forecast.data && forecast.data.projects.length > 0 && <Projects forecast={forecast.data} />}
    </>
  )
}

/** The score that is nearest to a period among those that were held against the past. */
export function scoreAt(method: MethodScores | undefined, period: number): Score | undefined {
  return [...(method?.rows ?? [])].sort((a, b) => Math.abs(a.period - period) - Math.abs(b.period - period) || a.period - b.period)[0]
}

/** `7,8` of ten times. */
export function timesInTen(coverage: number): string {
  return number(Math.round(coverage * 100) / 10)
}

export function rankWords(value: number): string {
  const words = messages.value.forecast.rank
  const said = number(value, 2)
  return value >= GOOD ? words.good(said) : value >= FAIR ? words.fair(said) : words.poor(said)
}

/** The sum over all projects of what a method foresees; null where it is silent of one: a sum without its parts is none. */
export function middleOf(forecast: Forecast, method: string): number | null {
  let sum = 0
  for (const project of forecast.projects) {
    const found = project.forecasts.find((each) => each.method === method)
    if (project.plan_dong <= 0) continue
    if (found?.p50_dong === undefined) return null
    sum += found.p50_dong
  }
  return forecast.projects.length > 0 ? sum : null
}

function Methods({ forecast, past }: { forecast: Forecast; past: Backtest }) {
  const m = messages.value.forecast
  const ordered = [...forecast.methods].sort((a, b) => Number(a.method === BASELINE) - Number(b.method === BASELINE))
  return (
    <div class="methods">
      {ordered.map((each) => {
        const chosen = each.method === forecast.method
        const score = scoreAt(past.methods.find(({ method }) => method === each.method), forecast.period)
        return (
          <section key={each.method} class={`method${chosen ? ' method-chosen' : ''}`} aria-label={named(each.vi, each.en)}>
            <div class="method-head">
              <h2>{named(each.vi, each.en)}</h2>
              {chosen && <Chip>{m.chosen}</Chip>}
              {each.method === BASELINE && <Chip>{m.baseline}</Chip>}
            </div>
            <MethodValue forecast={forecast} method={each.method} />
            <p class="muted small">{m.how[each.method as keyof typeof m.how]}</p>
            <div class="method-facts small">
              {each.error_points === null ? <p class="strong">{m.noError}</p> : <p class="strong">{m.error(number(each.error_points, 1))}</p>}
              {score?.coverage != null && <p>{m.coverage(timesInTen(score.coverage))}</p>}
              {score?.rank_correlation != null && <p>{rankWords(score.rank_correlation)}</p>}
              <p class="muted">
                {m.count(number(each.comparable))} {chosen && m.chosenWhy}
              </p>
            </div>
          </section>
        )
      })}
    </div>
  )
}

/** What a method foresees for the whole programme; the one in use with its range. */
function MethodValue({ forecast, method }: { forecast: Forecast; method: string }) {
  const m = messages.value.forecast
  const total = forecast.total
  const own = method === forecast.method
  const middle = (own ? total?.p50_dong : null) ?? middleOf(forecast, method)
  if (!total || total.plan_dong <= 0 || middle === null) return <p class="muted">{m.silent}</p>
  const said = (dong: number) => percent(dong / total.plan_dong, 0)
  const range = own && total.p10_dong != null && total.p90_dong != null ? { p10_dong: total.p10_dong, p90_dong: total.p90_dong } : null
  return (
    <>
      <p class="method-value">
        <span class="num">{said(middle)}</span>
        <span class="small muted num">
          {bigDong(middle)}
          {range && <span class="block">{m.inRange(said(range.p10_dong), said(range.p90_dong))}</span>}
        </span>
      </p>
      <CourseBar
        course={{ plan_dong: total.plan_dong, paid_dong: total.paid_dong, p10_dong: range?.p10_dong ?? middle, p50_dong: middle, p90_dong: range?.p90_dong ?? middle, goal_dong: total.plan_dong * 0.95 }}
      />
    </>
  )
}

function Projects({ forecast }: { forecast: Forecast }) {
  const m = messages.value
  const columns: Column<ForecastOf>[] = [
    { key: 'project', head: m.project, title: true, cell: (each) => <ProjectName project={{ id: each.id, name: each.name ?? '', ...(each.public_id ? { public_id: each.public_id } : {}) }} /> },
    {
      key: 'paid',
      head: m.paid,
      numeric: true,
      cell: (each) => (
        <span class="two-lines">
          <Sum dong={each.paid_dong} />
          {each.plan_dong > 0 && <span class="muted small num">{percent((each.paid_dong ?? 0) / each.plan_dong)}</span>}
        </span>
      ),
    },
    ...forecast.methods
      .filter(({ method }) => method !== BASELINE)
      .map((method) => ({
        key: method.method,
        head: method.method === forecast.method ? `${named(method.vi, method.en)} (${m.forecast.chosen.toLowerCase()})` : named(method.vi, method.en),
        cell: (each: ForecastOf) => <ByMethod each={each} found={each.forecasts.find((one) => one.method === method.method)} />,
      })),
  ]
  return (
    <section class="block-section" aria-label={m.forecast.projects}>
      <h2>{m.forecast.projects}</h2>
      <Table label={m.forecast.projects} columns={columns} rows={forecast.projects} rowKey={(each) => String(each.id)} />
    </section>
  )
}

function ByMethod({ each, found }: { each: ForecastOf; found: Foreseen | undefined }) {
  if (each.plan_dong <= 0) return <span class="muted">{common.value.none}</span>
  return <CourseCell course={{ plan_dong: each.plan_dong, paid_dong: each.paid_dong ?? 0, goal_dong: each.pace.goal_dong, ...found }} />
}
