// The past error of each method by period: the chart, and the table that says the same and more.
import { Empty } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { number, percent } from '../../format/number'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { figures as messages } from '../../messages/programme-figures'
import { Lines } from './analysis-lines'
import type { Backtest, MethodScores, Score } from './analysis-types'

interface Row extends Score {
  method: MethodScores
}

export function Past({ data }: { data: Backtest }) {
  const m = messages.value.forecast
  const rows = data.methods.flatMap((method) => method.rows.map((score) => ({ ...score, method })))
  const told = rows.filter(({ error_points }) => error_points !== null)
  const periods = [...new Set(rows.map(({ period }) => period))].sort((a, b) => a - b)
  return (
    <section class="block-section" aria-label={m.past}>
      <h2>{m.past}</h2>
      {told.length === 0 ? (
        <Empty title={m.noHistory} text={m.noError} />
      ) : (
        <>
          <p class="muted">
            {m.pastText} {data.past.judged.length > 0 && m.simulatedYears(data.past.judged.join(', '))}
          </p>
          <Chart data={data} told={told} />
          <Table label={m.past} columns={columns(periods)} rows={data.methods} rowKey={({ method }) => method} rowClass={({ method }) => (method === data.best ? 'row-chosen' : '')} />
          <p class="muted small">{m.coverageGoal}</p>
        </>
      )}
    </section>
  )
}

function Chart({ data, told }: { data: Backtest; told: readonly Row[] }) {
  const m = messages.value.forecast
  const periods = [...new Set(told.map(({ period }) => period))].sort((a, b) => a - b)
  const most = Math.ceil(Math.max(...told.map(({ error_points }) => error_points ?? 0)) / 10) * 10 || 10
  const lines = data.methods.map((method) => ({
    key: method.method,
    label: named(method.vi, method.en),
    values: periods.map((period) => method.rows.find((row) => row.period === period)?.error_points ?? null),
    strong: method.method === data.best,
  }))
  return (
    <div class="lines-frame table-frame">
      <Lines
        label={m.past}
        axis={periods.map((period) => `${m.period} ${period}`)}
        lines={lines}
        said={(value) => number(value, 0)}
        most={most}
      />
      <p class="muted small">{m.errorPoints}</p>
    </div>
  )
}

/** A row for each method, a column for each period: how far it missed, how often the end lay within its range. */
function columns(periods: readonly number[]): Column<MethodScores>[] {
  const m = messages.value.forecast
  return [
    {
      key: 'method',
      head: m.method,
      title: true,
      cell: (row) => (
        <span class="two-lines">
          <span class="strong">{named(row.vi, row.en)}</span>
          <span class="muted small">{row.reason ? named(row.reason_vi, row.reason_en) : m.held(number(Math.max(0, ...row.rows.map(({ count }) => count))))}</span>
        </span>
      ),
    },
    ...periods.map((period) => ({
      key: String(period),
      head: `${m.period} ${period}`,
      numeric: true,
      cell: (row: MethodScores) => <ScoreCell score={row.rows.find((each) => each.period === period)} />,
    })),
  ]
}

function ScoreCell({ score }: { score: Score | undefined }) {
  const m = messages.value.forecast
  if (score?.error_points == null) return <span class="muted">{common.value.none}</span>
  return (
    <span class="two-lines">
      <span class="num strong">{m.points(number(score.error_points, 1))}</span>
      {score.coverage !== null && <span class="muted small num">{m.within(percent(score.coverage, 0))}</span>}
      {score.rank_correlation !== null && <span class="muted small num">{m.ranked(number(score.rank_correlation, 2))}</span>}
    </span>
  )
}
