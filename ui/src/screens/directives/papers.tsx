// Papers that were issued: reports of a week or a month with their numbers, and reminder letters to units.
import { useState } from 'preact/hooks'
import { get, send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { useResource } from '../../api/resource'
import { may } from '../../api/session'
import { Button } from '../../design/controls'
import { Empty, Loading, ProblemBox, toast } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { date, dateTime } from '../../format/time'
import { directives as messages } from '../../messages/directives'

interface Named {
  id: number
  name: string
}

interface Report {
  id: number
  kind: 'weekly' | 'monthly'
  period_from: string
  period_to: string
  number: string
  cut_off: string
  made_by: string
}

interface Letter {
  id: number
  number: string
  turn: number
  year: number
  made_at: string
  issuer: Named
  org: Named
  tasks: { id: number }[]
}

interface Due {
  org: Named
  tasks: number
  days: number
}

interface Page<T> {
  items: T[]
}

const REPORTS = '/api/v1/directive-reports'
const LETTERS = '/api/v1/directive-letters'
const NAMES = { docx: 'Word', pdf: 'PDF', xlsx: 'Excel' } as const

export default function PapersPage() {
  const m = messages.value.papers
  const letters = useResource('letters', (signal) => get<Page<Letter>>(LETTERS, {}, signal))
  return (
    <div class="page">
      <header class="page-head">
        <div>
          <h1>{m.title}</h1>
          <p>{m.text}</p>
        </div>
      </header>
      {may('directive.report') && <Reports />}
      {may('directive.report') && <Owed onWritten={letters.reload} />}
      <section>
        <h2>{m.letters}</h2>
        {letters.problem && <ProblemBox problem={letters.problem} onRetry={letters.reload} />}
        {!letters.data && letters.loading && <Loading />}
        {letters.data?.items.length === 0 && <Empty title={m.noLetters} />}
        {letters.data && letters.data.items.length > 0 && (
          <Table label={m.letters} columns={ofLetters()} rows={letters.data.items} rowKey={(row) => String(row.id)} />
        )}
      </section>
    </div>
  )
}

/** Reports with their numbers, and issuing one of the present week or month. */
function Reports() {
  const m = messages.value.papers
  const issued = useResource('reports', (signal) => get<Page<Report>>(REPORTS, {}, signal))
  const act = useAct()
  const issue = (kind: Report['kind']) =>
    act.run(async () => {
      const row = await send<Report>('POST', REPORTS, { kind })
      toast(m.issued(row.number))
      issued.reload()
    })
  return (
    <section>
      <h2>{m.reports}</h2>
      <div class="page-tools" role="group" aria-label={m.reports}>
        <Button busy={act.busy} onClick={() => issue('weekly')}>{m.issueWeekly}</Button>
        <Button busy={act.busy} onClick={() => issue('monthly')}>{m.issueMonthly}</Button>
      </div>
      <p class="muted">{m.frozen}</p>
      {(act.problem ?? issued.problem) && <ProblemBox problem={(act.problem ?? issued.problem)!} onRetry={issued.reload} />}
      {issued.data?.items.length === 0 && <Empty title={m.noReports} />}
      {issued.data && issued.data.items.length > 0 && (
        <Table label={m.reports} columns={ofReports()} rows={issued.data.items} rowKey={(row) => String(row.id)} />
      )}
    </section>
  )
}

/** Units for whose tasks the ladder calls for a letter. */
function Owed({ onWritten }: { onWritten: () => void }) {
  const m = messages.value.papers
  const due = useResource('due', (signal) => get<Page<Due>>(`${LETTERS}/due`, {}, signal))
  const act = useAct()
  const write = (org: Named) =>
    act.run(async () => {
      const row = await send<Letter>('POST', LETTERS, { org: org.id })
      toast(m.written(row.number, org.name))
      due.reload()
      onWritten()
    })
  const columns: Column<Due>[] = [
    { key: 'org', head: m.column.org, title: true, cell: (row) => row.org.name },
    { key: 'tasks', head: m.column.tasks, numeric: true, cell: (row) => <span class="num">{row.tasks}</span> },
    { key: 'days', head: m.column.days, numeric: true, cell: (row) => <span class="num">{row.days}</span> },
    { key: 'write', head: '', cell: (row) => <Button busy={act.busy} onClick={() => write(row.org)}>{m.write}</Button> },
  ]
  return (
    <section>
      <h2>{m.due}</h2>
      {(act.problem ?? due.problem) && <ProblemBox problem={(act.problem ?? due.problem)!} onRetry={due.reload} />}
      {due.data?.items.length === 0 && <p class="muted">{m.noneDue}</p>}
      {due.data && due.data.items.length > 0 && (
        <Table label={m.due} columns={columns} rows={due.data.items} rowKey={(row) => String(row.org.id)} />
      )}
    </section>
  )
}

/** One write at a time, and why the last one was refused. */
function useAct() {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const run = (work: () => Promise<void>) => {
    setBusy(true)
    setProblem(null)
    work()
      .catch((error: unknown) => setProblem(asProblem(error)))
      .finally(() => setBusy(false))
  }
  return { busy, problem, run }
}

function ofReports(): Column<Report>[] {
  const m = messages.value.papers
  return [
    { key: 'number', head: m.column.number, title: true, cell: (row) => <span class="num">{row.number}</span> },
    { key: 'kind', head: m.column.kind, cell: (row) => m.kind[row.kind] },
    { key: 'period', head: m.column.period, cell: (row) => `${date(row.period_from)} – ${date(row.period_to)}` },
    { key: 'cut', head: m.column.cut, cell: (row) => dateTime(row.cut_off) },
    { key: 'by', head: m.column.by, cell: (row) => row.made_by },
    { key: 'files', head: m.column.files, cell: (row) => <Files path={`${REPORTS}/issued/${row.id}`} what={row.number} forms={['docx', 'pdf', 'xlsx']} /> },
  ]
}

function ofLetters(): Column<Letter>[] {
  const m = messages.value.papers
  return [
    { key: 'number', head: m.column.number, title: true, cell: (row) => <span class="num">{row.number}</span> },
    { key: 'org', head: m.column.org, cell: (row) => row.org.name },
    { key: 'turn', head: m.column.turn, cell: (row) => m.turn(row.turn, row.year) },
    { key: 'tasks', head: m.column.tasks, numeric: true, cell: (row) => <span class="num">{row.tasks.length}</span> },
    { key: 'made', head: m.column.made, cell: (row) => dateTime(row.made_at) },
    { key: 'files', head: m.column.files, cell: (row) => <Files path={`${LETTERS}/${row.id}`} what={row.number} forms={['docx', 'pdf']} /> },
  ]
}

function Files({ path, what, forms }: { path: string; what: string; forms: (keyof typeof NAMES)[] }) {
  return (
    <span class="board-papers">
      {forms.map((form) => (
        <a
          key={form}
          class="button button-plain"
          href={`${path}?format=${form}`}
          aria-label={`${what}: ${NAMES[form]}`}
          download
          data-external
        >
          {NAMES[form]}
        </a>
      ))}
    </span>
  )
}
