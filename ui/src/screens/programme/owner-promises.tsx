// What an owner promised to pay and what it paid, month by month: bars, and the table that says the same.
import { second } from '../../api/time'
import { Mark } from '../../design/mark'
import { Table, type Column } from '../../design/table'
import { bigDong } from '../../format/money'
import { number } from '../../format/number'
import { asField } from '../../format/time'
import { parties as messages } from '../../messages/programme-parties'
import type { Promise13, Promised } from './owner-types'
import { Sum } from './parts'

const PERIODS = 13
const WIDTH = 780
const HEIGHT = 160
const FOOT = 20
const STEP = WIDTH / PERIODS
const BAR = STEP * 0.5

/** `11/2026`; period 13 is January of the next year. */
export function monthOf(period: number, year: number): string {
  return period === PERIODS ? `01/${year + 1}` : `${String(period).padStart(2, '0')}/${year}`
}

/** Whether a period has not begun: what was not paid then is not zero, it is to come. */
function isAhead(period: number, year: number): boolean {
  const [now, month] = asField(second.value).split('-').map(Number) as [number, number]
  return (year - now) * 12 + period > month
}

export function Promises({ promises, year }: { promises: Promised; year: number }) {
  const m = messages.value.owner
  if (!promises.rows.some(({ promised_dong }) => promised_dong !== null)) return <p class="muted">{m.noPromises}</p>
  return (
    <>
      {promises.promised_dong !== null && promises.paid_dong !== null && <p>{m.promisesText(bigDong(promises.paid_dong), bigDong(promises.promised_dong))}</p>}
      <div class="lines-frame table-frame">
        <Bars rows={promises.rows} />
        <p class="muted small">{m.legend}</p>
      </div>
      <Table label={m.promises} columns={columns(year)} rows={promises.rows} rowKey={(row) => String(row.period)} />
    </>
  )
}

function Bars({ rows }: { rows: readonly Promise13[] }) {
  const m = messages.value.owner
  const most = Math.max(1, ...rows.flatMap((row) => [row.promised_dong ?? 0, row.paid_dong]))
  const high = (dong: number) => ((HEIGHT - FOOT - 16) * Math.max(0, dong)) / most
  return (
    <svg class="kept-bars" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={m.promises}>
      {rows.map((row) => {
        const x = (row.period - 1) * STEP + (STEP - BAR) / 2
        const base = HEIGHT - FOOT
        const short = row.kept === false
        return (
          <g key={row.period}>
            <rect class={short ? 'kept-short' : 'kept-paid'} x={x + 5} y={base - high(row.paid_dong)} width={BAR - 10} height={high(row.paid_dong)} />
            {row.promised_dong !== null && (
              <rect class="kept-promised" x={x} y={base - high(row.promised_dong)} width={BAR} height={high(row.promised_dong)} />
            )}
            {short && (
              <text class="lines-name strong" x={x + BAR / 2} y={base - high(Math.max(row.promised_dong ?? 0, row.paid_dong)) - 4} text-anchor="middle">
                !
              </text>
            )}
            <text class="lines-word num" x={x + BAR / 2} y={HEIGHT - 5} text-anchor="middle">
              {row.period === PERIODS ? 'T1' : `T${row.period}`}
            </text>
          </g>
        )
      })}
    </svg>
  )
}

function columns(year: number): Column<Promise13>[] {
  const m = messages.value.owner
  return [
    { key: 'month', head: m.month, title: true, cell: (row) => <span class="num">{monthOf(row.period, year)}</span> },
    { key: 'promised', head: m.promised, numeric: true, cell: (row) => <Sum dong={row.promised_dong} /> },
    { key: 'paid', head: m.actual, numeric: true, cell: (row) => <Sum dong={isAhead(row.period, year) ? null : row.paid_dong} /> },
    { key: 'projects', head: messages.value.project, numeric: true, wide: true, cell: (row) => <span class="num">{number(row.projects)}</span> },
    { key: 'kept', head: m.verdict, cell: (row) => <Verdict row={row} year={year} /> },
  ]
}

function Verdict({ row, year }: { row: Promise13; year: number }) {
  const m = messages.value.owner
  if (row.kept === true) {
    return (
      <span class="ask muted">
        <Mark shape="none" sign="✓" tone="quiet" /> {m.yes}
      </span>
    )
  }
  if (row.kept === false) {
    return (
      <span class="ask">
        <Mark shape="circle" sign="!" tone="p3" /> {m.no(bigDong((row.promised_dong ?? 0) - row.paid_dong))}
      </span>
    )
  }
  return <span class="muted">{row.promised_dong === null ? m.notPromised : isAhead(row.period, year) ? m.toCome : m.runs}</span>
}
