// One owner: its projects of a year, how far it kept what it promised, what stands in its way, what it owes.
import type { ComponentChildren } from 'preact'
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import { second } from '../../api/time'
import { Select } from '../../design/controls'
import { Mark } from '../../design/mark'
import { Loading, ProblemBox, Simulated } from '../../design/notice'
import { Table, useListKeys, type Column } from '../../design/table'
import { bigDong } from '../../format/money'
import { number, percent } from '../../format/number'
import { asField, date } from '../../format/time'
import { useState } from 'preact/hooks'
import { useKeys } from '../../keys'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { figures } from '../../messages/programme-figures'
import { parties as messages } from '../../messages/programme-parties'
import { go, href, path } from '../../router'
import { AttentionCell } from './owner-cells'
import { ProjectName, TaskLink } from './analysis-parts'
import { CourseBar } from './board-bar'
import { Figure } from './board-head'
import './analysis.css'
import './board.css'
import type { OwnerAnswer, OwnerBottleneck, OwnerFlag, Owed } from './owner-types'
import { Promises } from './owner-promises'
import { Sum, useTold } from './parts'
import { program, within, year } from './scope'
import type { Row } from './types'

export default function OwnerPage() {
  const m = messages.value
  const id = path.value[2] ?? ''
  const planYear = Number(year.value) || Number(asField(second.peek()).slice(0, 4))
  const resource = useResource(`owner ${id} ${planYear} ${program.value}`, (signal) =>
    get<OwnerAnswer>(`/api/v1/programme/owners/${encodeURIComponent(id)}`, { year: planYear, program: program.value }, signal),
  )
  useTold(resource.reload)
  const found = resource.data
  if (!found) return <div class="page">{resource.problem ? <ProblemBox problem={resource.problem} onRetry={resource.reload} /> : <Loading />}</div>
  const years = Array.from({ length: 6 }, (_, at) => planYear + 1 - at)
  return (
    <div class="page">
      <header class="page-head">
        <div>
          <h1>{found.owner.name}</h1>
          <p>
            {m.owner.question} {found.simulated && <Simulated short />}
          </p>
        </div>
        <Select
          label={m.year}
          value={String(planYear)}
          options={years.map((each) => ({ value: String(each), label: String(each) }))}
          onChange={(value) => go('', { year: value }, { replace: true })}
        />
      </header>
      {resource.problem && <ProblemBox problem={resource.problem} onRetry={resource.reload} />}
      <Head found={found} />
      <Part title={m.owner.list}>
        <Projects rows={found.projects} year={found.year} />
      </Part>
      <Part title={m.owner.promises}>
        <Promises promises={found.promises} year={found.year} />
      </Part>
      <Part title={m.owner.bottlenecks}>
        <Table label={m.owner.bottlenecks} columns={bottleneckColumns()} rows={found.bottlenecks} rowKey={(each) => String(each.id)} empty={<Quiet words={m.owner.noBottlenecks} />} />
      </Part>
      <Part title={m.owner.flags}>
        {found.flags.length > 0 && <p class="muted small">{m.owner.note}</p>}
        <Table
          label={m.owner.flags}
          columns={flagColumns()}
          rows={found.flags}
          rowKey={(each) => `${each.project.id} ${each.code}`}
          empty={<Quiet words={m.owner.noFlags} />}
        />
      </Part>
      <Part title={m.owner.tasks}>
        <Tasks list={found.tasks.filter(({ source_kind }) => source_kind !== 'directive')} label={m.owner.tasks} none={m.owner.noTasks} />
      </Part>
      <Part title={m.owner.directives}>
        <Tasks list={found.directives} label={m.owner.directives} none={m.owner.noDirectives} />
      </Part>
      <p class="muted small">{m.asOf(date(found.as_of))}</p>
    </div>
  )
}

function Part({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="block-section" aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  )
}

function Quiet({ words }: { words: string }) {
  return (
    <p class="settled muted">
      <Mark shape="none" sign="✓" tone="quiet" /> {words}
    </p>
  )
}

/** The share is of the year's own plan: what was paid of carried-over capital is said beside it, never in it. */
function PaidNote({ plan, paid, carried }: { plan: number | null; paid: number | null; carried: number }) {
  const m = messages.value.owner
  return (
    <>
      {plan && paid !== null ? m.ofPlan(percent(paid / plan)) : null}
      {carried > 0 && <span class="block">{figures.value.rates.carried(bigDong(carried))}</span>}
    </>
  )
}

