// Tasks: who must do what, by when, and is it done? The list of a view, and beside it the task that is opened.
import { useEffect, useRef, useState } from 'preact/hooks'
import { get, send } from '../../api/client'
import { asProblem, Problem, type ProblemDocument } from '../../api/problem'
import { useResource } from '../../api/resource'
import { may } from '../../api/session'
import { line, listen } from '../../api/stream'
import type { Org, Page } from '../../api/types'
import { Button, Field, Select, Tabs } from '../../design/controls'
import { Chip, Priority } from '../../design/mark'
import { Empty, Loading, ProblemBox, toast } from '../../design/notice'
import { Split, Table, useListKeys, type Column } from '../../design/table'
import { useKeys } from '../../keys'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { tasks as messages } from '../../messages/tasks'
import { go, href, param, path } from '../../router'
import { ClockWords } from '../../tasks/marks'
import { NewTask } from './new'
import { counted, TaskPanel } from './panel'
import { Sheet } from './sheet'
import { WishesPanel } from './wishes'
import type { ActName, Line, State, Task } from '../../tasks/types'
import './tasks.css'

const VIEWS = ['mine', 'unit', 'coop', 'assigned', 'overdue', 'all', 'done'] as const
const FILTERS = ['all', 'overdue', 'due_soon', 'awaiting_verdict', 'no_due'] as const
const BULK: readonly ActName[] = ['give', 'receive', 'start', 'accept', 'close']
/** Without the stream the list is asked for so often; with it, once what has happened has settled. */
const REFRESH_MS = 20_000
const SETTLE_MS = 400
const TOLD: ReadonlySet<string> = new Set(['task', 'tasks', 'reset'])
const view = param('view', 'unit')
const filter = param('f', 'all')
const stateFilter = param('state')
const priorityFilter = param('priority')
const unitFilter = param('org')
const typed = param('q')

/** The query of the list, which is also that of its workbook. */
function query() {
  return {
    view: view.value,
    timeliness: filter.value === 'all' || view.value === 'done' ? null : filter.value,
    state: stateFilter.value || null,
    priority: priorityFilter.value || null,
    org: unitFilter.value || null,
    q: typed.value || null,
  }
}

export default function Tasks() {
  const m = messages.value
  const asked = query()
  const key = JSON.stringify(asked)
  const resource = useResource(key, (signal) => get<Page<Line>>('/api/v1/tasks', { ...asked, limit: 50 }, signal))
  const counts = useResource('task counts', (signal) =>
    get<{ counts: Record<string, number>; most: number }>('/api/v1/tasks/counts', {}, signal),
  )
  const [cursor, setCursor] = useState<string | null>(null)
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set())
  const rows = resource.data?.items ?? []
  const openId = path.value[1] ?? null
  const refresh = () => {
    resource.reload()
    counts.reload()
  }
  useEffect(() => setSelected(new Set()), [key])
  useRefresh(refresh)

  const open = (id: string) => go(`/tasks/${id}`, kept(), { replace: openId !== null })
  const close = () => {
    setCursor(openId)
    go('/tasks', { ...kept(), tab: null })
  }
  const toggle = (id: number) => {
    const next = new Set(selected)
    if (!next.delete(id)) next.add(id)
    setSelected(next)
  }
  useListKeys(
    rows.map((row) => String(row.id)),
    openId ?? cursor,
    (id) => (openId ? open(id) : setCursor(id)),
    m,
  )
  useKeys([
    { press: 'Enter', shown: 'Enter', label: () => messages.value.open, run: () => cursor && open(cursor) },
    { press: 'KeyX', shown: 'X', label: () => messages.value.select, run: () => cursor && toggle(Number(cursor)) },
    { press: 'KeyN', shown: 'N', label: () => messages.value.add, run: () => may('task.assign') && open('new') },
  ])
  const loadMore = async () => {
    const page = await get<Page<Line>>('/api/v1/tasks', { ...asked, limit: 50, cursor: resource.data?.next })
    resource.put((data) => ({ items: [...data.items, ...page.items], next: page.next }))
  }
  return (
    <Split
      panelLabel={rows.find((row) => String(row.id) === openId)?.title ?? m.title}
      onClose={close}
      panel={openId && <Opened id={openId} onChange={refresh} onOpen={open} />}
      list={
        <div class="page">
          <header class="page-head">
            <div>
              <h1>{m.title}</h1>
              <p>{m.question}</p>
            </div>
            <Tools onOpen={open} />
          </header>
          <Views counts={counts.data} />
          <Filters />
          {selected.size > 0 && (
            <Bulk
              lines={rows.filter((row) => selected.has(row.id))}
              onClear={() => setSelected(new Set())}
              onDone={refresh}
            />
          )}
          {resource.problem && <ProblemBox problem={resource.problem} onRetry={resource.reload} />}
          {resource.data ? (
            <Table
              label={m.list}
              columns={columns(selected, toggle)}
              rows={rows}
              rowKey={(row) => String(row.id)}
              selected={openId ?? cursor}
              onOpen={(row) => open(String(row.id))}
              empty={<Empty title={m.empty} text={m.emptyText} />}
            />
          ) : (
            resource.loading && <Loading />
          )}
          {resource.data?.next && <Button onClick={() => void loadMore()}>{common.value.more}</Button>}
        </div>
      }
    />
  )
}

