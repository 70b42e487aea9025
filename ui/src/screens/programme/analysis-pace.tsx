// What must be paid a month to reach the goal, beside what was paid a month so far, and whether accepted volume allows it.
import { Select } from '../../design/controls'
import { Mark } from '../../design/mark'
import { Empty } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { bigDong } from '../../format/money'
import { number, percent } from '../../format/number'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { figures as messages } from '../../messages/programme-figures'
import { go, href, param } from '../../router'
import { AnalysisPage } from './analysis-page'
import { Note, PaidOfPlan, ProjectName, Summary } from './analysis-parts'
import type { Paced, PaceList, PaceRow } from './analysis-types'
import { CourseBar } from './board-bar'
import { Sum } from './parts'
import { within } from './scope'

const GOALS = ['0.9', '0.95', '1'] as const
const goal = param('goal', '0.95')
const by = param('by', 'project')

export default function Pace() {
  const m = messages.value.pace
  const filters = (
    <Select
      label={m.goal}
      value={goal.value}
      options={GOALS.map((value) => ({ value, label: percent(Number(value), 0) }))}
      onChange={(value) => go('', { goal: value === '0.95' ? null : value }, { replace: true })}
    />
  )
  return (
    <AnalysisPage<PaceList> title={m.title} question={m.question} route="pace" query={{ goal: goal.value, by: by.value }} filters={filters}>
      {(data) => <Shown data={data} />}
    </AnalysisPage>
  )
}

function Shown({ data }: { data: PaceList }) {
  const m = messages.value.pace
  if (data.rows.length === 0) return <Empty title={m.empty} />
  const counts = (code: boolean) => data.rows.filter((row) => row.code !== 'reached' && row.allowed === code).length
  return (
    <>
      <Summary calm={data.total.code === 'reached'}>
        {totalWords(data.total)} {data.left_months > 0 ? m.left(data.left_months) : m.none}
      </Summary>
      <Note>
        {m.hint}{' '}
        <span class="strong">
          {m.counts(number(data.rows.filter(({ code }) => code === 'by_volume').length), number(counts(false)), number(data.rows.filter(({ code }) => code === 'reached').length))}
        </span>
      </Note>
      <nav class="segments" aria-label={m.by}>
        {(['project', 'owner'] as const).map((name) => (
          <a key={name} class="segment" href={href('', { by: name === 'project' ? null : name })} aria-current={by.value === name ? 'true' : undefined}>
            {name === 'project' ? m.byProject : m.byOwner}
          </a>
        ))}
      </nav>
      <Table
        label={m.list}
        columns={columns()}
        rows={[{ ...data.total, key: 'total' }, ...data.rows]}
        rowKey={(row) => String('key' in row ? row.key : (row.project?.id ?? row.owner?.id))}
        rowClass={(row) => ('key' in row ? 'total-line' : '')}
      />
    </>
  )
}

export function totalWords(total: Paced): string {
  const m = messages.value.pace
  if (total.code === 'reached') return m.reachedAll
  if (total.needed_per_month_dong === null) return ''
  const needed = bigDong(total.needed_per_month_dong)
  return total.usual_per_month_dong ? m.summary(needed, bigDong(total.usual_per_month_dong)) : m.summaryOnly(needed)
}

/** How many times faster than so far: `gấp 3,2 lần`; null where there is nothing to compare with. */
export function timesWords(row: Paced): string | null {
  const m = messages.value.pace
  const { needed_per_month_dong: needed, usual_per_month_dong: usual } = row
  if (needed === null || needed === 0 || !usual || usual <= 0) return null
  const times = needed / usual
  return times <= 1 ? m.slower : m.times(number(times, times < 10 ? 1 : 0))
}

type Line = PaceRow & { key?: string }

function columns(): Column<Line>[] {
  const m = messages.value
  return [
    { key: 'name', head: by.value === 'owner' ? m.owner : m.project, title: true, cell: (row) => <Name row={row} /> },
    {
      key: 'paid',
      head: m.paid,
      numeric: true,
      cell: (row) => (
        <PaidOfPlan paid={row.paid_dong} plan={row.plan_dong}>
          <CourseBar course={row} />
        </PaidOfPlan>
      ),
    },
    { key: 'lacking', head: m.pace.lacking, numeric: true, cell: (row) => <Sum dong={row.lacking_dong} /> },
    {
      key: 'needed',
      head: m.pace.needed,
      numeric: true,
      cell: (row) => (
        <span class="two-lines">
          <span class="strong">
            <Sum dong={row.needed_per_month_dong} />
          </span>
          {row.usual_per_month_dong !== null && <span class="muted small">{m.pace.soFar(bigDong(row.usual_per_month_dong))}</span>}
          <span class="muted small">{timesWords(row)}</span>
        </span>
      ),
    },
    { key: 'payable', head: m.pace.payable, numeric: true, cell: (row) => <Sum dong={row.accepted_unpaid_dong} /> },
    { key: 'volume', head: m.pace.volume, cell: (row) => <Allowed row={row} /> },
  ]
}

function Name({ row }: { row: Line }) {
  const m = messages.value
  if (row.project) return <ProjectName project={row.project} />
  if (row.owner) return <a class="plain-link strong" href={within(`/programme/owner/${row.owner.id}`)}>{row.owner.name}</a>
  return <span class="strong">{m.total}</span>
}

function Allowed({ row }: { row: Line }) {
  const m = messages.value.pace
  if (row.code === null) return <span class="muted">{common.value.none}</span>
  const lacks = row.code === 'needs_volume' || row.code === 'too_late'
  const words = { reached: m.reached, by_volume: m.yes, needs_volume: m.no, too_late: m.tooLate }[row.code]
  return (
    <span class="ask" title={named(row.why_vi, row.why_en)}>
      {lacks ? <Mark shape="triangle" sign="!" tone="p2" /> : <Mark shape="none" sign="✓" tone="quiet" />}
      <span class="two-lines">
        <span>{words}</span>
        {row.code === 'needs_volume' && <span class="muted small">{m.more(bigDong(row.volume_needed_dong))}</span>}
      </span>
    </span>
  )
}
