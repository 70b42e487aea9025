// Pieces of a table of an index: what it comes to, what is wrong in it, the units in their order.
import { Mark } from '../../design/mark'
import { Table, type Column } from '../../design/table'
import { number } from '../../format/number'
import { date } from '../../format/time'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { indices as messages } from '../../messages/indices'
import type { Fault, Rank, Report } from './index-types'

const FAULTS_SHOWN = 20

/** A score: two decimals as they are published, more only where a difference needs them. */
export function score(value: number | null, decimals = 2): string {
  return value === null ? common.value.none : number(value, decimals)
}

/** A difference with its sign, in as many places as it takes to see it. */
export function difference(value: number | null): string {
  if (value === null) return common.value.none
  const sign = value > 0 ? '+' : value < 0 ? '−' : ''
  return `${sign}${number(Math.abs(value), Math.abs(value) >= 0.005 || value === 0 ? 2 : 4)}`
}

export function Summary({ report }: { report: Report }) {
  const m = messages.value.summary
  const { summary, tolerance, basis } = report
  const matches = basis === 'computed' && summary.compared > 0 && summary.differing === 0
  return (
    <>
      {basis === 'published' ? (
        <p class="index-summary">
          <Mark shape="diamond" sign="!" tone="stale" /> {m.published}
        </p>
      ) : summary.compared > 0 ? (
        <p class="index-summary">
          {matches ? <Mark shape="none" sign="✓" tone="quiet" /> : <Mark shape="triangle" sign="!" tone="p2" />}
          {matches ? m.allMatch(summary.compared, number(tolerance)) : m.someDiffer(summary.differing, summary.compared)}
        </p>
      ) : null}
      <p class="index-facts muted small">
        <span class="mono">{report.method}</span>
        <span>{named(report.vi, report.en)}</span>
        <span class="num">
          {m.units}: {number(summary.units)} · {m.rated}: {number(summary.rated)} · {m.compared}: {number(summary.compared)}
        </span>
        {summary.largest_difference !== null && (
          <span class="num">
            {m.largest}: {number(summary.largest_difference, 4)} ({m.tolerance(number(tolerance))})
          </span>
        )}
        {report.units_on && <span>{m.unitsOn(date(report.units_on))}</span>}
        {report.notes.map((note) => (
          <span key={note.vi}>{named(note.vi, note.en)}</span>
        ))}
      </p>
    </>
  )
}

export function Faults({ faults }: { faults: readonly Fault[] }) {
  const m = messages.value.intake
  if (faults.length === 0) return null
  return (
    <div class="index-section">
      <p class="index-summary strong">
        <Mark shape="triangle" sign="!" tone="p2" /> {m.faults(faults.length)}
      </p>
      <ul class="index-faults">
        {faults.slice(0, FAULTS_SHOWN).map((fault) => (
          <li key={`${fault.row} ${fault.column} ${fault.vi}`}>
            <span class="strong">{m.faultAt(fault.row, fault.column)}</span>
            {fault.unit && ` (${fault.unit})`}: {named(fault.vi, fault.en)}
            {fault.value && <span class="mono"> {fault.value}</span>}
          </li>
        ))}
        {faults.length > FAULTS_SHOWN && <li>{m.more(faults.length - FAULTS_SHOWN)}</li>}
      </ul>
    </div>
  )
}

/** Units by place; those that are not rated come last, in the order of the file. */
export function ranked(rows: readonly Rank[]): Rank[] {
  return [...rows].sort((a, b) => (a.rank ?? Infinity) - (b.rank ?? Infinity))
}

interface RanksProps {
  report: Report
  onOpen?: (row: Rank) => void
}

export function Ranks({ report, onOpen }: RanksProps) {
  return (
    <div class="index-ranks">
      <Table
        label={messages.value.ranks.table}
        columns={columns(report)}
        rows={ranked(report.rows)}
        rowKey={(row) => row.key || String(row.unit)}
        {...(onOpen ? { onOpen } : {})}
      />
    </div>
  )
}

function columns(report: Report): Column<Rank>[] {
  const m = messages.value.ranks
  const isComputed = report.basis === 'computed'
  return [
    {
      key: 'place',
      head: m.place,
      numeric: true,
      cell: (row) => (
        <span class="two-lines">
          <span class="num strong">{row.rank ?? common.value.none}</span>
          {row.rank_published !== null && row.rank !== null && row.rank_published !== row.rank && (
            <span class="muted small">{m.placePublished(row.rank_published)}</span>
          )}
        </span>
      ),
    },
    {
      key: 'unit',
      head: m.unit,
      title: true,
      cell: (row) => (
        <span class="two-lines">
          <span>{row.name || row.unit}</span>
          {row.rank === null && (
            <span class="muted small">
              {row.missing.length > 0 ? m.missing(row.missing.join(', ')) : named(row.why_vi, row.why_en) || m.notRated}
            </span>
          )}
          {row.quarter && <span class="muted small">{m.quarter[row.quarter]}</span>}
        </span>
      ),
    },
    ...(isComputed ? [{ key: 'computed', head: m.computed, numeric: true, cell: (row: Rank) => <span class="num">{score(row.computed)}</span> }] : []),
    { key: 'published', head: m.published, numeric: true, cell: (row) => <span class="num">{score(row.published)}</span> },
    ...(isComputed
      ? [
          {
            key: 'difference',
            head: m.difference,
            numeric: true,
            wide: true,
            cell: (row: Rank) => (
              <span class="index-summary">
                {row.flagged && <Mark shape="triangle" sign="!" tone="p2" label={m.flagged} />}
                <span class={`num${row.flagged ? ' strong' : ' muted'}`}>{difference(row.difference)}</span>
              </span>
            ),
          },
        ]
      : []),
  ]
}
