// What units owe: a form for each unit and period, with its due, where it stands, and the task that reminds of it.
import { useState } from 'preact/hooks'
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import type { Page } from '../../api/types'
import { Button } from '../../design/controls'
import { Chip, Mark } from '../../design/mark'
import { Empty, Loading, ProblemBox, Simulated } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { dateTime } from '../../format/time'
import { named } from '../../messages/catalogue'
import { indicators as messages } from '../../messages/indicators'
import { go, href, param } from '../../router'
import type { Submission } from './types'

const stage = param('stage')
const org = param('org')
const STAGES = ['open', 'returned', 'submitted', 'approved', 'locked'] as const
const PAGE = 50

export default function Owed() {
  const m = messages.value.owed
  const [pages, setPages] = useState(1)
  const list = useResource(`${stage.value} ${org.value} ${pages}`, (signal) => all({ stage: stage.value, org: org.value }, pages, signal))
  return (
    <div class="page">
      <header class="page-head">
        <div>
          <h1>{m.title}</h1>
          <p>{m.question}</p>
        </div>
      </header>
      <nav class="segments" aria-label={m.stage}>
        <a class="segment" href={href('', { stage: null })} aria-current={stage.value === '' ? 'true' : undefined}>
          {m.all}
        </a>
        {STAGES.map((name) => (
          <a key={name} class="segment" href={href('', { stage: name })} aria-current={stage.value === name ? 'true' : undefined}>
            {m.stages[name]}
          </a>
        ))}
      </nav>
      {list.problem && <ProblemBox problem={list.problem} onRetry={list.reload} />}
      {list.data ? (
        <>
          <Table
            label={m.table}
            columns={columns()}
            rows={list.data.items}
            rowKey={(row) => String(row.id)}
            onOpen={(row) => go(`/indicators/owed/${row.id}`)}
            empty={<Empty title={m.empty} />}
          />
          {list.data.next && <Button onClick={() => setPages(pages + 1)}>{m.more}</Button>}
        </>
      ) : (
        list.loading && <Loading />
      )}
    </div>
  )
}

async function all(query: Record<string, string>, pages: number, signal: AbortSignal): Promise<Page<Submission>> {
  const items: Submission[] = []
  let next: string | null = null
  for (let at = 0; at < pages && (at === 0 || next); at += 1) {
    const page: Page<Submission> = await get('/api/v1/indicators/submissions', { ...query, cursor: next, limit: PAGE }, signal)
    items.push(...page.items)
    next = page.next
  }
  return { items, next }
}

/** How a form stands by its clock: late is a priority of its own, in time is a grey tick. */
export function Clock({ of }: { of: Pick<Submission, 'timeliness'> }) {
  const words = messages.value.owed.clocks[of.timeliness] ?? of.timeliness
  const isLate = of.timeliness === 'late'
  const isSoon = of.timeliness === 'due_soon'
  return (
    <span class="index-summary">
      {isLate ? <Mark shape="triangle" sign="!" tone="p2" filled /> : isSoon ? <Mark shape="circle" sign="S" tone="p3" /> : null}
      {of.timeliness === 'in_time' && <Mark shape="none" sign="✓" tone="quiet" />}
      {words}
    </span>
  )
}

function columns(): Column<Submission>[] {
  const m = messages.value.owed
  return [
    {
      key: 'form',
      head: m.form,
      title: true,
      cell: (row) => (
        <span class="two-lines">
          <a class="plain-link strong" href={href(`/indicators/owed/${row.id}`)}>
            {named(row.form_vi, row.form_en)}
          </a>
          <span class="muted small">
            {row.org.name} {row.simulated && <Simulated short />}
          </span>
        </span>
      ),
    },
    { key: 'period', head: m.period, cell: (row) => named(row.period_vi, row.period_en) },
    { key: 'due', head: m.due, cell: (row) => <span class="num">{dateTime(row.due_at)}</span> },
    { key: 'clock', head: m.clock, cell: (row) => <Clock of={row} /> },
    { key: 'state', head: m.state, cell: (row) => <Chip>{named(row.state_vi, row.state_en)}</Chip> },
    {
      key: 'task',
      head: '',
      wide: true,
      cell: (row) =>
        row.task_id !== null && (
          <a class="plain-link" href={href(`/tasks/${row.task_id}`)}>
            {m.task(row.task_id)}
          </a>
        ),
    },
  ]
}
