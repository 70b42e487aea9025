// One project: its money, milestones, contracts, equipment, what hinders it, cases, decisions, and its log.
import type { ComponentChildren } from 'preact'
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import { second } from '../../api/time'
import { Chip } from '../../design/mark'
import { Empty, Loading, ProblemBox, Simulated } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { bigDong } from '../../format/money'
import { asField, date, dateTime } from '../../format/time'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { programme as messages } from '../../messages/programme'
import { href, path } from '../../router'
import { ContractsSection, EquipmentSection } from './contracts'
import { Milestones } from './milestones'
import { Sum, useTold } from './parts'
import { planLines, type PlanLine } from './plans'
import { Ratios } from './totals'
import type { Bottleneck, Case, Decision, Entry, Milestone, PlanRow, Project } from './types'

interface Listed<T> {
  items: T[]
}

interface Source {
  id: number
  name: string
}

export default function ProjectPage() {
  const id = path.value[2] ?? ''
  const where = `/api/v1/programme/projects/${encodeURIComponent(id)}`
  const resource = useResource(id, (signal) => get<Project>(where, {}, signal))
  useTold(resource.reload)
  const m = messages.value
  const project = resource.data
  if (!project) return <div class="page">{resource.problem ? <ProblemBox problem={resource.problem} onRetry={resource.reload} /> : <Loading />}</div>
  return (
    <div class="page">
      <header class="page-head">
        <div>
          <h1>{project.name}</h1>
          <p>
            <span class="num">{project.public_id}</span> · {project.owner_name || project.owner.name} · {m.statuses[project.status]}{' '}
            {project.project_phase && <Chip>{m.phases[project.project_phase]}</Chip>} {project.simulated && <Simulated short />}
          </p>
        </div>
        <a class="button" href={href('/programme', { program: String(project.program_id) })}>
          {m.project.back}
        </a>
      </header>
      <MoneySection project={project} where={where} />
      <Part title={m.project.milestones} where={`${where}/records/milestone`}>
        {(list: Milestone[]) => <Milestones list={list} />}
      </Part>
      <ContractsSection where={where} />
      <EquipmentSection where={where} />
      <Part title={m.project.bottlenecks} where={`${where}/bottlenecks`}>
        {(list: Bottleneck[]) => <Bottlenecks list={list} />}
      </Part>
      <Part title={m.project.cases} where={`/api/v1/programme/contractor-cases?project=${project.id}`}>
        {(list: Case[]) => <Cases list={list} />}
      </Part>
      <section class="block-section" aria-label={m.project.decisions}>
        <h2>{m.project.decisions}</h2>
        <Decisions list={project.decisions} />
      </section>
      <Part title={m.project.log} where={`${where}/timeline`}>
        {(list: Entry[]) => <Log list={list} />}
      </Part>
    </div>
  )
}

/** A section of its own: when it cannot be had the others stay. */
export function Part<T>({ title, where, children }: { title: string; where: string; children: (list: T[]) => ComponentChildren }) {
  const resource = useResource(where, (signal) => get<Listed<T>>(where, {}, signal))
  useTold(resource.reload)
  return (
    <section class="block-section" aria-label={title}>
      <h2>{title}</h2>
      {resource.problem && <ProblemBox problem={resource.problem} onRetry={resource.reload} />}
      {resource.data ? children(resource.data.items) : resource.loading && <Loading />}
    </section>
  )
}

