// One task: its clock in words, who has to do with it, what can be done now, its log, evidence and dues.
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { get, upload } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { useResource } from '../../api/resource'
import type { Page } from '../../api/types'
import { Button, Tabs } from '../../design/controls'
import { Chip, Priority } from '../../design/mark'
import { Empty, Loading, ProblemBox, toast } from '../../design/notice'
import { bytes, number } from '../../format/number'
import { dateTime } from '../../format/time'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { tasks as messages } from '../../messages/tasks'
import { href, param } from '../../router'
import { Acts } from '../../tasks/acts'
import { ClockWords } from '../../tasks/marks'
import { NewPart } from './new'
import type { DueChange, LogEntry, State, Task } from '../../tasks/types'

const tab = param('tab', 'overview')

interface Props {
  task: Task
  onChange: (task: Task) => void
  onReload: () => void
}

export function TaskPanel({ task, onChange, onReload }: Props) {
  const m = messages.value
  const tabs = [
    { id: 'overview', label: m.tabs.overview, href: href('', { tab: null }) },
    { id: 'log', label: m.tabs.log, href: href('', { tab: 'log' }) },
    { id: 'evidence', label: m.tabs.evidence, count: task.evidence.length, href: href('', { tab: 'evidence' }) },
    { id: 'dues', label: m.tabs.dues, count: task.due_changes.length, href: href('', { tab: 'dues' }) },
  ]
  return (
    <>
      <header class="task-head">
        <p class="task-head-line">
          <Chip>{m.state[task.state]}</Chip>
          <ClockWords task={task} />
          {task.extension_open && <Chip>{m.extensionOpen}</Chip>}
          {task.is_exercise && <Chip tone="hatched">{m.exercise}</Chip>}
        </p>
        <h2>{task.title}</h2>
        <p class="muted small num">#{task.id}</p>
      </header>
      <Acts task={task} onChange={onChange} onReload={onReload} />
      <Tabs label={m.tabs.label} tabs={tabs} current={tab.value} />
      {tab.value === 'log' ? (
        <Log task={task} key={`${task.id} ${task.version}`} />
      ) : tab.value === 'evidence' ? (
        <Evidence task={task} onReload={onReload} />
      ) : tab.value === 'dues' ? (
        <Dues task={task} />
      ) : (
        <Overview task={task} onChange={onChange} onReload={onReload} />
      )}
    </>
  )
}

