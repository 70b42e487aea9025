// The programme board: what asks for attention first, each share with what it is a share of, a total that reconciles.
import { useEffect, useMemo, useState } from 'preact/hooks'
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import { Button } from '../../design/controls'
import { Empty, Loading, ProblemBox, Simulated } from '../../design/notice'
import { Table, useListKeys } from '../../design/table'
import { number } from '../../format/number'
import { date } from '../../format/time'
import { useKeys } from '../../keys'
import { named } from '../../messages/catalogue'
import { figures } from '../../messages/programme-figures'
import { programme as messages } from '../../messages/programme'
import { go, param } from '../../router'
import { addedReasons, asksOf, foresights, passes, redFirst } from './asks'
import { boardColumns, type Beside } from './board-columns'
import { BoardHead } from './board-head'
import './board.css'
import { basis, BoardFilters, filtersNow } from './filters'
import { lazily } from './lazily'
import { usePrograms, useTold } from './parts'
import { asked, isUnderWay, year } from './scope'
import { Totals } from './totals'
import type { Board, Forecast, Program } from './types'
import type { FlagList, RiskList } from './analysis-types'

const STEP = 150
const LIST_MAX = 500
/** Columns that make room for the map. */
const BESIDE_MAP: ReadonlySet<string> = new Set(['owner', 'plan'])
const side = param('side')
const BoardMap = lazily(() => import('./board-map'))

export default function ProgrammeBoard() {
  const m = messages.value
  const programs = usePrograms()
  const { chosen, year: planYear } = asked(programs.data?.items)
  const { of, source } = basis()
  const key = chosen ? `${chosen.id} ${planYear}` : null
  const board = useResource(key && `${key} ${of} ${source}`, (signal) =>
    get<Board>(`/api/v1/programme/programs/${chosen?.id}/board`, { year: planYear, of, source }, signal),
  )
  const underWay = isUnderWay(planYear)
  const forecast = useResource(key && underWay ? key : null, (signal) =>
    get<Forecast>('/api/v1/programme/forecast', { year: planYear, program: chosen?.id }, signal),
  )
  useTold(board.reload)
  // A programme without a plan of this year opens at the latest year that has one.
  const latest = board.data && !year.value && !board.data.years.includes(planYear) ? board.data.years[0] : undefined
  useEffect(() => {
    if (latest !== undefined) go('', { year: String(latest) }, { replace: true })
  }, [latest])
  return (
    <div class="page">
      <header class="page-head">
        <div>
          <h1>{chosen ? chosen.name : m.title}</h1>
          <p>
            {m.question} {chosen?.simulated && <Simulated short />}
          </p>
        </div>
        {board.data && <MapButton />}
      </header>
      {programs.problem && <ProblemBox problem={programs.problem} onRetry={programs.reload} />}
      {programs.data?.items.length === 0 && <Empty title={m.noPrograms} text={m.noProgramsText} />}
      {board.problem && <ProblemBox problem={board.problem} onRetry={board.reload} />}
      {forecast.problem && <ProblemBox problem={forecast.problem} onRetry={forecast.reload} />}
      {board.data ? (
        <Shown board={board.data} forecast={forecast.data} programs={programs.data?.items ?? []} underWay={underWay} />
      ) : (
        (board.loading || programs.loading) && <Loading />
      )}
    </div>
  )
}

function MapButton() {
  const shown = side.value === 'map'
  return (
    <Button icon="map" pressed={shown} onClick={toggleMap}>
      {figures.value.map.show}
    </Button>
  )
}

function toggleMap(): void {
  go('', { side: side.peek() === 'map' ? null : 'map' }, { replace: true })
}

interface ShownProps {
  board: Board
  forecast: Forecast | undefined
  programs: readonly Program[]
  underWay: boolean
}

