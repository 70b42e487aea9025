// Contracts as signed and as they hold now, with every amendment that led there.
import type { Resource } from '../../api/resource'
import { Mark } from '../../design/mark'
import type { Column } from '../../design/table'
import { bigDong } from '../../format/money'
import { number } from '../../format/number'
import { date } from '../../format/time'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { project as messages } from '../../messages/project'
import { href } from '../../router'
import { Sum } from './parts'
import { AddButton, RecordForm, Records, specOf, type Around } from './project-records'
import type { Draft } from './project-fields'
import { daysBetween } from './project-time'
import type { Contract, ContractChange } from './project-types'

interface Props {
  around: Around
  contracts: Resource<{ items: Contract[] }>
  changes: Resource<{ items: ContractChange[] }>
  today: string
  /** Where a case against a slow contractor is opened; null: not for this person. */
  caseOf: ((contract: Contract) => string) | null
}

export function Contracts({ around, contracts, changes, today, caseOf }: Props) {
  const m = messages.value.contracts
  const spec = specOf(around.described, 'contract_change')
  const reload = () => {
    changes.reload()
    contracts.reload()
  }
  return (
    <Records<Contract>
      around={around}
      kind="contract"
      title={m.contracts}
      resource={contracts}
      columns={columns(changes.data?.items ?? [], today, caseOf)}
      empty={<p class="muted">{m.noContracts}</p>}
    >
      {(list) =>
        spec && (
          <>
            {around.mayEdit && list.length > 0 && (
              <div>
                <AddButton word="contract_change" label={named(spec.vi, spec.en)} title={named(spec.vi, spec.en)} />
              </div>
            )}
            <RecordForm around={around} spec={spec} rows={[]} reload={reload} follow={(draft, name) => fromWhatHolds(list, draft, name)} asks={(field, draft) => isOfKind(field.name, draft['kind'] ?? '')} />
          </>
        )
      }
    </Records>
  )
}

const OF_KIND: Record<string, readonly string[]> = {
  old_dong: ['value'], new_dong: ['value'], old_on: ['duration'], new_on: ['duration'], old_text: ['scope', 'equipment'], new_text: ['scope', 'equipment'],
}

/** Value, time, or wording: an amendment asks for the one that it changes. */
export function isOfKind(field: string, kind: string): boolean {
  return OF_KIND[field]?.includes(kind) ?? true
}

/** An amendment begins from what holds: chosen contract and kind fill it in. */
export function fromWhatHolds(contracts: readonly Contract[], draft: Draft, name: string): Record<string, string> {
  if (name !== 'contract_id' && name !== 'kind') return {}
  const contract = contracts.find((each) => String(each.id) === draft['contract_id'])
  const of = (kind: string, text: string | undefined) => (draft['kind'] === kind && text !== undefined ? text : '')
  return {
    old_dong: of('value', contract && String(contract.value_now_dong)), old_on: of('duration', contract?.expires_now_on),
    ...(draft['kind'] === 'value' ? {} : { new_dong: '' }), ...(draft['kind'] === 'duration' ? {} : { new_on: '' }),
  }
}

function columns(changes: readonly ContractChange[], today: string, caseOf: ((contract: Contract) => string) | null): Column<Contract>[] {
  const m = messages.value.contracts
  return [
    {
      key: 'contract',
      head: m.contract,
      title: true,
      cell: (each) => (
        <span class="two-lines">
          <span class="strong">{each.contract_no}</span>
          <a class="small" href={href(`/programme/contractor/${each.contractor_id}`)}>{each.contractor_name}</a>
          {each.subject && <span class="muted small">{each.subject}</span>}
        </span>
      ),
    },
    { key: 'signed', head: m.signed, wide: true, cell: (each) => <span class="num">{date(each.signed_on)}</span> },
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
    { key: 'ends', head: m.ends, cell: (each) => <Ends each={each} today={today} warn={caseOf?.(each) ?? null} /> },
    { key: 'changes', head: m.change, cell: (each) => <Changes own={changes.filter((change) => change.contract_id === each.id)} /> },
  ]
}

function Ends({ each, today, warn }: { each: Contract; today: string; warn: string | null }) {
  const m = messages.value.contracts
  return (
    <span class="two-lines">
      <span class="num">{date(each.expires_now_on)}</span>
      {each.expires_now_on !== each.expires_on && <span class="muted small num">{m.signedEnd(date(each.expires_on))}</span>}
      {each.ended_on ? (
        <span class="muted small num">{m.ended(date(each.ended_on))}</span>
      ) : (
        each.expires_now_on < today && (
          <>
            <span class="ask">
              <Mark shape="square" sign="!" tone="p1" />
              <span class="small">{m.overdue(number(daysBetween(each.expires_now_on, today)))}</span>
            </span>
            {warn && <a class="small" href={warn}>{m.openCase}</a>}
          </>
        )
      )}
    </span>
  )
}

function Changes({ own }: { own: readonly ContractChange[] }) {
  if (own.length === 0) return <span class="muted">{common.value.none}</span>
  return (
    <ul class="changes">
      {own.map((change) => (
        <li key={change.id}>
          <span class="num">
            {change.document}, {date(change.signed_on)}
          </span>
          : {changed(change)} <span class="muted small">{change.reason}</span>
        </li>
      ))}
    </ul>
  )
}

export function changed(change: ContractChange): string {
  if (change.old_dong !== null && change.new_dong !== null) return `${bigDong(change.old_dong)} → ${bigDong(change.new_dong)}`
  if (change.old_on && change.new_on) return `${date(change.old_on)} → ${date(change.new_on)}`
  return `${change.old_text || common.value.none} → ${change.new_text}`
}
