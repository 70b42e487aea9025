// Advances that no volume has covered yet, by contract, with the guarantee that stands behind them.
import { Mark } from '../../design/mark'
import { Table, type Column } from '../../design/table'
import { number } from '../../format/number'
import { date } from '../../format/time'
import { project as messages } from '../../messages/project'
import { Sum } from './parts'
import { advanceLines, type AdvanceLine } from './project-ledger'
import { daysBetween } from './project-time'
import type { Contract, Payment } from './project-types'

const SOON_DAYS = 30

export function Advances({ contracts, payments, today }: { contracts: readonly Contract[]; payments: readonly Payment[]; today: string }) {
  const m = messages.value.money
  const lines = advanceLines(contracts, payments)
  return (
    <section class="block-section" aria-label={m.advances}>
      <h2>{m.advances}</h2>
      <Table label={m.advances} columns={columns(today)} rows={lines} rowKey={(line) => String(line.contract.id)} empty={<p class="muted">{m.noAdvances}</p>} />
    </section>
  )
}

function columns(today: string): Column<AdvanceLine>[] {
  const m = messages.value.money
  return [
    {
      key: 'contract',
      head: m.contract,
      title: true,
      cell: ({ contract }) => (
        <span class="two-lines">
          <span class="strong">{contract.contract_no}</span>
          <span class="muted small">{contract.contractor_name}</span>
        </span>
      ),
    },
    { key: 'advanced', head: m.advanced, numeric: true, cell: (line) => <Sum dong={line.advanced} /> },
    { key: 'recovered', head: m.recovered, numeric: true, cell: (line) => <Sum dong={line.recovered} /> },
    { key: 'outstanding', head: m.outstanding, numeric: true, cell: (line) => <span class="strong"><Sum dong={line.outstanding} /></span> },
    { key: 'guarantee', head: m.guarantee, cell: (line) => <Guarantee line={line} today={today} /> },
  ]
}

function Guarantee({ line, today }: { line: AdvanceLine; today: string }) {
  const m = messages.value.money
  const ends = line.contract.guarantee_expires_on
  if (!ends) return <span class={line.outstanding > 0 ? 'strong' : 'muted'}>{m.noGuarantee}</span>
  const days = daysBetween(today, ends)
  const asks = line.outstanding > 0 && days <= SOON_DAYS
  return (
    <span class="two-lines">
      <span class="num">{date(ends)}</span>
      {asks && (
        <span class="ask">
          <Mark shape="triangle" sign="!" tone="p2" />
          <span class="small">{days < 0 ? m.guaranteeOver(number(-days)) : m.guaranteeSoon(number(days))}</span>
        </span>
      )}
    </span>
  )
}
