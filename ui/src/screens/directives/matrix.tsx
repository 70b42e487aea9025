// One directive to many units: which of these has done it? Those that owe something stand first.
import { useState } from 'preact/hooks'
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import { Chip } from '../../design/mark'
import { Loading, ProblemBox } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { compare } from '../../format/fold'
import { number } from '../../format/number'
import { date, dateTime, ms } from '../../format/time'
import { directives as messages } from '../../messages/directives'
import { tasks as taskWords } from '../../messages/tasks'
import { go, href, param } from '../../router'
import { useTold } from './parts'
import { TaskPart } from './task-rows'
import type { Directive, Matrix, MatrixRow } from './types'

const shown = param('rows', 'all')
const opened = param('task')
const DONE: ReadonlySet<string> = new Set(['accepted', 'closed'])
const isDone = (row: MatrixRow) => DONE.has(row.state)
const isLate = (row: MatrixRow) => row.timeliness_original === 'overdue' || row.timeliness === 'overdue'

const FILTERS = {
  all: () => true,
  left: (row: MatrixRow) => !isDone(row) && row.state !== 'cancelled',
  late: isLate,
}

export function MatrixPart({ directive, onChange }: { directive: Directive; onChange: () => void }) {
  const m = messages.value.directive
  const url = `/api/v1/directives/${directive.id}/matrix`
  const resource = useResource(url, (signal) => get<Matrix>(url, {}, signal))
  const [cursor, setCursor] = useState<string | null>(null)
  useTold(resource.reload)
  if (resource.problem && !resource.data) return <ProblemBox problem={resource.problem} onRetry={resource.reload} />
  if (!resource.data) return <Loading />
  const { rows, done, of } = resource.data
  const waiting = rows.filter(({ state }) => state === 'reported').length
  const late = rows.filter(isLate).length
  const wanted = FILTERS[shown.value as keyof typeof FILTERS] ?? FILTERS.all
  const sorted = rows.filter(wanted).sort((a, b) => rank(a) - rank(b) || b.days_late - a.days_late || compare(a.org.name, b.org.name))
  const names = { all: m.matrixAll, left: m.matrixLeft, late: m.matrixLate }
  return (
    <section aria-label={m.matrix}>
      <h2>
        {m.matrix} <span class="muted num">{m.matrixCounts(done, waiting, late, of)}</span>
      </h2>
      <nav class="segments" aria-label={m.matrixFilter}>
        {(['all', 'left', 'late'] as const).map((name) => (
          <a
            key={name}
            class="segment"
            href={href('', { rows: name === 'all' ? null : name })}
            aria-current={shown.value === name ? 'true' : undefined}
          >
            {names[name]}
          </a>
        ))}
      </nav>
      <Table
        label={m.matrix}
        columns={columns()}
        rows={sorted}
        rowKey={(row) => String(row.task_id)}
        selected={opened.value || cursor}
        onOpen={(row) => {
          const id = String(row.task_id)
          setCursor(id)
          go('', { task: opened.peek() === id ? null : id }, { replace: true })
        }}
      />
      {(resource.data.hidden ?? 0) > 0 && <p class="muted">{m.hidden(resource.data.hidden ?? 0)}</p>}
      {opened.value && (
        <div class="matrix-task">
          <h3>{rows.find(({ task_id }) => String(task_id) === opened.value)?.org.name}</h3>
          <TaskPart
            key={opened.value}
            id={Number(opened.value)}
            onChange={() => {
              resource.reload()
              onChange()
            }}
          />
        </div>
      )}
    </section>
  )
}

/** The end is the first instant that is too late: the day that is named is the one before. */
function lastMoment(end: string): number {
  return ms(end) - 1
}

function rank(row: MatrixRow): number {
  if (isDone(row)) return 3
  if (isLate(row)) return 0
  return row.state === 'reported' ? 2 : 1
}

function columns(): Column<MatrixRow>[] {
  const m = messages.value.directive
  const words = taskWords.value
  return [
    {
      key: 'org',
      head: m.column.org,
      title: true,
      cell: (row) => (
        <a class="strong plain-link" href={href(`/tasks/${row.task_id}`)}>
          {row.org.name}
        </a>
      ),
    },
    { key: 'state', head: m.column.state, cell: (row) => <Chip>{words.state[row.state]}</Chip> },
    {
      key: 'clock',
      head: m.column.clock,
      cell: (row) => (
        <span class="two-lines">
          <span class={isLate(row) ? 'strong' : ''}>
            {row.timeliness ? words.timeliness[row.timeliness] : ''}
            {isLate(row) && row.days_late > 0 && `, ${messages.value.list.late(row.days_late)}`}
          </span>
          {row.end && <span class="muted num small">{date(lastMoment(row.end))}</span>}
        </span>
      ),
    },
    {
      key: 'reported',
      head: m.column.reported,
      wide: true,
      cell: (row) => (row.reported_at ? <span class="num">{dateTime(row.reported_at)}</span> : <span class="muted">–</span>),
    },
    { key: 'evidence', head: m.column.evidence, numeric: true, cell: (row) => <span class="num">{number(row.evidence)}</span> },
    { key: 'text', head: m.column.text, wide: true, cell: (row) => <span class="clamp small">{row.text}</span> },
  ]
}
