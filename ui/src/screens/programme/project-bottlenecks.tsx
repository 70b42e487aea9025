// What stands in the way: each is a task with a unit and a due date, and the task alone says whether it is dealt with.
import { get, send } from '../../api/client'
import { useResource } from '../../api/resource'
import { may } from '../../api/session'
import { second } from '../../api/time'
import { Mark } from '../../design/mark'
import { Loading, ProblemBox } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { number } from '../../format/number'
import { date, ms } from '../../format/time'
import { named } from '../../messages/catalogue'
import { project as messages } from '../../messages/project'
import { href } from '../../router'
import { DueField, dueBody, useDue } from '../../tasks/due-field'
import { Sum, useTold } from './parts'
import { EntryForm } from './project-form'
import { AddButton, form, openForm } from './project-records'
import type { TabProps } from './project-tabs'
import { DAY_MS } from './project-time'
import type { Bottleneck } from './project-types'

const BESIDE = ['due', 'due.on', 'due.at', 'due.count', 'due.event']
/** A person of a unit is chosen within the task, where the unit's people are known. */
const LATER = new Set(['assignee'])

export default function BottlenecksTab({ around }: TabProps) {
  const m = messages.value.bottlenecks
  const where = `${around.where}/bottlenecks`
  const resource = useResource(where, (signal) => get<{ items: Bottleneck[] }>(where, {}, signal))
  useTold(resource.reload)
  const mayReport = around.mayEdit || may('programme.oversee')
  const causes = around.described.bottleneck.find(({ name }) => name === 'cause')?.choices ?? []
  const causeWords = (value: string) => {
    const found = causes.find((choice) => choice.value === value)
    return found ? named(found.vi, found.en) : value
  }
  const open = resource.data?.items.filter((each) => each.is_open).length ?? 0
  return (
    <section class="block-section" aria-label={m.title}>
      <div class="section-head">
        <h2>{m.title}</h2>
        {mayReport && <AddButton word="bottleneck" label={m.report} title={m.report} />}
      </div>
      {mayReport && form.value === 'bottleneck' && <Report around={around} reload={resource.reload} />}
      {resource.problem && <ProblemBox problem={resource.problem} onRetry={resource.reload} />}
      {resource.data ? (
        <>
          {open > 0 && <p class="strong">{m.open(open)}</p>}
          <Table label={m.title} columns={columns(causeWords)} rows={resource.data.items} rowKey={(each) => String(each.id)} empty={<p class="muted">✓ {m.none}</p>} />
        </>
      ) : (
        resource.loading && <Loading />
      )}
    </section>
  )
}

function Report({ around, reload }: Pick<TabProps, 'around'> & { reload: () => void }) {
  const m = messages.value.bottlenecks
  const [due, setDue] = useDue()
  return (
    <EntryForm
      id={`${around.where} bottleneck`}
      title={m.report}
      hint={<p class="muted small">{m.reportHint}</p>}
      fields={around.described.bottleneck.filter(({ name }) => !LATER.has(name))}
      where={around.where}
      more={{ part: (problem) => <div class="entry-wide"><DueField draft={due} problem={problem} onChange={setDue} /></div>, body: () => ({ due: dueBody(due) }), beside: BESIDE }}
      send={(body, _, key) => send('POST', `${around.where}/bottlenecks`, body, { key })}
      done={m.done}
      sendLabel={m.report}
      onDone={() => (openForm(null), reload())}
    />
  )
}

function columns(causeWords: (value: string) => string): Column<Bottleneck>[] {
  const m = messages.value.bottlenecks
  return [
    {
      key: 'what',
      head: m.what,
      title: true,
      cell: (each) => (
        <span class="two-lines">
          <span class={each.is_open ? 'strong' : 'muted'}>{each.description}</span>
          <span class="muted small">
            {causeWords(each.cause)} · {m.reported(date(each.recorded_at))}
          </span>
        </span>
      ),
    },
    { key: 'amount', head: m.amount, numeric: true, cell: (each) => <Sum dong={each.amount_dong} /> },
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
    { key: 'due', head: m.due, cell: (each) => <Due each={each} /> },
  ]
}

function Due({ each }: { each: Bottleneck }) {
  const m = messages.value.bottlenecks
  const end = each.task.due_end
  if (!each.is_open) return <span class="muted">✓ {m.solved}</span>
  if (!end) return <span class="strong">{m.noDue}</span>
  const left = (ms(end) - second.value) / DAY_MS
  return (
    <span class="two-lines">
      <span class="num">{date(ms(end) - 1)}</span>
      {left < 0 ? (
        <span class="ask">
          <Mark shape="square" sign="!" tone="p1" />
          <span class="small">{m.overdue(number(Math.max(1, Math.floor(-left))))}</span>
        </span>
      ) : (
        <span class="muted small">{m.left(number(Math.ceil(left)))}</span>
      )}
    </span>
  )
}
