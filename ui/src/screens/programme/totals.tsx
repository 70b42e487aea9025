// What the rows come to: shown, all, and what stands on lines without a project, held against the register's own total.
import { Mark } from '../../design/mark'
import { Table, type Column } from '../../design/table'
import { dong } from '../../format/money'
import { number, percent } from '../../format/number'
import { date } from '../../format/time'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { programme as messages } from '../../messages/programme'
import { gap, sums, type Sums } from './asks'
import { Sum } from './parts'
import type { Board, Ratio, Row } from './types'

interface TotalLine extends Sums {
  key: string
  name: string
  ratio?: Ratio | undefined
}

/** Open where something does not agree; else one line that says that it does, and the figures behind it. */
export function Totals({ board, rows }: { board: Board; rows: readonly Row[] }) {
  const m = messages.value
  const { money, elsewhere, items } = board
  const own = money.disbursed.total_dong - money.disbursed_carry_over.total_dong
  const lines: TotalLine[] = [{ key: 'projects', name: m.totals.projects(items.length), ...sums(items) }]
  if (rows.length !== items.length) lines.unshift({ key: 'shown', name: m.totals.shown(rows.length), ...sums(rows) })
  if (elsewhere.current_dong || elsewhere.initial_dong) {
    const amounts = { initial_dong: elsewhere.initial_dong ?? 0, current_dong: elsewhere.current_dong ?? 0, paid_dong: 0 }
    lines.push({ key: 'elsewhere', name: m.totals.elsewhere, ...amounts })
  }
  lines.push({
    key: 'total',
    name: board.whole ? m.totals.program : m.totals.seen,
    initial_dong: money.plan_dong['council_initial'] ?? 0,
    current_dong: money.plan_dong['annual'] ?? 0,
    paid_dong: own,
    ratio: money.ratios.find(({ denominator_kind }) => denominator_kind === 'annual'),
  })
  const off = gap(board)
  return (
    <section class="totals" aria-label={m.totals.label}>
      <details class="fold" open={off !== 0}>
        <summary class="totals-note small">
          {off === 0 ? <Mark shape="none" sign="✓" tone="quiet" /> : <Mark shape="triangle" sign="!" tone="p2" />}
          <span>
            {off === 0 ? m.totals.agrees : m.totals.differs(dong(off))}{' '}
            <span class="muted">{m.asOf(date(money.plan_as_of), date(money.cutoff))}</span>
          </span>
        </summary>
        <div class="totals-body">
          <Table label={m.totals.label} columns={columns()} rows={lines} rowKey={(line) => line.key} rowClass={(line) => (line.key === 'total' ? 'total-line' : '')} />
          {money.ratios.length > 1 && <Ratios list={money.ratios} />}
        </div>
      </details>
    </section>
  )
}

function columns(): Column<TotalLine>[] {
  const m = messages.value.totals
  const share = (line: TotalLine) => {
    if (line.current_dong <= 0) return <span class="muted">{common.value.none}</span>
    return <span class="num">{percent(line.paid_dong / line.current_dong)}</span>
  }
  return [
    { key: 'name', head: m.line, title: true, cell: (line) => <span class={line.key === 'total' ? 'strong' : ''}>{line.name}</span> },
    { key: 'initial', head: m.initial, numeric: true, cell: (line) => <Sum dong={line.initial_dong} exact /> },
    { key: 'current', head: m.current, numeric: true, cell: (line) => <Sum dong={line.current_dong} exact /> },
    { key: 'paid', head: m.paid, numeric: true, cell: (line) => <Sum dong={line.paid_dong} exact /> },
    { key: 'share', head: m.share, numeric: true, cell: share },
  ]
}

/** Every share beside what it is a share of. */
export function Ratios({ list }: { list: readonly Ratio[] }) {
  const m = messages.value
  const columns: Column<Ratio>[] = [
    { key: 'of', head: m.ratio.of, title: true, cell: (each) => named(each.denominator_vi, each.denominator_en) },
    { key: 'share', head: m.ratio.share, numeric: true, cell: (each) => <span class="num strong">{each.value === null ? common.value.none : percent(each.value)}</span> },
    { key: 'paid', head: m.ratio.paid, numeric: true, cell: (each) => <Sum dong={each.numerator_dong} /> },
    { key: 'amount', head: m.ratio.amount, numeric: true, cell: (each) => <Sum dong={each.denominator_dong} /> },
    { key: 'plan', head: m.ratio.planDay, cell: (each) => <span class="num">{date(each.plan_as_of)}</span> },
    { key: 'cutoff', head: m.ratio.cutoff, cell: (each) => <span class="num">{date(each.cutoff)}</span> },
  ]
  return (
    <details class="fold">
      <summary>
        {m.ratios} <span class="num">({number(list.length)})</span>
      </summary>
      <Table label={m.ratios} columns={columns} rows={list} rowKey={(each) => each.denominator_kind} />
    </details>
  )
}
