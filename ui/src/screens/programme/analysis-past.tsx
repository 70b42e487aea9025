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
          <Table label={m.past} columns={columns()} rows={rows} rowKey={(row) => `${row.method.method} ${row.period}`} />
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
    <div class="lines-frame">
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

function columns(): Column<Row>[] {
  const m = messages.value.forecast
  const or = (value: number | null, said: (value: number) => string) =>
    value === null ? <span class="muted">{common.value.none}</span> : <span class="num">{said(value)}</span>
  return [
    { key: 'method', head: m.method, title: true, cell: (row) => named(row.method.vi, row.method.en) },
    { key: 'period', head: m.period, numeric: true, cell: (row) => <span class="num">{row.period}</span> },
    { key: 'error', head: m.errorPoints, numeric: true, cell: (row) => or(row.error_points, (value) => number(value, 1)) },
    { key: 'coverage', head: m.coverageHead, numeric: true, cell: (row) => or(row.coverage, (value) => percent(value, 0)) },
    { key: 'rank', head: m.rankHead, numeric: true, cell: (row) => or(row.rank_correlation, (value) => number(value, 2)) },
    { key: 'count', head: m.countHead, numeric: true, wide: true, cell: (row) => <span class="num">{number(row.count)}</span> },
    { key: 'silent', head: m.silentHead, numeric: true, wide: true, cell: (row) => <span class="num">{number(row.silent)}</span> },
  ]
}
