// One risk: the year in figures, every reason, the tasks that deal with it, and the form that gives one.
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import { Loading, ProblemBox } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { percent } from '../../format/number'
import { date } from '../../format/time'
import { common } from '../../messages/common'
import { figures as messages } from '../../messages/programme-figures'
import { href } from '../../router'
import { GiveTask } from './analysis-give'
import { Reasons, TaskLink } from './analysis-parts'
import type { Risk } from './analysis-types'
import { CourseBar } from './board-bar'
import { Sum } from './parts'
import { within } from './scope'
import type { Bottleneck, Project } from './types'

interface Props {
  risk: Risk
  year: number
  onGiven: () => void
}

export function RiskPanel({ risk, year, onGiven }: Props) {
  const m = messages.value.risks
  const { project } = risk
  const where = `/api/v1/programme/projects/${project.id}`
  const tasks = useResource(`${where} bottlenecks`, (signal) => get<{ items: Bottleneck[] }>(`${where}/bottlenecks`, {}, signal))
  const about = useResource(where, (signal) => get<Project & { may?: { edit: boolean } }>(where, {}, signal))
  const owner = risk.owner ?? project.owner
  const goal = risk.goal_dong
  const open = (tasks.data?.items ?? []).filter((each) => each.is_open)
  return (
    <>
      <header>
        <h2>{project.name}</h2>
        <p class="muted">
          <a href={href(`/programme/projects/${project.id}`)}>{m.toProject}</a>
          {owner && (
            <>
              {' · '}
              <a href={within(`/programme/owner/${owner.id}`)}>{owner.name}</a>
            </>
          )}
        </p>
      </header>
      <section class="block-section" aria-label={m.numbers}>
        <h3>{m.numbers}</h3>
        <CourseBar course={risk} />
        <dl class="facts">
          <Fact name={messages.value.plan} dong={risk.plan_dong} />
          <Fact name={messages.value.paid} dong={risk.paid_dong} of={risk.plan_dong} />
          <Fact name={m.goal} dong={goal} of={risk.plan_dong} />
          <Fact name={m.p50} dong={risk.p50_dong} of={risk.plan_dong} />
          <dt>{m.range}</dt>
          <dd>
            {risk.p10_dong != null && risk.p90_dong != null ? (
              <span class="num">
                <Sum dong={risk.p10_dong} /> – <Sum dong={risk.p90_dong} />
              </span>
            ) : (
              common.value.none
            )}
          </dd>
          <Fact name={m.shortfall} dong={risk.shortfall_dong} />
        </dl>
      </section>
      <section class="block-section" aria-label={m.reasons}>
        <h3>{m.reasons}</h3>
        <Reasons list={risk.reasons} />
      </section>
      <section class="block-section" aria-label={m.tasks}>
        <h3>{m.tasks}</h3>
        {tasks.problem && <ProblemBox problem={tasks.problem} onRetry={tasks.reload} />}
        {tasks.data ? <Tasks list={open} /> : tasks.loading && <Loading />}
      </section>
      {about.data && (
        <GiveTask
          risk={risk}
          year={year}
          owner={about.data.owner}
          onGiven={() => {
            tasks.reload()
            onGiven()
          }}
        />
      )}
    </>
  )
}

function Fact({ name, dong, of }: { name: string; dong: number | null; of?: number }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <Sum dong={dong} />
        {of !== undefined && of > 0 && dong !== null && <span class="muted num"> ({percent(dong / of)})</span>}
      </dd>
    </>
  )
}

function Tasks({ list }: { list: readonly Bottleneck[] }) {
  const m = messages.value
  const columns: Column<Bottleneck>[] = [
    {
      key: 'what',
      head: m.give.what,
      title: true,
      cell: (each) => (
        <span class="two-lines">
          <span>{each.description}</span>
          <span class="muted small">{m.give.causes[each.cause]}</span>
        </span>
      ),
    },
    { key: 'who', head: m.give.owner, cell: (each) => <span class="small">{each.task.owner_name}</span> },
    { key: 'due', head: m.give.due, cell: (each) => <span class="num">{each.task.due_end ? date(each.task.due_end) : common.value.none}</span> },
    { key: 'task', head: m.task, cell: (each) => <TaskLink id={each.task.id} /> },
  ]
  return <Table label={m.risks.tasks} columns={columns} rows={list} rowKey={(each) => String(each.id)} empty={<p class="muted">{m.risks.noTasks}</p>} />
}

