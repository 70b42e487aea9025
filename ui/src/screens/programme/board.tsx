// The programme board: what asks for attention first, each share with what it is a share of, a total that reconciles.
import { useEffect, useMemo, useState } from 'preact/hooks'
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import { second } from '../../api/time'
import { Button } from '../../design/controls'
import { Mark } from '../../design/mark'
import { Empty, Loading, ProblemBox, Simulated } from '../../design/notice'
import { Table, useListKeys, type Column } from '../../design/table'
import { bigDong } from '../../format/money'
import { number, percent } from '../../format/number'
import { asField, date } from '../../format/time'
import { useKeys } from '../../keys'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { programme as messages } from '../../messages/programme'
import { go, href } from '../../router'
import { asksOf, foresights, ownerOf, passes, redFirst, type AskKind, type Foresight } from './asks'
import { BoardFilters, filtersNow, program, year } from './filters'
import { Sum, usePrograms, useTold } from './parts'
import { Totals } from './totals'
import type { Board, Forecast, Program, Row } from './types'

const STEP = 150

/** The programme and year of the address, or the latest programme and the nearest year that it has. */
function useAsked(programs: readonly Program[] | undefined) {
  const chosen = programs?.find(({ id }) => String(id) === program.value) ?? programs?.[0]
  const now = Number(asField(second.peek()).slice(0, 4))
  const nearest = chosen ? Math.min(Math.max(now, chosen.period_from), chosen.period_to) : now
  return { chosen, year: Number(year.value) || nearest }
}

/** Whether a plan year has a period that is over and one that is not: only then its end can be foreseen. */
function isUnderWay(planYear: number): boolean {
  const [now, month] = asField(second.peek()).split('-').map(Number) as [number, number]
  const over = (now - planYear) * 12 + month - 1
  return over >= 1 && over <= 12
}

export default function ProgrammeBoard() {
  const m = messages.value
  const programs = usePrograms()
  const asked = useAsked(programs.data?.items)
  const key = asked.chosen ? `${asked.chosen.id} ${asked.year}` : null
  const board = useResource(key, (signal) =>
    get<Board>(`/api/v1/programme/programs/${asked.chosen?.id}/board`, { year: asked.year }, signal),
  )
  const forecast = useResource(key && isUnderWay(asked.year) ? key : null, (signal) =>
    get<Forecast>('/api/v1/programme/forecast', { year: asked.year, program: asked.chosen?.id }, signal),
  )
  useTold(board.reload)
  // A programme without a plan of this year opens at the latest year that has one.
  const latest = board.data && !year.value && !board.data.years.includes(asked.year) ? board.data.years[0] : undefined
  useEffect(() => {
    if (latest !== undefined) go('', { year: String(latest) }, { replace: true })
  }, [latest])
  return (
    <div class="page">
      <header class="page-head">
        <div>
          <h1>{asked.chosen ? asked.chosen.name : m.title}</h1>
          <p>
            {m.question} {asked.chosen?.simulated && <Simulated short />}
          </p>
        </div>
      </header>
      {programs.problem && <ProblemBox problem={programs.problem} onRetry={programs.reload} />}
      {programs.data?.items.length === 0 && <Empty title={m.noPrograms} text={m.noProgramsText} />}
      {board.problem && <ProblemBox problem={board.problem} onRetry={board.reload} />}
      {forecast.problem && <ProblemBox problem={forecast.problem} onRetry={forecast.reload} />}
      {board.data ? (
        <Shown board={board.data} forecast={forecast.data} programs={programs.data?.items ?? []} />
      ) : (
        (board.loading || programs.loading) && <Loading />
      )}
    </div>
  )
}

interface ShownProps {
  board: Board
  forecast: Forecast | undefined
  programs: readonly Program[]
}