function MoneySection({ project, where }: { project: Project; where: string }) {
  const m = messages.value.project
  const { money } = project
  const plans = useResource(`${where}/plans`, (signal) => get<Listed<PlanRow>>(`${where}/plans`, {}, signal))
  const sources = useResource('sources', (signal) => get<Listed<Source>>('/api/v1/programme/fund-sources', {}, signal))
  const names = new Map((sources.data?.items ?? []).map((each) => [each.id, each.name]))
  const figures = [
    [m.total, <Sum dong={project.total_dong} />],
    [m.plansNow(money.plan_year), <Sum dong={money.plan_dong['annual']} />],
    [m.paid(money.plan_year), <Sum dong={money.disbursed.total_dong} />],
    [m.advance, <Sum dong={money.disbursed.outstanding_advance_dong} />],
    [m.estimated, <Sum dong={money.estimated.total_dong} />],
    [m.place, <span>{project.place || common.value.none}</span>],
    [m.time, <span class="num">{project.time_text || [project.start_on, project.finish_on].map((day) => (day ? date(day) : '…')).join(' – ')}</span>],
  ] as const
  return (
    <section class="block-section" aria-label={m.money}>
      <h2>{m.money}</h2>
      <dl class="figures">
        {figures.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p class="muted small">{messages.value.asOf(date(money.plan_as_of), date(money.cutoff))}</p>
      {money.ratios.length > 0 && <Ratios list={money.ratios} />}
      {plans.problem && <ProblemBox problem={plans.problem} onRetry={plans.reload} />}
      {plans.data && (
        <>
          <h3>{m.plans}</h3>
          <Table
            label={m.plans}
            columns={planColumns(names)}
            rows={planLines(plans.data.items, asField(second.peek()).slice(0, 10))}
            rowKey={(line) => line.key}
            empty={<Empty title={m.noPlans} />}
          />
        </>
      )}
    </section>
  )
}

function planColumns(names: ReadonlyMap<number, string>): Column<PlanLine>[] {
  const m = messages.value
  const amount = (row: PlanRow | undefined) =>
    row ? (
      <span class="two-lines">
        <Sum dong={row.amount_dong} />
        <span class="muted small num">{m.byDecision(row.doc_number, date(row.valid_from))}</span>
      </span>
    ) : (
      <span class="muted">{common.value.none}</span>
    )
  const years = (line: PlanLine) => (line.year === line.yearTo ? String(line.year) : `${line.year}–${line.yearTo}`)
  return [
    { key: 'kind', head: m.project.kind, title: true, cell: (line) => <span class="strong">{`${m.planKinds[line.kind]} ${years(line)}`}</span> },
    { key: 'source', head: m.project.source, cell: (line) => names.get(line.source) ?? common.value.none },
    { key: 'initial', head: m.project.initial, numeric: true, cell: (line) => amount(line.initial) },
    { key: 'current', head: m.project.current, numeric: true, cell: (line) => amount(line.current) },
  ]
}

function Bottlenecks({ list }: { list: readonly Bottleneck[] }) {
  const m = messages.value.project
  const columns: Column<Bottleneck>[] = [
    {
      key: 'what',
      head: m.bottleneck,
      title: true,
      cell: (each) => (
        <span class="two-lines">
          <span>{each.description}</span>
          <span class="muted small">
            {m.causes[each.cause]}
            {each.amount_dong !== null && ` · ${bigDong(each.amount_dong)}`}
          </span>
        </span>
      ),
    },
    {
      key: 'task',
      head: m.task,
      cell: (each) => (
        <span class="two-lines">
          <a href={href(`/tasks/${each.task.id}`)}>#{each.task.id}</a>
          <span class="muted small">{each.task.owner_name}</span>
        </span>
      ),
    },
    {
      key: 'due',
      head: m.due,
      cell: (each) => (each.is_open ? <span class="num">{each.task.due_end ? date(each.task.due_end) : common.value.none}</span> : <span class="muted">{m.solved}</span>),
    },
  ]
  return <Table label={m.bottlenecks} columns={columns} rows={list} rowKey={(each) => String(each.id)} empty={<p class="muted">{m.noBottlenecks}</p>} />
}

function Cases({ list }: { list: readonly Case[] }) {
  const m = messages.value.project
  const columns: Column<Case>[] = [
    { key: 'subject', head: m.cases, title: true, cell: (each) => each.subject },
    { key: 'contractor', head: m.contractor, cell: (each) => `${each.contractor_name} · ${each.contract_no}` },
    {
      key: 'state',
      head: messages.value.imports.state,
      cell: (each) => (
        <span class="two-lines">
          <span>{named(each.state_vi, each.state_en)}</span>
          {each.reply_until && !each.replied && <span class="muted small num">{m.reply(date(each.reply_until))}</span>}
        </span>
      ),
    },
  ]
  return <Table label={m.cases} columns={columns} rows={list} rowKey={(each) => String(each.id)} empty={<p class="muted">{m.noCases}</p>} />
}

function Decisions({ list }: { list: readonly Decision[] }) {
  const m = messages.value.project
  const columns: Column<Decision>[] = [
    { key: 'number', head: m.decision, title: true, cell: (each) => <span class="strong">{each.doc_number}</span> },
    { key: 'signed', head: m.signed, cell: (each) => <span class="num">{date(each.signed_on)}</span> },
    { key: 'subject', head: messages.value.diff.name, cell: (each) => each.subject || each.issuer || <span class="muted">{common.value.none}</span> },
  ]
  return <Table label={m.decisions} columns={columns} rows={list} rowKey={(each) => String(each.id)} empty={<p class="muted">{m.noDecisions}</p>} />
}

function Log({ list }: { list: readonly Entry[] }) {
  const m = messages.value.project
  const columns: Column<Entry>[] = [
    { key: 'what', head: m.what, title: true, cell: (each) => m.actions[each.action as keyof typeof m.actions] ?? <span class="mono">{each.action}</span> },
    { key: 'who', head: m.who, cell: (each) => <span class="mono">{each.actor}</span> },
    { key: 'at', head: m.at, cell: (each) => <span class="num">{dateTime(each.at)}</span> },
  ]
  return <Table label={m.log} columns={columns} rows={list} rowKey={(each) => String(each.no)} empty={<p class="muted">{m.noLog}</p>} />
}
