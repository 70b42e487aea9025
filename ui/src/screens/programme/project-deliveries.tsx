// Equipment as planned and as delivered, the papers that allow another model, price appraisals, accepted volume.
import type { Resource } from '../../api/resource'
import { Chip, Mark } from '../../design/mark'
import type { Column } from '../../design/table'
import { number, percent } from '../../format/number'
import { date } from '../../format/time'
import { common } from '../../messages/common'
import { project as messages } from '../../messages/project'
import { Sum } from './parts'
import { Records, type Around } from './project-records'
import { daysBetween } from './project-time'
import type { Acceptance, Appraisal, Contract, ContractChange, Equipment } from './project-types'

interface EquipmentProps {
  around: Around
  contracts: readonly Contract[]
  changes: readonly ContractChange[]
  appraisals: readonly Appraisal[]
}

export function isSubstituted(item: Equipment): boolean {
  return item.delivered_model !== '' && item.delivered_model !== item.planned_model
}

export function EquipmentItems({ around, contracts, changes, appraisals }: EquipmentProps) {
  const m = messages.value.contracts
  const contractNo = new Map(contracts.map((each) => [each.id, each.contract_no]))
  const none = <span class="muted">{common.value.none}</span>
  const columns: Column<Equipment>[] = [
    {
      key: 'name',
      head: m.equipment,
      title: true,
      cell: (each) => (
        <span class="two-lines">
          <span class="strong">{`${each.name} × ${number(each.quantity)}`}</span>
          <span class="muted small">{contractNo.get(each.contract_id) ?? ''}</span>
        </span>
      ),
    },
    { key: 'planned', head: m.planned, cell: (each) => each.planned_model || none },
    {
      key: 'delivered',
      head: m.delivered,
      cell: (each) => (
        <span class="two-lines">
          <span>{each.delivered_model || none}</span>
          {isSubstituted(each) && <span><Chip>{m.substituted}</Chip></span>}
        </span>
      ),
    },
    {
      key: 'allowed',
      head: m.allowed,
      cell: (each) => {
        if (!isSubstituted(each)) return none
        const change = changes.find(({ id }) => id === each.change_id)
        const appraisal = appraisals.find(({ id }) => id === each.appraisal_id)
        return (
          <span class="two-lines small">
            <span>{change ? `${change.document}, ${date(change.signed_on)}` : common.value.none}</span>
            <span class="muted">{appraisal ? [appraisal.document, appraisal.appraised_on && date(appraisal.appraised_on)].filter(Boolean).join(', ') : common.value.none}</span>
          </span>
        )
      },
    },
    {
      key: 'when',
      head: m.when,
      wide: true,
      cell: (each) => (
        <span class="num small">
          {[each.ordered_on, each.imported_on, each.delivered_on, each.installed_on].map((day) => (day ? date(day) : common.value.none)).join(' · ')}
        </span>
      ),
    },
  ]
  return <Records<Equipment> around={around} kind="equipment_item" title={m.equipment} columns={columns} empty={<p class="muted">{m.noEquipment}</p>} />
}

export function Appraisals({ around, resource, today }: { around: Around; resource: Resource<{ items: Appraisal[] }>; today: string }) {
  const m = messages.value.contracts
  const columns: Column<Appraisal>[] = [
    {
      key: 'subject',
      head: m.subject,
      title: true,
      cell: (each) => (
        <span class="two-lines">
          <span class="strong">{each.subject}</span>
          <span class="muted small">{each.appraiser}</span>
        </span>
      ),
    },
    {
      key: 'asked',
      head: m.asked,
      cell: (each) => (
        <span class="two-lines">
          <span class="num">{date(each.requested_on)}</span>
          <Sum dong={each.requested_dong} />
        </span>
      ),
    },
    { key: 'due', head: m.due, wide: true, cell: (each) => (each.due_on ? <span class="num">{date(each.due_on)}</span> : <span class="muted">{common.value.none}</span>) },
    {
      key: 'result',
      head: m.result,
      numeric: true,
      cell: (each) =>
        each.appraised_on ? (
          <span class="two-lines">
            <Sum dong={each.amount_dong} />
            <span class="muted small num">{[each.document, date(each.appraised_on)].filter(Boolean).join(', ')}</span>
          </span>
        ) : (
          <span class="ask">
            {each.due_on && each.due_on < today && <Mark shape="triangle" sign="!" tone="p2" />}
            <span class="small">{m.waiting(number(daysBetween(each.requested_on, today)))}</span>
          </span>
        ),
    },
  ]
  return <Records<Appraisal> around={around} kind="price_appraisal" title={m.appraisals} resource={resource} columns={columns} empty={<p class="muted">{m.noAppraisals}</p>} />
}

export function Acceptances({ around, contracts }: { around: Around; contracts: readonly Contract[] }) {
  const m = messages.value.contracts
  const called = new Map(contracts.map((each) => [each.id, each]))
  const columns: Column<Acceptance>[] = [
    { key: 'minutes', head: m.minutes, title: true, cell: (each) => <span class="strong">{each.minutes}</span> },
    { key: 'contract', head: m.contract, cell: (each) => called.get(each.contract_id)?.contract_no ?? <span class="muted">{common.value.none}</span> },
    { key: 'on', head: m.acceptedOn, cell: (each) => <span class="num">{date(each.accepted_on)}</span> },
    {
      key: 'volume',
      head: m.volume,
      numeric: true,
      cell: (each) => {
        const value = called.get(each.contract_id)?.value_now_dong
        return (
          <span class="two-lines">
            <Sum dong={each.volume_dong} />
            {each.withdrawn ? (
              <span class="strong small">{m.withdrawn(each.withdrawn)}</span>
            ) : (
              value !== undefined && value > 0 && <span class="muted small num">{m.ofContract(percent(each.volume_dong / value))}</span>
            )}
          </span>
        )
      },
    },
  ]
  return <Records<Acceptance> around={around} kind="acceptance" title={m.acceptances} columns={columns} pick={(list) => [...list].sort((a, b) => b.accepted_on.localeCompare(a.accepted_on) || b.id - a.id)} empty={<p class="muted">{m.noAcceptances}</p>} />
}