function Overview({ task, onReload }: Props) {
  const m = messages.value.facts
  const counts = messages.value.counts
  const counted = (['returns', 'extensions', 'bounces', 'reopened'] as const)
    .filter((name) => task.counts[name] > 0)
    .map((name) => counts[name](task.counts[name]))
  const facts: [string, ComponentChildren][] = [
    [m.due, named(task.due.vi, task.due.en)],
    [m.clock, <ClockWords task={task} />],
  ]
  if (task.timeliness_original && task.timeliness_original !== task.timeliness) {
    facts.push(['', <span class="muted">{messages.value.original(messages.value.timeliness[task.timeliness_original])}</span>])
  }
  if (task.due.text) facts.push([m.wording, <q>{task.due.text}</q>])
  facts.push([m.owner, <span class="strong">{task.owner.name}</span>])
  facts.push([m.assignee, task.assignee?.name ?? <span class="muted">{m.nobody}</span>])
  facts.push([m.assigner, [task.assigner.name, task.assigner.by].filter(Boolean).join(' · ')])
  if (task.monitor) facts.push([m.monitor, task.monitor.name])
  if (task.coop.length > 0) facts.push([m.coop, task.coop.map((unit) => unit.name).join(', ')])
  if (task.product) facts.push([m.product, task.product])
  if (task.by_document) facts.push([m.document, task.by_document])
  facts.push([
    m.priority,
    <span class="task-clock">
      <Priority level={task.priority} filled={false} label={messages.value.priority[task.priority]} />
      {messages.value.priority[task.priority]}
    </span>,
  ])
  if (task.given_at) facts.push([m.given, <span class="num">{dateTime(task.given_at)}</span>])
  if (task.parent_id) facts.push([m.parent, <a href={href(`/tasks/${task.parent_id}`)}>#{task.parent_id}</a>])
  if (task.progress.percent !== null || task.progress.text) {
    const percent = task.progress.percent === null ? null : messages.value.percent(task.progress.percent)
    facts.push([m.progress, [percent, task.progress.text].filter(Boolean).join(' · ')])
  }
  if (counted.length > 0) facts.push([m.counts, counted.join(', ')])
  return (
    <>
      {task.description && <p class="task-text">{task.description}</p>}
      <dl class="facts">
        {facts.map(([label, value], index) => (
          <FactRow key={index} label={label} value={value} />
        ))}
      </dl>
      <Refusals task={task} />
      <Reports task={task} />
      <Parts task={task} onReload={onReload} />
    </>
  )
}

function FactRow({ label, value }: { label: string; value: ComponentChildren }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </>
  )
}

function Refusals({ task }: { task: Task }) {
  const m = messages.value
  if (task.refusals.length === 0) return null
  return (
    <section>
      <h3>{m.refusals}</h3>
      <ol class="task-list">
        {task.refusals.map((each) => (
          <li key={each.org_id}>
            <p>
              <span class="strong">{each.org_name}</span> <Chip>{m.decision[each.decision ?? 'open']}</Chip>
            </p>
            <p>
              {each.ground} {each.proposed_name && <span class="muted">({m.proposed(each.proposed_name)})</span>}
            </p>
          </li>
        ))}
      </ol>
    </section>
  )
}

function Reports({ task }: { task: Task }) {
  const m = messages.value
  if (task.reports.length === 0) return null
  return (
    <section>
      <h3>{m.reports}</h3>
      <ol class="task-list">
        {task.reports.map((report) => (
          <li key={report.no}>
            <p>
              <span class="strong">{report.by}</span> <span class="num muted">{dateTime(report.at)}</span>{' '}
              <Chip>{report.verdict ? m.verdict[report.verdict] : m.noVerdict}</Chip>
            </p>
            <p class="task-text">{report.text}</p>
            {report.product && <p class="small">{report.product}</p>}
            {report.verdict_why && (
              <p class="small muted">
                {report.verdict_by}: {report.verdict_why}
              </p>
            )}
          </li>
        ))}
      </ol>
    </section>
  )
}

function Parts({ task, onReload }: Pick<Props, 'task' | 'onReload'>) {
  const m = messages.value
  const [adding, setAdding] = useState(false)
  const canSplit = task.may.includes('lead') && ['new', 'received', 'in_progress', 'returned'].includes(task.state)
  if (task.children.length === 0 && !canSplit) return null
  return (
    <section>
      <h3>{m.childrenTitle}</h3>
      <ol class="task-list">
        {task.children.map((part) => (
          <li key={part.id}>
            <a href={href(`/tasks/${part.id}`)}>{part.title}</a>
            <p class="small muted">
              {part.owner.name} · {m.state[part.state]}
            </p>
            <ClockWords task={part} />
          </li>
        ))}
      </ol>
      {canSplit && !adding && (
        <Button icon="plus" onClick={() => setAdding(true)}>
          {m.split}
        </Button>
      )}
      {adding && (
        <NewPart
          task={task}
          onMade={() => {
            setAdding(false)
            onReload()
          }}
          onCancel={() => setAdding(false)}
        />
      )}
    </section>
  )
}

function Log({ task }: { task: Task }) {
  const m = messages.value
  const [older, setOlder] = useState<readonly LogEntry[]>([])
  const [cursor, setCursor] = useState<string | null | undefined>(undefined)
  const url = `/api/v1/tasks/${task.id}/timeline`
  const resource = useResource(url, (signal) => get<Page<LogEntry>>(url, { limit: 50 }, signal))
  if (resource.problem) return <ProblemBox problem={resource.problem} onRetry={resource.reload} />
  if (!resource.data) return <Loading />
  const more = cursor === undefined ? resource.data.next : cursor
  const entries = [...resource.data.items, ...older]
  const loadMore = async () => {
    const page = await get<Page<LogEntry>>(url, { limit: 50, cursor: more })
    setOlder([...older, ...page.items])
    setCursor(page.next)
  }
  return (
    <>
      <ol class="task-log" aria-label={m.tabs.log}>
        {entries.map((entry) => (
          <li key={entry.no}>
            <p>
              <span class="num muted">{dateTime(entry.at)}</span> <span class="strong">{actWord(entry.action)}</span>{' '}
              <span>{entry.actor}</span> <span class="muted">{changeOf(entry)}</span>
            </p>
            {typeof entry.body['text'] === 'string' && entry.body['text'] && <p class="task-text">{entry.body['text']}</p>}
          </li>
        ))}
      </ol>
      {entries.length === 0 && <Empty title={m.log.none} />}
      {more && <Button onClick={() => void loadMore()}>{common.value.more}</Button>}
    </>
  )
}

function actWord(action: string): string {
  const name = action.replace(/^task\./, '')
  return (messages.value.acts as Record<string, string>)[name] ?? name
}

function changeOf(entry: LogEntry): string {
  const { from, to } = entry.body
  return typeof to === 'string' && to !== from ? messages.value.log.to(messages.value.state[to as State] ?? to) : ''
}

function Evidence({ task, onReload }: Pick<Props, 'task' | 'onReload'>) {
  const m = messages.value.evidence
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const add = async (file: File) => {
    setBusy(true)
    setProblem(null)
    try {
      await upload(`/api/v1/tasks/${task.id}/evidence?name=${encodeURIComponent(file.name)}`, file)
      toast(m.added(file.name))
      onReload()
    } catch (error) {
      setProblem(asProblem(error))
    }
    setBusy(false)
  }
  return (
    <>
      {task.evidence.length === 0 && <Empty title={m.none} />}
      <ol class="task-list">
        {task.evidence.map((file) => (
          <li key={file.id} class={file.superseded ? 'muted' : ''}>
            <a href={`/api/v1/tasks/${task.id}/evidence/${file.id}`} download={file.name} data-external>
              {file.name}
            </a>{' '}
            {file.superseded && <Chip>{m.superseded}</Chip>}
            <p class="small muted num">
              {bytes(file.size_bytes)} · {m.scan[file.scan]} · {file.by} · {dateTime(file.at)}
            </p>
          </li>
        ))}
      </ol>
      {task.may.includes('party') && (
        <label class="field task-file">
          <span class="strong">{m.add}</span>
          <input
            type="file"
            disabled={busy}
            onChange={(event) => {
              const [file] = event.currentTarget.files ?? []
              event.currentTarget.value = ''
              if (file) void add(file)
            }}
          />
          <span class="field-hint">{m.hint}</span>
        </label>
      )}
      {problem && <ProblemBox problem={problem} />}
    </>
  )
}

function Dues({ task }: { task: Task }) {
  const m = messages.value.dues
  return (
    <>
      {task.due_changes.length === 0 && <Empty title={m.none} />}
      <ol class="task-list">
        {task.due_changes.map((change) => (
          <DueLine key={change.id} change={change} />
        ))}
      </ol>
      <section>
        <h3>{m.reminders}</h3>
        {task.reminders.length === 0 && <p class="muted">{m.noReminders}</p>}
        <ol class="task-list">
          {task.reminders.map((each) => (
            <li key={`${each.version} ${each.step}`}>
              <span class="num muted">{dateTime(each.made_at)}</span> <span class="mono">{each.step}</span>{' '}
              {each.collapsed && <span class="muted">{m.collapsed(each.collapsed)}</span>}
            </li>
          ))}
        </ol>
      </section>
    </>
  )
}

function DueLine({ change }: { change: DueChange }) {
  const m = messages.value.dues
  const said = change.decision === null ? m.open : m[change.decision]
  const moment = (at: string | null) => (at ? dateTime(at) : common.value.none)
  return (
    <li>
      <p>
        <span class="strong">{m.kind[change.kind]}</span> <Chip>{said}</Chip>
      </p>
      <p class="num">{m.fromTo(moment(change.old_end), moment(change.new_end))}</p>
      <p class="task-text">
        {change.reason} {change.document && <span class="muted">({change.document})</span>}
      </p>
      {!change.in_time && <p class="strong small">{m.late}</p>}
      <p class="small muted num">
        {[change.asked_by, dateTime(change.asked_at), change.decided_by, change.why].filter(Boolean).join(' · ')}
      </p>
    </li>
  )
}

/** How many stand in a view, `1000+` where nobody counted further. */
export function counted(count: number, most: number): string {
  return count >= most ? `${number(most)}+` : number(count)
}
