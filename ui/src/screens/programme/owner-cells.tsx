// What asks for attention of one project, in a few words.
import { Mark } from '../../design/mark'
import { number } from '../../format/number'
import { programme as messages } from '../../messages/programme'
import { asksOf } from './asks'
import type { Row } from './types'

export function AttentionCell({ row }: { row: Row }) {
  const m = messages.value
  const asks = asksOf(row, undefined)
  return (
    <span class="asks">
      <span class="muted small">{m.statuses[row.status]}</span>
      {asks.includes('contract') && (
        <span class="ask">
          <Mark shape="square" sign="!" tone="p1" />
          <span class="small">{m.contractLate(row.overdue_contracts, number(row.contract_days ?? 0))}</span>
        </span>
      )}
      {asks.includes('milestone') && (
        <span class="ask">
          <Mark shape="triangle" sign="!" tone="p2" />
          <span class="small">{m.milestoneLate(row.late_milestones, number(row.milestone_days ?? 0))}</span>
        </span>
      )}
      {asks.includes('bottleneck') && <span class="small">{m.bottlenecks(row.bottlenecks)}</span>}
    </span>
  )
}
