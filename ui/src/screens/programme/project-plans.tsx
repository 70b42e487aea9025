// Plans by kind and source, initial beside current, as of any day and as known on any day; and year by year.
import { useResource } from '../../api/resource'
import { get } from '../../api/client'
import { Button, Field } from '../../design/controls'
import { Empty } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { bigDong } from '../../format/money'
import { percent } from '../../format/number'
import { date, dateTime } from '../../format/time'
import { common } from '../../messages/common'
import { programme } from '../../messages/programme'
import { project as messages } from '../../messages/project'
import { go, param } from '../../router'
import { Sum } from './parts'
import type { Clocks, PlanLine, YearLine } from './project-ledger'
import type { PlanEntry } from './project-types'

const validOn = param('valid')
const knownOn = param('known')
const DAY = /^\d{4}-\d\d-\d\d$/

/** The two days of the address, or today. */
export function clocksNow(today: string): Clocks {
  const day = (text: string) => (DAY.test(text) ? text : today)
  return { validOn: day(validOn.value), knownOn: day(knownOn.value) }
}

export function useSources(): ReadonlyMap<number, string> {
  const sources = useResource('sources', (signal) => get<{ items: { id: number; name: string }[] }>('/api/v1/programme/fund-sources', {}, signal))
  return new Map((sources.data?.items ?? []).map((each) => [each.id, each.name]))
}

interface PlansProps {
  rows: readonly PlanEntry[]
  lines: readonly PlanLine[]
  year: number
  today: string
}

export function Plans({ rows, lines, year, today }: PlansProps) {
  const m = messages.value.money
  const names = useSources()
  const clocks = clocksNow(today)
  const isPast = clocks.validOn !== today || clocks.knownOn !== today
  const [own, others] = [lines.filter((line) => isOf(line, year)), lines.filter((line) => !isOf(line, year))]
  const set = (name: 'valid' | 'known') => (day: string) => go('', { [name]: day === today ? null : day }, { replace: true })
  return (
    <section class={`block-section${isPast ? ' of-the-past' : ''}`} aria-label={m.plans}>
      <div class="section-head">
        <h2>{m.plans}</h2>
      </div>
      <div class="clocks">
        <Field label={m.validOn} type="date" value={clocks.validOn} onInput={set('valid')} />
        <Field label={m.knownOn} type="date" value={clocks.knownOn} onInput={set('known')} />
        {isPast ? <Button onClick={() => go('', { valid: null, known: null }, { replace: true })}>{m.today}</Button> : null}
        <p class="muted small">{isPast ? m.past(date(clocks.validOn), date(clocks.knownOn)) : m.clocks}</p>
      </div>
      <Table label={m.plans} columns={lineColumns(names)} rows={own} rowKey={(line) => line.key} empty={<Empty title={m.noPlans} />} />
      {others.length > 0 && (
        <details class="fold">
          <summary>{m.otherYears(others.length)}</summary>
          <Table label={m.otherYears(others.length)} columns={lineColumns(names)} rows={others} rowKey={(line) => line.key} />
        </details>
      )}
      {rows.length > 0 && (
        <details class="fold">
          <summary>{m.history(rows.length)}</summary>
          <Table label={m.history(rows.length)} columns={entryColumns(names)} rows={rows} rowKey={(row) => String(row.id)} />
        </details>
      )}
    </section>
  )
}

function isOf(line: PlanLine, year: number): boolean {
  return line.year <= year && year <= line.yearTo
}

function kindOf(kind: PlanLine['kind'], year: number, yearTo: number): string {
  return `${programme.value.planKinds[kind]} ${year === yearTo ? year : `${year}–${yearTo}`}`
}

