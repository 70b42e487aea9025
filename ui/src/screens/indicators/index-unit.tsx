// One unit of a table: each component against the best and the median, what it adds to the gap, what would move the place.
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import { Button } from '../../design/controls'
import { Loading, ProblemBox } from '../../design/notice'
import { Mark } from '../../design/mark'
import { Table, type Column } from '../../design/table'
import { number } from '../../format/number'
import { useKeys } from '../../keys'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { indices as messages } from '../../messages/indices'
import { go, href } from '../../router'
import { difference, score } from './index-parts'
import type { Analysis, OpenedTable, Raise, Rank, Standing, Trend } from './index-types'

const STEPS_SHOWN = 8

export function Unit({ table, unit }: { table: OpenedTable; unit: Rank }) {
  const analysis = useResource(`${table.id} ${unit.key}`, (signal) =>
    get<Analysis>(`/api/v1/indices/tables/${table.id}/analysis`, { unit: unit.key }, signal),
  )
  const trend = useResource(`${table.index_code} ${unit.key}`, (signal) =>
    get<Trend>('/api/v1/indices/trend', { index: table.index_code, unit: unit.key }, signal),
  )
  const { data } = analysis
  const back = () => go('', { unit: null })
  useKeys([{ press: 'Escape', shown: 'Esc', label: () => common.value.back, run: back }])
  return (
    <div class="page">
      <header class="page-head">
        <div>
          <h1>{unit.name}</h1>
          <p>
            <a class="plain-link" href={href('', { unit: null })}>
              {table.title} <span class="num">{table.year}</span>
            </a>
          </p>
        </div>
        <Button icon="back" onClick={back}>
          {messages.value.ranks.table} (Esc)
        </Button>
      </header>
      {analysis.problem && <ProblemBox problem={analysis.problem} onRetry={analysis.reload} />}
      {!data && analysis.loading && <Loading />}
      {data && <Standings data={data} unit={unit} />}
      <div class="index-columns">
        {data && <Profile data={data} />}
        {data && <WhatIf data={data} />}
      </div>
      {trend.data && trend.data.points.length > 1 && <Years trend={trend.data} />}
    </div>
  )
}

function Standings({ data, unit }: { data: Analysis; unit: Rank }) {
  const m = messages.value.unit
  const toBest = data.gaps?.find(({ to }) => to === 'best')
  const weakest = data.components.find(({ code }) => code === data.weakest)
  const behind = data.total === null || data.median === null ? null : data.total - data.median
  return (
    <div class="index-standing">
      <p class="strong">
        <span class="num index-total">{score(data.total)}</span> · {data.place === null ? m.noPlace : m.standing(data.place, data.units)}
        {unit.quarter && ` · ${messages.value.ranks.quarter[unit.quarter]}`}
      </p>
      {data.total === null && <p class="muted">{m.notRated}</p>}
      {data.best && toBest && toBest.gap > 0 && <p>{m.toBest(score(toBest.gap), data.best.name)}</p>}
      {behind !== null && <p class="muted">{m.toMedian(difference(behind))}</p>}
      {weakest && toBest && toBest.gap > 0 && <p>{m.weakest(named(weakest.vi, weakest.en))}</p>}
      {data.rounding && <p class="muted small">{m.rounding(data.rounding.best_place, data.rounding.worst_place)}</p>}
    </div>
  )
}

function Profile({ data }: { data: Analysis }) {
  const m = messages.value.unit
  const adds = new Map(data.gaps?.find(({ to }) => to === 'best')?.components.map((each) => [each.code, each.adds]))
  if (data.components.length === 0) return null
  const columns: Column<Standing>[] = [
    { key: 'component', head: m.component, title: true, cell: (row) => named(row.vi, row.en) },
    {
      key: 'own',
      head: m.own,
      numeric: true,
      cell: (row) => (
        <span class="two-lines">
          <span class="num strong">{score(row.value)}</span>
          <Bar row={row} />
        </span>
      ),
    },
    {
      key: 'best',
      head: m.best,
      numeric: true,
      cell: (row) => (
        <span class="two-lines" title={row.best_units.map(({ name }) => name).join(', ')}>
          <span class="num">{score(row.best)}</span>
          <span class="muted small">{row.best_units[0]?.name}</span>
        </span>
      ),
    },
    { key: 'median', head: m.median, numeric: true, cell: (row) => <span class="num">{score(row.median)}</span> },
    { key: 'place', head: m.place, numeric: true, cell: (row) => <span class="num">{row.place ?? common.value.none}</span> },
    ...(adds.size > 0
      ? [{ key: 'adds', head: m.adds, numeric: true, cell: (row: Standing) => <span class="num">{difference(adds.get(row.code) ?? 0)}</span> }]
      : []),
  ]
  const rows = [...data.components].sort((a, b) => (adds.get(b.code) ?? 0) - (adds.get(a.code) ?? 0))
  return (
    <section class="index-section">
      <h3>{m.profile}</h3>
      <Table label={m.profile} columns={columns} rows={rows} rowKey={(row) => row.code} />
      {adds.size > 0 && <p class="muted small">{m.addsHint}</p>}
    </section>
  )
}

