// Month by month: what the owner promised, what is expected and what the Treasury confirmed, in three columns.
import { Table, type Column } from '../../design/table'
import { percent } from '../../format/number'
import { asField } from '../../format/time'
import { second } from '../../api/time'
import { common } from '../../messages/common'
import { project as messages } from '../../messages/project'
import { Sum } from './parts'
import type { MonthLine } from './project-ledger'
import { AddButton, RecordForm, specOf, type Around } from './project-records'
import { monthOf } from './project-words'

interface Line extends Omit<MonthLine, 'period'> {
  key: string
  label: string
  isSum: boolean
}

interface Props {
  around: Around
  year: number
  lines: readonly MonthLine[]
  reload: () => void
}

export function Months({ around, year, lines, reload }: Props) {
  const m = messages.value.money
  const spec = specOf(around.described, 'commitment')
  const [now, month] = asField(second.peek()).split('-').map(Number) as [number, number]
  const title = m.months(year)
  const sum = (name: 'promised' | 'estimated' | 'confirmed') => {
    const known = lines.flatMap((line) => line[name] ?? [])
    return known.length === 0 ? null : known.reduce((all, amount) => all + amount, 0)
  }
  const rows: Line[] = [
    ...lines.map((line) => ({ ...line, key: String(line.period), label: monthOf({ plan_year: year, period: line.period }), isSum: false })),
    { key: 'sum', label: m.sum, promised: sum('promised'), estimated: sum('estimated'), confirmed: sum('confirmed'), isSum: true },
  ]
  return (
    <section class="block-section dense" aria-label={title}>
      <div class="section-head">
        <h2>{title}</h2>
        {around.mayEdit && <AddButton word="commitment" label={m.addCommitment} title={m.addCommitment} />}
      </div>
      {spec && <RecordForm around={around} spec={spec} rows={[]} reload={reload} begin={{ plan_year: year, period: now === year ? month : now > year ? 13 : 1 }} />}
      <Table label={title} columns={columns()} rows={rows} rowKey={(line) => line.key} rowClass={(line) => (line.isSum ? 'total-line' : '')} />
      <p class="muted small">{m.monthsNote}</p>
    </section>
  )
}

function columns(): Column<Line>[] {
  const m = messages.value.money
  return [
    { key: 'period', head: m.period, title: true, cell: (line) => <span class="num strong">{line.label}</span> },
    { key: 'promised', head: m.promised, numeric: true, cell: (line) => <Sum dong={line.promised} /> },
    { key: 'estimated', head: m.estimated, numeric: true, cell: (line) => <Sum dong={line.estimated} /> },
    { key: 'confirmed', head: m.confirmed, numeric: true, cell: (line) => <Sum dong={line.confirmed} /> },
    {
      key: 'kept',
      head: m.kept,
      numeric: true,
      cell: (line) =>
        line.promised && line.confirmed !== null ? <span class="num">{m.keptWords(percent(line.confirmed / line.promised, 0))}</span> : <span class="muted">{common.value.none}</span>,
    },
  ]
}