/** What others do shows as it happens; where the line is down, now and then, while somebody looks. */
function useRefresh(refresh: () => void): void {
  const latest = useRef(refresh)
  latest.current = refresh
  useEffect(() => {
    let settling: number | undefined
    const soon = () => {
      clearTimeout(settling)
      settling = window.setTimeout(() => latest.current(), SETTLE_MS)
    }
    const hush = listen('tasks', (event) => TOLD.has(event.kind) && soon())
    const timer = setInterval(() => line.peek().state !== 'live' && document.visibilityState === 'visible' && soon(), REFRESH_MS)
    return () => {
      hush()
      clearTimeout(settling)
      clearInterval(timer)
    }
  }, [])
}

function kept() {
  return {
    view: view.peek() === 'unit' ? null : view.peek(),
    f: filter.peek() === 'all' ? null : filter.peek(),
    q: typed.peek(),
    state: stateFilter.peek(),
    priority: priorityFilter.peek(),
    org: unitFilter.peek(),
  }
}

function Opened({ id, onChange, onOpen }: { id: string; onChange: () => void; onOpen: (id: string) => void }) {
  const m = messages.value
  if (id === 'new') {
    return (
      <NewTask
        onMade={(task) => {
          onChange()
          onOpen(String(task.id))
        }}
      />
    )
  }
  if (id === 'import') return <Sheet onApplied={onChange} />
  if (id === 'reminders') return <WishesPanel />
  return /^\d+$/.test(id) ? <OpenedTask key={id} id={id} onChange={onChange} /> : <Empty title={m.gone} text={m.goneText} />
}

function OpenedTask({ id, onChange }: { id: string; onChange: () => void }) {
  const m = messages.value
  const resource = useResource(`task ${id}`, (signal) => get<Task>(`/api/v1/tasks/${id}`, {}, signal))
  if (resource.problem?.document.status === 404) return <Empty title={m.gone} text={m.goneText} />
  if (resource.problem && !resource.data) return <ProblemBox problem={resource.problem} onRetry={resource.reload} />
  if (!resource.data) return <Loading />
  return (
    <TaskPanel
      task={resource.data}
      onReload={resource.reload}
      onChange={(task) => {
        resource.put(() => task)
        onChange()
      }}
    />
  )
}

function Tools({ onOpen }: { onOpen: (id: string) => void }) {
  const m = messages.value
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query())) if (value) parameters.set(name, value)
  return (
    <div class="page-tools">
      {may('task.assign') && (
        <Button kind="primary" icon="plus" onClick={() => onOpen('new')}>
          {m.add}
        </Button>
      )}
      {([['xlsx', m.export], ['docx', m.exportWord], ['pdf', m.exportPdf]] as const).map(([form, words]) => (
        <a key={form} class="button button-plain" href={`/api/v1/tasks/export?${parameters}&format=${form}`} download={`nhiem-vu.${form}`} data-external>
          {words}
        </a>
      ))}
      {may('task.work') && <Button onClick={() => onOpen('import')}>{m.import}</Button>}
      <Button onClick={() => onOpen('reminders')}>{m.wishes}</Button>
    </div>
  )
}

function Views({ counts }: { counts: { counts: Record<string, number>; most: number } | undefined }) {
  const m = messages.value.views
  const tabs = VIEWS.map((name) => {
    const count = counts?.counts[name]
    const words = count === undefined ? m[name] : `${m[name]} ${counted(count, counts?.most ?? 0)}`
    return { id: name, label: words, href: href('/tasks', { view: name === 'unit' ? null : name, q: typed.value }) }
  })
  return <Tabs label={m.label} tabs={tabs} current={view.value} />
}

