// The columns of the board: what a project is, its plan, what is paid of what, what is foreseen, what asks for attention.
import { Mark } from '../../design/mark'
import { Simulated } from '../../design/notice'
import type { Column } from '../../design/table'
import { bigDong } from '../../format/money'
import { number, percent } from '../../format/number'
import { date } from '../../format/time'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { figures } from '../../messages/programme-figures'
import { programme as messages } from '../../messages/programme'
import { href } from '../../router'
import { ownerOf, type AskKind, type DenominatorKind, type Foresight } from './asks'
import type { Words } from './analysis-types'
import { CourseBar, courseWords } from './board-bar'
import { Sum } from './parts'
import { within } from './scope'
import type { Row } from './types'

export interface Beside {
  asks: ReadonlyMap<number, readonly AskKind[]>
  ahead: ReadonlyMap<number, Foresight>
  foreseen: boolean
  of: DenominatorKind
  /** How many flags a project has, and the first reason why it will be late. */
  flags: ReadonlyMap<number, number>
  reasons: ReadonlyMap<number, Words | undefined>
}

export function boardColumns(beside: Beside): Column<Row>[] {
  const m = messages.value
  const columns: Column<Row>[] = [
    { key: 'project', head: m.column.project, title: true, cell: (row) => <ProjectCell row={row} /> },
    { key: 'owner', head: m.column.owner, wide: true, cell: (row) => <OwnerCell row={row} /> },
    { key: 'plan', head: m.column.plan, numeric: true, cell: (row) => <PlanCell row={row} /> },
    { key: 'paid', head: m.column.paid, numeric: true, cell: (row) => <PaidCell row={row} of={beside.of} /> },
  ]
  if (beside.foreseen) columns.push({ key: 'forecast', head: m.column.forecast, cell: (row) => <ForecastCell row={row} ahead={beside.ahead.get(row.id)} /> })
  columns.push({ key: 'asks', head: m.column.asks, cell: (row) => <Asks row={row} beside={beside} /> })
  return columns
}

function ProjectCell({ row }: { row: Row }) {
  const m = messages.value
  return (
    <span class="two-lines">
      <a class="plain-link strong" href={href(`/programme/projects/${row.id}`)}>
        {row.name}
      </a>
      <span class="muted small">
        <span class="num">{row.public_id}</span> · {m.statuses[row.status]} {row.simulated && <Simulated short />}
      </span>
    </span>
  )
}

function OwnerCell({ row }: { row: Row }) {
  const m = messages.value
  const group = row.project_group && figures.value.groups[row.project_group as keyof typeof figures.value.groups]
  return (
    <span class="two-lines">
      <a class="plain-link" href={within(`/programme/owner/${row.owner.id}`)}>
        {ownerOf(row)}
      </a>
      <span class="muted small">{[row.project_phase && m.phases[row.project_phase], group].filter(Boolean).join(' · ') || common.value.none}</span>
    </span>
  )
}

function PlanCell({ row }: { row: Row }) {
  const m = messages.value
  if (row.current_dong === null) return <span class="muted small">{m.noPlan}</span>
  const changed = row.initial_dong !== row.current_dong
  return (
    <span class="two-lines">
      <Sum dong={row.current_dong} />
      <span class="muted small">
        {row.decision && <span class="block">{m.byDecision(row.decision.doc_number, date(row.decision.signed_on))}</span>}
        {changed && <span class="block">{row.initial_dong === null ? m.noInitial : m.was(bigDong(row.initial_dong))}</span>}
      </span>
    </span>
  )
}

function PaidCell({ row, of }: { row: Row; of: DenominatorKind }) {
  const m = messages.value
  const words = figures.value.shortKinds[of]
  const { ratio } = row
  return (
    <span class="two-lines">
      <Sum dong={ratio?.numerator_dong ?? row.paid_dong} />
      {ratio?.value != null ? (
        <span class="muted small" title={`${named(ratio.denominator_vi, ratio.denominator_en)}: ${bigDong(ratio.denominator_dong)}, ${date(ratio.plan_as_of)}`}>
          {figures.value.share(percent(ratio.value), words)}
        </span>
      ) : (
        of !== 'annual' && <span class="muted small">{figures.value.noBase(words)}</span>
      )}
      {row.paid_carry_over_dong > 0 && <span class="muted small">{m.carriedOver(bigDong(row.paid_carry_over_dong))}</span>}
    </span>
  )
}

function ForecastCell({ row, ahead }: { row: Row; ahead: Foresight | undefined }) {
  const m = messages.value
  if (!ahead || ahead.plan_dong <= 0) return <span class="muted">{common.value.none}</span>
  const course = { plan_dong: ahead.plan_dong, paid_dong: ahead.paid_dong ?? row.paid_dong, goal_dong: ahead.goal_dong, ...ahead.found }
  const { p10_dong: low, p50_dong: middle, p90_dong: high } = ahead.found ?? {}
  const known = low !== undefined && middle !== undefined && high !== undefined
  const said = (dong: number) => percent(dong / ahead.plan_dong, 0)
  return (
    <span class="two-lines" title={courseWords(course)}>
      <span class={known ? 'num nowrap' : 'muted small'}>{known ? m.forecastWords(said(low), said(middle), said(high)) : m.noHistory}</span>
      <CourseBar course={course} />
    </span>
  )
}

function Asks({ row, beside }: { row: Row; beside: Beside }) {
  const m = messages.value
  const asks = beside.asks.get(row.id) ?? []
  const ahead = beside.ahead.get(row.id)
  const plan = ahead?.plan_dong ?? 0
  const flags = beside.flags.get(row.id) ?? 0
  const reason = beside.reasons.get(row.id)
  const words: Record<AskKind, () => string> = {
    contract: () => m.contractLate(row.overdue_contracts, number(row.contract_days ?? 0)),
    milestone: () => m.milestoneLate(row.late_milestones, number(row.milestone_days ?? 0)),
    forecast: () => m.forecastLow(percent((ahead?.found?.p50_dong ?? 0) / plan, 0), percent((ahead?.goal_dong ?? 0) / plan, 0)),
    bottleneck: () => m.bottlenecks(row.bottlenecks),
  }
  return (
    <span class="asks">
      {asks.map((kind) => (
        <span key={kind} class="ask">
          {kind === 'contract' && <Mark shape="square" sign="!" tone="p1" />}
          {kind === 'milestone' && <Mark shape="triangle" sign="!" tone="p2" />}
          {kind === 'forecast' && <Mark shape="circle" sign="↓" tone="p3" />}
          {kind === 'bottleneck' && <Mark shape="none" sign="·" tone="quiet" />}
          <span class="small">{words[kind]()}</span>
        </span>
      ))}
      {reason && <span class="small muted ask-why">{figures.value.why(named(reason.vi, reason.en))}</span>}
      {(flags > 0 || row.milestones > 0) && (
        <span class="muted small num">
          {flags > 0 && <a href={within('/programme/flags', { project: String(row.id) })}>{figures.value.flags(number(flags))}</a>}
          {flags > 0 && row.milestones > 0 && ' · '}
          {row.milestones > 0 && m.milestonesMet(row.milestones_met, row.milestones)}
        </span>
      )}
      {asks.length === 0 && flags === 0 && row.milestones === 0 && <Mark shape="none" sign="✓" tone="quiet" label={m.nothing} />}
    </span>
  )
}