function lineColumns(names: ReadonlyMap<number, string>): Column<PlanLine>[] {
  const m = messages.value.money
  const amount = (row: PlanEntry | undefined) =>
    row ? (
      <span class="two-lines">
        <Sum dong={row.amount_dong} />
        <span class="muted small num">{programme.value.byDecision(row.doc_number, date(row.valid_from))}</span>
      </span>
    ) : (
      <span class="muted">{m.ended}</span>
    )
  return [
    { key: 'kind', head: m.kind, title: true, cell: (line) => <span class="strong">{kindOf(line.kind, line.year, line.yearTo)}</span> },
    { key: 'source', head: m.source, cell: (line) => names.get(line.source) ?? common.value.none },
    { key: 'initial', head: m.initial, numeric: true, cell: (line) => amount(line.initial) },
    { key: 'current', head: m.current, numeric: true, cell: (line) => (line.current?.id === line.initial.id ? <Same /> : amount(line.current)) },
    { key: 'change', head: m.change, numeric: true, wide: true, cell: (line) => <Change line={line} /> },
  ]
}

function Same() {
  return <span class="muted">{programme.value.same}</span>
}

function Change({ line }: { line: PlanLine }) {
  const by = (line.current?.amount_dong ?? 0) - line.initial.amount_dong
  if (by === 0) return <span class="muted">{common.value.none}</span>
  return <span class="num nowrap">{`${by > 0 ? '+' : '−'}${bigDong(Math.abs(by))}`}</span>
}

function entryColumns(names: ReadonlyMap<number, string>): Column<PlanEntry>[] {
  const m = messages.value.money
  return [
    { key: 'kind', head: m.kind, title: true, cell: (row) => <span class={row.superseded_at ? 'muted' : 'strong'}>{kindOf(row.plan_kind, row.plan_year, row.plan_year_to)}</span> },
    { key: 'source', head: m.source, wide: true, cell: (row) => names.get(row.fund_source_id) ?? common.value.none },
    { key: 'amount', head: m.amount, numeric: true, cell: (row) => <Sum dong={row.amount_dong} exact /> },
    { key: 'valid', head: m.valid, cell: (row) => <span class="num">{row.valid_to ? m.until(date(row.valid_from), date(row.valid_to)) : m.from(date(row.valid_from))}</span> },
    { key: 'decision', head: m.decision, cell: (row) => <span class="num">{row.signed_on ? programme.value.byDecision(row.doc_number, date(row.signed_on)) : row.doc_number}</span> },
    { key: 'recorded', head: m.recorded, cell: (row) => <span class="num">{dateTime(row.recorded_at)}</span> },
    { key: 'superseded', head: m.superseded, cell: (row) => (row.superseded_at ? <span class="num">{dateTime(row.superseded_at)}</span> : <span class="muted">{common.value.none}</span>) },
  ]
}

export function Years({ lines }: { lines: readonly YearLine[] }) {
  const m = messages.value.money
  if (lines.length === 0) return null
  const columns: Column<YearLine>[] = [
    { key: 'year', head: m.year, title: true, cell: (line) => <span class="num strong">{String(line.year)}</span> },
    { key: 'initial', head: m.planInitial, numeric: true, cell: (line) => <Sum dong={line.initial} /> },
    { key: 'current', head: m.planNow, numeric: true, cell: (line) => <Sum dong={line.current} /> },
    { key: 'paid', head: m.paid, numeric: true, cell: (line) => <Sum dong={line.paid} /> },
    { key: 'share', head: m.share, numeric: true, cell: (line) => (line.current ? <span class="num strong">{percent(line.paid / line.current)}</span> : <span class="muted">{common.value.none}</span>) },
    { key: 'left', head: m.left, numeric: true, wide: true, cell: (line) => <Sum dong={line.left} /> },
    { key: 'carried', head: m.carried, numeric: true, cell: (line) => <Sum dong={line.carried} /> },
    {
      key: 'lapsed',
      head: m.lapsed,
      numeric: true,
      cell: (line) => (line.lapsed !== null ? <Sum dong={line.lapsed} /> : <span class="muted small">{!line.isOver && (line.left ?? 0) > 0 ? m.lapsing : common.value.none}</span>),
    },
  ]
  return (
    <section class="block-section dense" aria-label={m.years}>
      <h2>{m.years}</h2>
      <Table label={m.years} columns={columns} rows={lines} rowKey={(line) => String(line.year)} />
      <p class="muted small">{m.yearsNote}</p>
    </section>
  )
}