function Filters() {
  const m = messages.value
  const orgs = useResource('units', (signal) => get<{ items: Org[] }>('/api/v1/orgs', {}, signal))
  const states = Object.entries(m.state).map(([value, label]) => ({ value, label }))
  const priorities = Object.entries(m.priority).map(([value, label]) => ({ value, label: `${value} · ${label}` }))
  const units = (orgs.data?.items ?? []).map(({ id, name }) => ({ value: String(id), label: name }))
  return (
    <div class="task-filters">
      {view.value !== 'done' && view.value !== 'overdue' && (
        <nav class="segments" aria-label={m.filters}>
          {FILTERS.map((name) => (
            <a
              key={name}
              class="segment"
              href={href('', { f: name === 'all' ? null : name })}
              aria-current={filter.value === name ? 'true' : undefined}
            >
              {m.filter[name]}
            </a>
          ))}
        </nav>
      )}
      <Select
        label={m.stateFilter}
        value={stateFilter.value}
        options={[{ value: '', label: m.anyState }, ...states]}
        onChange={(value) => go('', { state: value }, { replace: true })}
      />
      <Select
        label={m.priorityFilter}
        value={priorityFilter.value}
        options={[{ value: '', label: m.anyPriority }, ...priorities]}
        onChange={(value) => go('', { priority: value }, { replace: true })}
      />
      {units.length > 1 && (
        <Select
          label={m.unitFilter}
          value={unitFilter.value}
          options={[{ value: '', label: m.anyUnit }, ...units]}
          onChange={(value) => go('', { org: value }, { replace: true })}
        />
      )}
      <Field label={m.search} type="search" value={typed.value} onInput={(value) => go('', { q: value }, { replace: true })} />
    </div>
  )
}

function Bulk({ lines, onClear, onDone }: { lines: readonly Line[]; onClear: () => void; onDone: () => void }) {
  const m = messages.value
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [refused, setRefused] = useState<readonly { id: number; problem: Problem }[]>([])
  const act = async (name: ActName) => {
    setBusy(true)
    setProblem(null)
    try {
      const body = { do: { act: name }, tasks: lines.map(({ id, version }) => ({ id, version })) }
      const answer = await send<{ items: { id: number; problem?: ProblemDocument }[] }>('POST', '/api/v1/tasks/bulk', body)
      const not = answer.items.flatMap(({ id, problem }) => (problem ? [{ id, problem: new Problem(problem) }] : []))
      toast(m.bulkDone(answer.items.length - not.length))
      setRefused(not)
      onDone()
      if (not.length === 0) onClear()
    } catch (error) {
      setProblem(asProblem(error))
    }
    setBusy(false)
  }
  return (
    <section class="task-bulk" aria-label={m.selected(lines.length)}>
      <p class="strong" role="status">
        {m.selected(lines.length)}
      </p>
      <div class="form-foot">
        {BULK.map((name) => (
          <Button key={name} busy={busy} onClick={() => void act(name)}>
            {m.acts[name]}
          </Button>
        ))}
        <Button kind="ghost" onClick={onClear}>
          {m.clear}
        </Button>
      </div>
      {problem && <ProblemBox problem={problem} />}
      {refused.length > 0 && (
        <div>
          <p class="strong">{m.bulkRefused(refused.length)}</p>
          <ul>
            {refused.map(({ id, problem }) => (
              <li key={id}>
                <span class="num">#{id}</span> {problem.title}. {problem.detail}
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  )
}

function columns(selected: ReadonlySet<number>, toggle: (id: number) => void): Column<Line>[] {
  const m = messages.value
  return [
    {
      key: 'select',
      head: m.column.select,
      cell: (row) => (
        <input
          type="checkbox"
          class="task-check"
          aria-label={`${m.column.select}: ${row.title}`}
          checked={selected.has(row.id)}
          onChange={() => toggle(row.id)}
        />
      ),
    },
    { key: 'task', head: m.column.task, title: true, cell: (row) => <TaskName row={row} /> },
    {
      key: 'owner',
      head: m.column.owner,
      cell: (row) => (
        <span class="two-lines">
          <span>{row.owner.name}</span>
          {row.assignee && <span class="muted small">{row.assignee.name}</span>}
        </span>
      ),
    },
    { key: 'clock', head: m.column.clock, cell: (row) => <ClockWords task={row} /> },
    { key: 'due', head: m.column.due, wide: true, cell: (row) => named(row.due.vi, row.due.en) },
    { key: 'state', head: m.column.state, cell: (row) => <Chip>{m.state[row.state as State]}</Chip> },
  ]
}

function TaskName({ row }: { row: Line }) {
  const m = messages.value
  const progress = row.progress.percent === null ? null : m.percent(row.progress.percent)
  return (
    <span class="task-name">
      <Priority level={row.priority} filled={false} label={m.priority[row.priority]} />
      <span class="two-lines">
        <a class="strong plain-link" href={href(`/tasks/${row.id}`, kept())}>
          {row.title}
        </a>
        <span class="muted small">
          {[`#${row.id}`, row.assigner.name, progress, row.children > 0 ? m.children(row.children) : null]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </span>
    </span>
  )
}