function Shown({ board, forecast, programs }: ShownProps) {
  const m = messages.value
  const filters = filtersNow()
  const [cursor, setCursor] = useState<string | null>(null)
  const [limit, setLimit] = useState(STEP)
  const ahead = useMemo(() => foresights(forecast), [forecast])
  const asks = useMemo(() => new Map(board.items.map((row) => [row.id, asksOf(row, ahead.get(row.id))])), [board, ahead])
  const sorted = useMemo(() => redFirst(board.items, asks), [board, asks])
  const rows = sorted.filter((row) => passes(row, asks.get(row.id) ?? [], filters))
  const seen = rows.slice(0, limit)
  const open = (id: string) => go(`/programme/projects/${id}`)
  useListKeys(seen.map((row) => String(row.id)), cursor, setCursor, m)
  useKeys([{ press: 'Enter', shown: 'Enter', label: () => messages.value.open, run: () => cursor && open(cursor) }])
  return (
    <>
      <BoardFilters board={board} programs={programs} asks={asks} />
      {!board.whole && <p class="muted">{m.part}</p>}
      <Totals board={board} rows={rows} />
      <Table
        label={m.tabs.board}
        columns={columns(asks, ahead, forecast !== undefined)}
        rows={seen}
        rowKey={(row) => String(row.id)}
        selected={cursor}
        onOpen={(row) => open(String(row.id))}
        empty={board.items.length ? <Empty title={m.emptyFiltered} /> : <Empty title={m.empty} text={m.emptyText} />}
      />
      {rows.length > limit && <Button onClick={() => setLimit(limit + STEP)}>{m.more(rows.length - limit)}</Button>}
      <Method forecast={forecast} year={board.year} />
    </>
  )
}

/** By which method the year's end is foreseen, and how far it has erred. */
function Method({ forecast, year: planYear }: { forecast: Forecast | undefined; year: number }) {
  const m = messages.value
  if (!forecast) return isUnderWay(planYear) ? null : <p class="muted small">{m.noForecast}</p>
  const method = forecast.methods.find((each) => each.method === forecast.method)
  if (!method) return <p class="muted small">{m.noMethod}</p>
  return (
    <p class="muted small">
      {m.method(named(method.vi, method.en), date(`${forecast.year + 1}-01-31`))} {m.band}{' '}
      {method.error_points !== null && m.pastError(number(method.error_points, 1), method.comparable)}
    </p>
  )
}

function columns(
  asks: ReadonlyMap<number, readonly AskKind[]>,
  ahead: ReadonlyMap<number, Foresight>,
  foreseen: boolean,
): Column<Row>[] {
  const m = messages.value
  const all: Column<Row>[] = [
    {
      key: 'project',
      head: m.column.project,
      title: true,
      cell: (row) => (
        <span class="two-lines">
          <a class="plain-link strong" href={href(`/programme/projects/${row.id}`)}>
            {row.name}
          </a>
          <span class="muted small">
            <span class="num">{row.public_id}</span> · {m.statuses[row.status]} {row.simulated && <Simulated short />}
          </span>
        </span>
      ),
    },
    {
      key: 'owner',
      head: m.column.owner,
      wide: true,
      cell: (row) => (
        <span class="two-lines">
          <span>{ownerOf(row)}</span>
          <span class="muted small">{row.project_phase ? m.phases[row.project_phase] : common.value.none}</span>
        </span>
      ),
    },
    { key: 'plan', head: m.column.plan, numeric: true, cell: (row) => <PlanCell row={row} /> },
    { key: 'paid', head: m.column.paid, numeric: true, cell: (row) => <PaidCell row={row} /> },
  ]
  if (foreseen) all.push({ key: 'forecast', head: m.column.forecast, numeric: true, cell: (row) => <ForecastCell ahead={ahead.get(row.id)} /> })
  all.push({ key: 'asks', head: m.column.asks, cell: (row) => <Asks row={row} asks={asks.get(row.id) ?? []} ahead={ahead.get(row.id)} /> })
  return all
}