/** The score as a bar up to the best, with a stroke at the median. */
function Bar({ row }: { row: Standing }) {
  if (row.value === null || row.best <= 0) return null
  const at = (value: number) => Math.max(0, Math.min(100, (100 * value) / row.best))
  return (
    <svg class="index-bar" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">
      <rect class="index-bar-track" y="4" width="100" height="4" />
      <rect class="index-bar-own" y="4" width={at(row.value)} height="4" />
      <line class="index-bar-mark" x1={at(row.median)} x2={at(row.median)} y1="1" y2="11" />
    </svg>
  )
}

function WhatIf({ data }: { data: Analysis }) {
  const m = messages.value.unit
  const found = data.what_if
  if (!found) return null
  const names = new Map(data.components.map((each) => [each.code, named(each.vi, each.en)]))
  if (found.steps.length === 0) return <p class="muted">{m.first}</p>
  return (
    <section class="index-section">
      <h3>{m.whatIf}</h3>
      <p class="muted small">{m.whatIfHint}</p>
      <Table label={m.whatIf} columns={raises(names)} rows={found.steps.slice(0, STEPS_SHOWN)} rowKey={keyOf} />
      {found.pairs.length > 0 && (
        <>
          <h4>{m.pairs}</h4>
          <Table label={m.pairs} columns={raises(names)} rows={found.pairs.slice(0, STEPS_SHOWN)} rowKey={keyOf} />
        </>
      )}
      {found.needed && (
        <>
          <p>{m.needed(found.needed.place, number(found.needed.lacking, 2))}</p>
          <ul class="index-faults">
            {found.needed.components.map((each) => (
              <li key={each.code}>
                {names.get(each.code)}: <span class="num">{score(each.from)}</span> →{' '}
                {each.possible ? <span class="num strong">{score(each.value)}</span> : <span class="muted">{m.impossible}</span>}
                {each.possible && !each.reached_by_others && <span class="muted"> ({m.beyond})</span>}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

function keyOf(row: Raise): string {
  return row.components.map(({ code, to }) => `${code}:${to}`).join(' ')
}

function raises(names: ReadonlyMap<string, string>): Column<Raise>[] {
  const m = messages.value.unit
  return [
    {
      key: 'what',
      head: m.raise,
      title: true,
      cell: (row) => (
        <span class="two-lines">
          {row.components.map((each) => (
            <span key={each.code}>
              {names.get(each.code)}: <span class="num">{score(each.from)}</span> → <span class="num strong">{score(each.value)}</span>{' '}
              <span class="muted small">({m.levels[each.to]})</span>
              {each.quick && <Mark shape="none" sign="✓" tone="quiet" label={m.quick} />}
            </span>
          ))}
        </span>
      ),
    },
    { key: 'gain', head: m.gain, numeric: true, cell: (row) => <span class="num">{difference(row.gain)}</span> },
    {
      key: 'place',
      head: m.newPlace,
      numeric: true,
      cell: (row) => (
        <span class="two-lines">
          <span class="num index-up">{row.place}</span>
          <span class="muted small">{m.up(row.places)}</span>
        </span>
      ),
    },
  ]
}

function Years({ trend }: { trend: Trend }) {
  const m = messages.value
  const changeTo = new Map(trend.changes.map((each) => [each.to, each]))
  return (
    <section class="index-section">
      <h3>{m.unit.trend}</h3>
      <Table
        label={m.unit.trend}
        columns={[
          { key: 'year', head: m.list.year, title: true, cell: (row) => <span class="num">{row.year}</span> },
          { key: 'total', head: m.unit.total, numeric: true, cell: (row) => <span class="num">{score(row.total)}</span> },
          {
            key: 'change',
            head: m.ranks.difference,
            numeric: true,
            cell: (row) => {
              const change = changeTo.get(row.year)
              if (!change) return common.value.none
              return change.break ? <span class="muted small">{named(change.break_vi, change.break_en)}</span> : <span class="num">{difference(change.change)}</span>
            },
          },
          { key: 'place', head: m.unit.place, numeric: true, cell: (row) => <span class="num">{row.place ?? common.value.none}</span> },
        ]}
        rows={trend.points}
        rowKey={(row) => String(row.year)}
      />
    </section>
  )
}
