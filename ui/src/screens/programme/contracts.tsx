// Contracts as signed and as they hold now, what changed them, and the equipment under them.
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import { second } from '../../api/time'
import { Mark } from '../../design/mark'
import { Loading, ProblemBox } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { bigDong } from '../../format/money'
import { number } from '../../format/number'
import { asField, date, ms } from '../../format/time'
import { common } from '../../messages/common'
import { programme as messages } from '../../messages/programme'
import { Sum, useTold } from './parts'
import type { Contract, ContractChange, Equipment } from './types'

const DAY_MS = 86_400_000

function useRecords<T>(where: string, kind: string) {
  const asked = `${where}/records/${kind}`
  const resource = useResource(asked, (signal) => get<{ items: T[] }>(asked, {}, signal))
  useTold(resource.reload)
  return resource
}

export function ContractsSection({ where }: { where: string }) {
  const m = messages.value.project
  const contracts = useRecords<Contract>(where, 'contract')
  const changes = useRecords<ContractChange>(where, 'contract_change')
  const problem = contracts.problem ?? changes.problem
  return (
    <section class="block-section" aria-label={m.contracts}>
      <h2>{m.contracts}</h2>
      {problem && <ProblemBox problem={problem} onRetry={contracts.reload} />}
      {contracts.data ? (
        <Table
          label={m.contracts}
          columns={columns(changes.data?.items ?? [])}
          rows={contracts.data.items}
          rowKey={(each) => String(each.id)}
          empty={<p class="muted">{m.noContracts}</p>}
        />
      ) : (
        contracts.loading && <Loading />
      )}
    </section>
  )
}

function columns(changes: readonly ContractChange[]): Column<Contract>[] {
  const m = messages.value.project
  const today = asField(second.value).slice(0, 10)
  return [
    {
      key: 'contract',
      head: m.contract,
      title: true,
      cell: (each) => (
        <span class="two-lines">
          <span class="strong">{each.contract_no}</span>
          <span class="muted small">{each.contractor_name}</span>
          {each.subject && <span class="muted small">{each.subject}</span>}
        </span>
      ),
    },
    {
      key: 'value',
      head: m.value,
      numeric: true,
      cell: (each) => (
        <span class="two-lines">
          <Sum dong={each.value_now_dong} />
          {each.value_now_dong !== each.value_dong && <span class="muted small">{m.signedValue(bigDong(each.value_dong))}</span>}
        </span>
      ),
    },
    {
      key: 'ends',
      head: m.ends,
      cell: (each) => (
        <span class="two-lines">
          <span class="num">{date(each.expires_now_on)}</span>
          {each.expires_now_on !== each.expires_on && <span class="muted small num">{m.signedEnd(date(each.expires_on))}</span>}
          {each.ended_on ? (
            <span class="muted small num">{m.ended(date(each.ended_on))}</span>
          ) : (
            each.expires_now_on < today && (
              <span class="ask">
                <Mark shape="square" sign="!" tone="p1" />
                <span class="small">{m.overdue(number(Math.round((ms(today) - ms(each.expires_now_on)) / DAY_MS)))}</span>
              </span>
            )
          )}
        </span>
      ),
    },
    {
      key: 'changes',
      head: m.change,
      cell: (each) => {
        const own = changes.filter((change) => change.contract_id === each.id)
        if (own.length === 0) return <span class="muted">{common.value.none}</span>
        return (
          <span class="change">
            {own.map((change) => (
              <span key={change.id}>
                <span class="num">
                  {change.document}, {date(change.signed_on)}
                </span>
                : {changed(change)} <span class="muted small">{change.reason}</span>
              </span>
            ))}
          </span>
        )
      },
    },
  ]
}

function changed(change: ContractChange): string {
  if (change.old_dong !== null && change.new_dong !== null) return `${bigDong(change.old_dong)} → ${bigDong(change.new_dong)}`
  if (change.old_on && change.new_on) return `${date(change.old_on)} → ${date(change.new_on)}`
  return `${change.old_text || common.value.none} → ${change.new_text}`
}

export function EquipmentSection({ where }: { where: string }) {
  const m = messages.value.project
  const items = useRecords<Equipment>(where, 'equipment_item')
  const columns: Column<Equipment>[] = [
    { key: 'name', head: m.equipment, title: true, cell: (each) => `${each.name} × ${number(each.quantity)}` },
    { key: 'planned', head: m.planned, cell: (each) => each.planned_model || <span class="muted">{common.value.none}</span> },
    { key: 'delivered', head: m.delivered, cell: (each) => each.delivered_model || <span class="muted">{common.value.none}</span> },
    {
      key: 'when',
      head: m.when,
      cell: (each) => <span class="num">{[each.delivered_on, each.installed_on].map((day) => (day ? date(day) : common.value.none)).join(' · ')}</span>,
    },
  ]
  return (
    <section class="block-section" aria-label={m.equipment}>
      <h2>{m.equipment}</h2>
      {items.problem && <ProblemBox problem={items.problem} onRetry={items.reload} />}
      {items.data ? (
        <Table label={m.equipment} columns={columns} rows={items.data.items} rowKey={(each) => String(each.id)} empty={<p class="muted">{m.noEquipment}</p>} />
      ) : (
        items.loading && <Loading />
      )}
    </section>
  )
}