function Head({ found }: { found: OwnerAnswer }) {
  const m = messages.value.owner
  const { totals, promises, tasks } = found
  const judged = promises.kept + promises.broken
  const late = tasks.filter(({ overdue }) => overdue).length
  const { current_dong: plan, paid_dong: paid } = totals
  return (
    <dl class="headline" aria-label={m.head}>
      <Figure name={m.projects} note={null}>
        <span class="num">{number(totals.projects)}</span>
      </Figure>
      <Figure name={m.plan(found.year)} note={totals.current_missing > 0 ? m.missing(number(totals.current_missing)) : null}>
        <Sum dong={plan} />
      </Figure>
      <Figure name={m.paid} note={<PaidNote plan={plan} paid={paid} carried={totals.paid_carry_over_dong ?? 0} />}>
        <Sum dong={paid} />
      </Figure>
      <Figure name={m.total} note={null}>
        <Sum dong={totals.total_dong} />
      </Figure>
      <Figure name={m.kept} note={judged === 0 ? m.noPromise : null}>
        {judged === 0 ? <span class="muted">{common.value.none}</span> : <span class="num">{m.keptOf(promises.kept, judged)}</span>}
      </Figure>
      <Figure name={m.owed} note={late > 0 ? m.late(number(late)) : m.noLate}>
        <span class="num">{number(tasks.length)}</span>
      </Figure>
    </dl>
  )
}

function Projects({ rows, year: planYear }: { rows: readonly Row[]; year: number }) {
  const m = messages.value
  const [cursor, setCursor] = useState<string | null>(null)
  const open = (id: string) => go(`/programme/projects/${id}`)
  useListKeys(rows.map(({ id }) => String(id)), cursor, setCursor, m)
  useKeys([{ press: 'Enter', shown: 'Enter', label: () => messages.value.open, run: () => cursor && open(cursor) }])
  const columns: Column<Row>[] = [
    { key: 'project', head: m.project, title: true, cell: (row) => <ProjectName project={{ id: row.id, name: row.name, public_id: row.public_id }} /> },
    { key: 'total', head: m.owner.total, numeric: true, wide: true, cell: (row) => <Sum dong={row.total_dong} /> },
    { key: 'plan', head: m.owner.plan(planYear), numeric: true, cell: (row) => <Sum dong={row.current_dong} /> },
    {
      key: 'paid',
      head: m.owner.paid,
      numeric: true,
      cell: (row) => (
        <span class="two-lines">
          <span>
            <Sum dong={row.paid_dong} /> {row.paid_carry_over_dong > 0 && <span class="muted small">{figures.value.rates.carried(bigDong(row.paid_carry_over_dong))} </span>}
            {row.ratio?.value != null && <span class="muted small num">({percent(row.ratio.value)})</span>}
          </span>
          {row.current_dong !== null && <CourseBar course={{ plan_dong: row.current_dong, paid_dong: row.paid_dong }} />}
        </span>
      ),
    },
    { key: 'status', head: m.owner.status, cell: (row) => <AttentionCell row={row} /> },
  ]
  return (
    <Table
      label={m.owner.list}
      columns={columns}
      rows={rows}
      rowKey={({ id }) => String(id)}
      selected={cursor}
      onOpen={({ id }) => open(String(id))}
      empty={<p class="muted">{m.owner.noProjects}</p>}
    />
  )
}

function bottleneckColumns(): Column<OwnerBottleneck>[] {
  const m = messages.value
  return [
    {
      key: 'what',
      head: m.owner.what,
      title: true,
      cell: (each) => (
        <span class="two-lines">
          <span>{each.description}</span>
          <span class="muted small">{named(each.cause_vi, each.cause_en)}</span>
        </span>
      ),
    },
    { key: 'project', head: m.project, cell: (each) => <a href={href(`/programme/projects/${each.project.id}`)}>{each.project.name}</a> },
    { key: 'who', head: m.owner.who, wide: true, cell: (each) => each.task.owner_name },
    { key: 'due', head: m.owner.due, cell: (each) => <Due end={each.task.due_end} /> },
    { key: 'task', head: m.owner.task, cell: (each) => <TaskLink id={each.task.id} /> },
  ]
}

/** A due; what is past says so in a word and by a mark. */
function Due({ end }: { end: string | null }) {
  const m = messages.value.owner
  if (!end) return <span class="muted">{common.value.none}</span>
  const late = end < new Date(second.value).toISOString()
  return (
    <span class="ask">
      {late && <Mark shape="triangle" sign="!" tone="p2" />}
      <span class="num">{date(end)}</span>
      {late && <span class="small">{m.overdue}</span>}
    </span>
  )
}

function flagColumns(): Column<OwnerFlag>[] {
  const m = messages.value
  return [
    { key: 'flag', head: m.owner.flag, title: true, cell: (each) => <span class="strong">{named(each.vi, each.en)}</span> },
    { key: 'project', head: m.project, cell: (each) => <a href={within('/programme/flags', { project: String(each.project.id) })}>{each.project.name}</a> },
    { key: 'found', head: m.owner.found, cell: (each) => named(each.found.vi, each.found.en) },
    { key: 'task', head: m.owner.task, cell: (each) => <TaskLink id={each.task_id} /> },
  ]
}

function Tasks({ list, label, none }: { list: readonly Owed[]; label: string; none: string }) {
  const m = messages.value.owner
  const columns: Column<Owed>[] = [
    { key: 'title', head: m.task, title: true, cell: (each) => <a href={href(`/tasks/${each.id}`)}>{each.title}</a> },
    { key: 'due', head: m.due, cell: (each) => <Due end={each.due_end} /> },
  ]
  return <Table label={label} columns={columns} rows={list} rowKey={(each) => String(each.id)} empty={<Quiet words={none} />} />
}