function PlanCell({ row }: { row: Row }) {
  const m = messages.value
  if (row.current_dong === null) return <span class="muted small">{m.noPlan}</span>
  const changed = row.initial_dong !== row.current_dong
  return (
    <span class="two-lines">
      <Sum dong={row.current_dong} />
      <span class="muted small">
        {row.decision && <span class="num">{m.byDecision(row.decision.doc_number, date(row.decision.signed_on))}</span>}
        {changed && <span class="block">{row.initial_dong === null ? m.noInitial : m.was(bigDong(row.initial_dong))}</span>}
      </span>
    </span>
  )
}

function PaidCell({ row }: { row: Row }) {
  const m = messages.value
  return (
    <span class="two-lines">
      <Sum dong={row.paid_dong} />
      {row.ratio?.value != null && (
        <span class="muted small num" title={`${named(row.ratio.denominator_vi, row.ratio.denominator_en)}, ${date(row.ratio.plan_as_of)}`}>
          {m.shareOf(percent(row.ratio.value))}
        </span>
      )}
      {row.paid_carry_over_dong > 0 && <span class="muted small">{m.carriedOver(bigDong(row.paid_carry_over_dong))}</span>}
    </span>
  )
}

function ForecastCell({ ahead }: { ahead: Foresight | undefined }) {
  const m = messages.value
  if (!ahead || ahead.plan_dong <= 0) return <span class="muted">{common.value.none}</span>
  const { p10_dong: low, p50_dong: middle, p90_dong: high } = ahead.found ?? {}
  if (low === undefined || middle === undefined || high === undefined) return <span class="muted small">{m.noHistory}</span>
  const [a, b, c] = [low, middle, high].map((each) => percent(each / ahead.plan_dong, 0)) as [string, string, string]
  const at = (dong: number) => Math.min(100, Math.max(0, (100 * dong) / ahead.plan_dong))
  return (
    <span class="two-lines" title={m.forecastRange(a, b, c)}>
      <span class="num nowrap">{m.forecastWords(a, b, c)}</span>
      <svg class="range" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
        <path class="range-line" d="M0 4h100" />
        <rect class="range-band" x={at(low)} y="1" width={Math.max(1, at(high) - at(low))} height="6" />
        <rect class="range-mid" x={Math.max(0, at(middle) - 0.8)} y="0" width="1.6" height="8" />
        <path class="range-goal" d={`M${at(ahead.goal_dong)} 0v8`} />
      </svg>
    </span>
  )
}

function Asks({ row, asks, ahead }: { row: Row; asks: readonly AskKind[]; ahead: Foresight | undefined }) {
  const m = messages.value
  const plan = ahead?.plan_dong ?? 0
  const words: Record<AskKind, () => string> = {
    contract: () => m.contractLate(row.overdue_contracts, number(row.contract_days ?? 0)),
    milestone: () => m.milestoneLate(row.late_milestones, number(row.milestone_days ?? 0)),
    forecast: () => m.forecastLow(percent((ahead?.found?.p50_dong ?? 0) / plan, 0), percent((ahead?.goal_dong ?? 0) / plan, 0)),
    bottleneck: () => m.bottlenecks(row.bottlenecks),
  }
  return (
    <span class="asks">
      {asks.map((kind) => (
        <span key={kind} class="ask">
          {kind === 'contract' && <Mark shape="square" sign="!" tone="p1" />}
          {kind === 'milestone' && <Mark shape="triangle" sign="!" tone="p2" />}
          {kind === 'forecast' && <Mark shape="circle" sign="↓" tone="p3" />}
          {kind === 'bottleneck' && <Mark shape="none" sign="·" tone="quiet" />}
          <span class="small">{words[kind]()}</span>
        </span>
      ))}
      {row.milestones > 0 && <span class="muted small num">{m.milestonesMet(row.milestones_met, row.milestones)}</span>}
      {asks.length === 0 && row.milestones === 0 && <span class="muted">{common.value.none}</span>}
    </span>
  )
}