/** What stands beside each project without being waited for: flags, why it will be late. */
function useBeside(board: Board, underWay: boolean): Pick<Beside, 'flags' | 'reasons'> & { flagged: number | null } {
  const where = `/api/v1/programme/programs/${board.program.id}`
  const key = `${board.program.id} ${board.year}`
  const flags = useResource(`flags ${key}`, (signal) => get<FlagList>(`${where}/flags`, { year: board.year }, signal))
  const risks = useResource(underWay ? `risks ${key}` : null, (signal) => get<RiskList>(`${where}/risks`, { year: board.year, limit: LIST_MAX }, signal))
  return useMemo(() => {
    const counted = new Map<number, number>()
    for (const { project } of flags.data?.items ?? []) if (project) counted.set(project.id, (counted.get(project.id) ?? 0) + 1)
    const reasons = new Map((risks.data?.items ?? []).map((each) => [each.project.id, addedReasons(each.reasons)[0]]))
    return { flags: counted, reasons, flagged: flags.data ? flags.data.items.length : null }
  }, [flags.data, risks.data])
}

function Shown({ board, forecast, programs, underWay }: ShownProps) {
  const m = messages.value
  const filters = filtersNow()
  const { of } = basis()
  const [cursor, setCursor] = useState<string | null>(null)
  const [limit, setLimit] = useState(STEP)
  const sources = useResource('sources', (signal) => get<{ items: { id: number; name: string }[] }>('/api/v1/programme/fund-sources', {}, signal))
  const beside = useBeside(board, underWay)
  const ahead = useMemo(() => foresights(forecast), [forecast])
  const asks = useMemo(() => new Map(board.items.map((row) => [row.id, asksOf(row, ahead.get(row.id))])), [board, ahead])
  const sorted = useMemo(() => redFirst(board.items, asks), [board, asks])
  const rows = sorted.filter((row) => passes(row, asks.get(row.id) ?? [], filters))
  const seen = rows.slice(0, limit)
  const open = (id: string) => go(`/programme/projects/${id}`)
  useListKeys(seen.map((row) => String(row.id)), cursor, setCursor, m)
  useKeys([
    { press: 'Enter', shown: 'Enter', label: () => messages.value.open, run: () => cursor && open(cursor) },
    { press: 'KeyM', shown: 'M', label: () => figures.value.map.show, run: toggleMap },
  ])
  const showMap = side.value === 'map'
  const columns = boardColumns({ ...beside, asks, ahead, foreseen: forecast !== undefined, of }).filter(({ key }) => !showMap || !BESIDE_MAP.has(key))
  return (
    <>
      <BoardFilters board={board} programs={programs} sources={sources.data?.items ?? []} asks={asks} />
      {!board.whole && <p class="muted">{m.part}</p>}
      <BoardHead
        board={board}
        rows={rows}
        of={of}
        asking={rows.filter((row) => (asks.get(row.id) ?? []).length > 0).length}
        flags={beside.flagged}
        forecast={forecast}
      />
      <Totals board={board} rows={rows} />
      <div class={showMap ? 'with-map' : ''}>
        {showMap && <BoardMap rows={rows} asks={asks} selected={cursor} onOpen={open} />}
        <div class="board-list-part">
          <Table
            label={m.tabs.board}
            columns={columns}
            rows={seen}
            rowKey={(row) => String(row.id)}
            selected={cursor}
            onOpen={(row) => open(String(row.id))}
            empty={board.items.length ? <Empty title={m.emptyFiltered} /> : <Empty title={m.empty} text={m.emptyText} />}
          />
          {rows.length > limit && <Button onClick={() => setLimit(limit + STEP)}>{m.more(rows.length - limit)}</Button>}
        </div>
      </div>
      <Method forecast={forecast} underWay={underWay} />
    </>
  )
}

/** By which method the year's end is foreseen, and how far it has erred. */
function Method({ forecast, underWay }: { forecast: Forecast | undefined; underWay: boolean }) {
  const m = messages.value
  if (!forecast) return underWay ? null : <p class="muted small">{m.noForecast}</p>
  const method = forecast.methods.find((each) => each.method === forecast.method)
  if (!method) return <p class="muted small">{m.noMethod}</p>
  return (
    <p class="muted small">
      {m.method(named(method.vi, method.en), date(`${forecast.year + 1}-01-31`))} {m.band}{' '}
      {method.error_points !== null && m.pastError(number(method.error_points, 1), method.comparable)} {figures.value.bar.legend}
    </p>
  )
}
