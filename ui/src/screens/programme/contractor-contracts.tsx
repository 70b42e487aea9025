// A contractor's contracts: as signed against as it came, in days; extensions, volume, equipment, penalties, defects.
import { may } from '../../api/session'
import { second } from '../../api/time'
import { Mark } from '../../design/mark'
import type { Column } from '../../design/table'
import { bigDong } from '../../format/money'
import { number } from '../../format/number'
import { asField, date } from '../../format/time'
import { common } from '../../messages/common'
import { parties as messages } from '../../messages/programme-parties'
import { href } from '../../router'
import { CourseBar } from './board-bar'
import type { ContractRow } from './contractor-types'
import { Sum } from './parts'

export function contractColumns(): Column<ContractRow>[] {
  const m = messages.value.contractor
  return [
    { key: 'contract', head: m.contract, title: true, cell: (each) => <Name each={each} /> },
    {
      key: 'value',
      head: m.valueHead,
      numeric: true,
      cell: (each) => (
        <span class="two-lines">
          <Sum dong={each.value_now_dong} />
          {each.value_now_dong !== each.value_dong && <span class="muted small">{m.signed(bigDong(each.value_dong))}</span>}
        </span>
      ),
    },
    { key: 'ends', head: m.ends, cell: (each) => <Ends each={each} /> },
    { key: 'slip', head: m.slipHead, cell: (each) => <Slip each={each} /> },
    {
      key: 'volume',
      head: m.volume,
      numeric: true,
      wide: true,
      cell: (each) => (
        <span class="two-lines">
          <span class="nowrap">
            <Sum dong={each.accepted_dong} /> <span class="muted small">/ {bigDong(each.planned_volume_dong)}</span>
          </span>
          <CourseBar course={{ plan_dong: each.value_now_dong, paid_dong: each.accepted_dong, goal_dong: each.planned_volume_dong }} />
        </span>
      ),
    },
    {
      key: 'equipment',
      head: m.equipment,
      wide: true,
      cell: (each) =>
        each.equipment > 0 ? (
          <span class="small">{m.equipmentWords(number(each.equipment), number(each.equipment_late), number(each.equipment_other))}</span>
        ) : (
          <span class="muted" title={m.noEquipment}>{common.value.none}</span>
        ),
    },
    { key: 'penalties', head: m.penalties, cell: (each) => <Penalties each={each} /> },
  ]
}

/** Whether it still runs after its end as extended: then it is overdue, and not only later than once signed. */
export function isPast(each: Pick<ContractRow, 'ended_on' | 'expires_now_on'>): boolean {
  return each.ended_on === null && each.expires_now_on < asField(second.value).slice(0, 10)
}

function Name({ each }: { each: ContractRow }) {
  const m = messages.value.contractor
  return (
    <span class="two-lines">
      <span class="strong">{each.subject || each.contract_no}</span>
      <span class="muted small">
        <span class="num">{each.contract_no}</span> · <a href={href(`/programme/projects/${each.project.id}`)}>{each.project.name}</a>
      </span>
      {isPast(each) && may(['programme.edit', 'programme.oversee']) && (
        <a class="small" href={href('/programme/cases/new', { project: String(each.project.id), contract: String(each.id) })}>
          {m.openCase}
        </a>
      )}
    </span>
  )
}

function Ends({ each }: { each: ContractRow }) {
  const m = messages.value.contractor
  return (
    <span class="two-lines">
      <span class="num">{each.ended_on ? m.ended(date(each.ended_on)) : m.running}</span>
      <span class="muted small num">{m.plannedEnd(date(each.expires_on))}</span>
      {each.extensions > 0 && <span class="muted small num">{m.extended(number(each.extensions), date(each.expires_now_on))}</span>}
    </span>
  )
}

/** By how many days it ended, or already stands, after the end as signed. */
export function slipWords(days: number | null): string {
  const m = messages.value.contractor
  if (days === null) return m.notOver
  return days > 0 ? m.lateDays(number(days)) : days < 0 ? m.earlyDays(number(-days)) : m.onTime
}

function Slip({ each }: { each: ContractRow }) {
  const late = (each.slip_days ?? 0) > 0
  return (
    <span class="ask">
      {isPast(each) && <Mark shape="square" sign="!" tone="p1" />}
      <span class={late ? 'num strong' : 'num muted'}>{slipWords(each.slip_days)}</span>
    </span>
  )
}

function Penalties({ each }: { each: ContractRow }) {
  const m = messages.value.contractor
  if (each.penalties_dong === null && each.defects === null) return <span class="muted small">{m.notKept}</span>
  return (
    <span class="small">
      {m.penaltyWords(each.penalties_dong === null ? common.value.none : bigDong(each.penalties_dong), each.defects === null ? common.value.none : number(each.defects))}
    </span>
  )
}
