// Directives that are linked to the project, each with the tasks that carry it out.
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import { Mark } from '../../design/mark'
import { ProblemBox } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { number } from '../../format/number'
import { date } from '../../format/time'
import { project as messages } from '../../messages/project'
import { href } from '../../router'
import { useTold } from './parts'
import type { LinkedDirective, Project } from './project-types'

export function Directives({ project }: { project: Project }) {
  const m = messages.value.papers
  const refs = `${project.id},${project.public_id}`
  const resource = useResource(`directives ${refs}`, (signal) => get<{ items: LinkedDirective[] }>('/api/v1/directives', { project: refs, limit: 100 }, signal))
  useTold(resource.reload)
  return (
    <section class="block-section" aria-label={m.directives}>
      <h2>{m.directives}</h2>
      {resource.problem && <ProblemBox problem={resource.problem} onRetry={resource.reload} />}
      {resource.data && <Table label={m.directives} columns={columns()} rows={resource.data.items} rowKey={(each) => String(each.id)} empty={<p class="muted">{m.noDirectives}</p>} />}
    </section>
  )
}

function columns(): Column<LinkedDirective>[] {
  const m = messages.value.papers
  return [
    {
      key: 'directive',
      head: m.directive,
      title: true,
      cell: (each) => (
        <span class="two-lines">
          {each.document ? <a class="strong" href={href(`/directives/documents/${each.document.id}`)}>{each.action}</a> : <span class="strong">{each.action}</span>}
          <span class="muted small">{[each.document?.number, each.no].filter(Boolean).join(' · ')}</span>
          <span class="muted small">{m.given(each.given_by, date(each.given_on))}</span>
        </span>
      ),
    },
    { key: 'tasks', head: m.tasks, cell: (each) => <Tasks each={each} /> },
  ]
}

function Tasks({ each }: { each: LinkedDirective }) {
  const m = messages.value.papers
  return (
    <ul class="changes">
      {each.tasks.map((task) => (
        <li key={task.id}>
          <a href={href(`/tasks/${task.id}`)}>#{task.id}</a> {task.org.name}{' '}
          {task.timeliness === 'overdue' ? (
            <span class="ask">
              <Mark shape="square" sign="!" tone="p1" />
              <span class="small">{m.daysLate(number(task.days_late))}</span>
            </span>
          ) : task.timeliness?.startsWith('done') ? (
            <span class="muted small">✓ {m.finished}</span>
          ) : (
            task.end && <span class="muted small num">{date(task.end)}</span>
          )}
        </li>
      ))}
      {(each.tasks_hidden ?? 0) > 0 && <li class="muted small">{m.hidden(each.tasks_hidden ?? 0)}</li>}
    </ul>
  )
}
