// Reports of a programme and of its projects: a draft with what it lacks, issued under a number, and those that were issued.
import { useState } from 'preact/hooks'
import { get, newKey, send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { useResource } from '../../api/resource'
import { second } from '../../api/time'
import type { Page } from '../../api/types'
import { Button, Field, Select } from '../../design/controls'
import { Mark } from '../../design/mark'
import { Empty, Loading, ProblemBox, Simulated, toast } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { asField, date, dateTime } from '../../format/time'
import { papers as messages } from '../../messages/programme-papers'
import { go, param } from '../../router'
import { usePrograms } from './parts'
import { asked } from './scope'

const KINDS = ['monthly', 'overview', 'supervision'] as const
type Kind = (typeof KINDS)[number]
const NOTES = ['progress', 'quality', 'difficulties', 'proposals'] as const
const FILES = ['pdf', 'docx', 'xlsx'] as const
const MISSING_SHOWN = 12
const kind = param('kind', 'monthly')
const period = param('period')
const project = param('project')

interface Draft {
  figures: {
    plan_as_of: string
    cut_off: string
    simulated: boolean
    missing: { what: string; ask: string; projects: number }[]
  }
  reconciles: boolean
}

interface Issued {
  id: number
  kind: Kind
  period: string
  number: string
  cut_off: string
  issuer: { id: number; name: string }
  project: { id: number; name: string } | null
}

export default function Reports() {
  const m = messages.value
  const programs = usePrograms()
  const { chosen } = asked(programs.data?.items)
  const list = useResource(chosen ? `reports ${chosen.id}` : null, (signal) =>
    get<Page<Issued>>(`/api/v1/programme/programs/${chosen?.id}/reports`, { limit: 50 }, signal),
  )
  return (
    <div class="page">
      <header class="page-head">
        <div>
          <h1>{m.title}</h1>
          <p>{m.question}</p>
        </div>
      </header>
      {programs.problem && <ProblemBox problem={programs.problem} onRetry={programs.reload} />}
      {chosen && <Making programId={chosen.id} onIssued={list.reload} />}
      {list.problem && <ProblemBox problem={list.problem} onRetry={list.reload} />}
      {list.data && (
        <Table label={m.list} columns={columns()} rows={list.data.items} rowKey={(row) => String(row.id)} empty={<Empty title={m.empty} />} />
      )}
      {!list.data && (programs.loading || list.loading) && <Loading />}
    </div>
  )
}

/** The months, quarters, halves and years that have begun, the latest first; a month's report is of months alone. */
export function periodsOf(which: Kind, today: string): string[] {
  const [year = 0, month = 1] = today.split('-').map(Number)
  const months = Array.from({ length: 12 }, (_, at) => {
    const count = year * 12 + month - 1 - at
    return `${Math.floor(count / 12)}-${String((count % 12) + 1).padStart(2, '0')}`
  })
  if (which === 'monthly') return months
  const longer = [year, year - 1].flatMap((each) => {
    const upto = each === year ? month : 12
    const quarters = [4, 3, 2, 1].filter((quarter) => quarter * 3 - 2 <= upto).map((quarter) => `${each}-Q${quarter}`)
    const halves = [2, 1].filter((half) => half * 6 - 5 <= upto).map((half) => `${each}-H${half}`)
    return [...quarters, ...halves, String(each)]
  })
  return [...longer, ...months]
}

function Making({ programId, onIssued }: { programId: number; onIssued: () => void }) {
  const m = messages.value
  const which = KINDS.find((name) => name === kind.value) ?? 'monthly'
  const periods = periodsOf(which, asField(second.peek()))
  const when = periods.includes(period.value) ? period.value : (periods[which === 'monthly' ? 1 : 0] as string)
  const projects = useResource(which === 'supervision' ? `projects ${programId}` : null, (signal) =>
    get<Page<{ id: number; name: string; public_id: string }>>('/api/v1/programme/projects', { program: programId, limit: 200 }, signal),
  )
  const path =
    which === 'supervision' ? (project.value ? `/api/v1/programme/projects/${project.value}/supervision-report` : null) : `/api/v1/programme/programs/${programId}/reports/${which}`
  const draft = useResource(path && `${path} ${when}`, (signal) => get<Draft>(path as string, { period: when }, signal))
  return (
    <section class="inset" aria-label={m.draft}>
      <div class="programme-filters">
        <Select label={m.kind} value={which} options={KINDS.map((value) => ({ value, label: m.kinds[value] as string }))} onChange={(value) => go('', { kind: value }, { replace: true })} />
        <Select label={m.period} value={when} options={periods.map((value) => ({ value, label: m.periods(value) }))} onChange={(value) => go('', { period: value }, { replace: true })} />
        {which === 'supervision' && (
          <Select
            label={m.project}
            value={project.value}
            options={[{ value: '', label: m.choose }, ...(projects.data?.items ?? []).map((each) => ({ value: String(each.id), label: `${each.public_id} · ${each.name}` }))]}
            onChange={(value) => go('', { project: value }, { replace: true })}
          />
        )}
      </div>
      {draft.problem && <ProblemBox problem={draft.problem} onRetry={draft.reload} />}
      {path && draft.loading && !draft.data && <Loading />}
      {path && draft.data && (
        <>
          <Lacking draft={draft.data} />
          <p class="form-foot">
            {FILES.map((form) => (
              <a key={form} class="button button-plain" href={`${path}?${new URLSearchParams({ period: when, format: form })}`} download>
                {m.download(m.files[form] as string)}
              </a>
            ))}
          </p>
          <Issue key={`${path} ${when}`} programId={programId} which={which} when={when} onIssued={onIssued} />
        </>
      )}
    </section>
  )
}

function Lacking({ draft }: { draft: Draft }) {
  const m = messages.value
  const { figures, reconciles } = draft
  const missing = figures.missing
  return (
    <>
      <p class="settled">
        {reconciles ? <Mark shape="none" sign="✓" tone="quiet" /> : <Mark shape="triangle" sign="!" tone="p2" />}
        <span>{reconciles ? m.reconciles : m.differs}</span>
        <span class="muted small">{m.asOf(date(figures.plan_as_of), dateTime(figures.cut_off))}</span>
        {figures.simulated && <Simulated short />}
      </p>
      {missing.length === 0 ? (
        <p class="muted">{m.complete}</p>
      ) : (
        <details class="fold">
          <summary>{m.missing(missing.length)}</summary>
          <ul>
            {missing.slice(0, MISSING_SHOWN).map((each, at) => (
              <li key={at}>
                {each.what}
                {each.projects > 1 && ` (${m.ofProjects(each.projects)})`} <span class="muted small">({m.missingFrom(each.ask)})</span>
              </li>
            ))}
            {missing.length > MISSING_SHOWN && <li class="muted">{m.more(missing.length - MISSING_SHOWN)}</li>}
          </ul>
        </details>
      )}
    </>
  )
}

interface IssueProps {
  programId: number
  which: Kind
  when: string
  onIssued: () => void
}

function Issue({ programId, which, when, onIssued }: IssueProps) {
  const m = messages.value
  const [notes, setNotes] = useState<Record<string, string>>({})
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [key, setKey] = useState(newKey)
  const submit = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    setProblem(null)
    const lines = (text: string) => text.split('\n').map((line) => line.trim()).filter(Boolean)
    const told = Object.entries(notes).filter(([, text]) => text.trim())
    const said = Object.fromEntries(told.map(([name, text]) => [name, name === 'proposals' ? lines(text) : text.trim()]))
    const body = { period: when, notes: said, ...(which === 'supervision' ? {} : { kind: which }) }
    const to = which === 'supervision' ? `/api/v1/programme/projects/${project.peek()}/supervision-report` : `/api/v1/programme/programs/${programId}/reports`
    try {
      const made = await send<Issued>('POST', to, body, { key })
      toast(m.issued(made.number))
      setKey(newKey())
      onIssued()
    } catch (error) {
      setProblem(asProblem(error))
    }
    setBusy(false)
  }
  return (
    <details class="fold">
      <summary>{m.issue}</summary>
      <form class="form" aria-label={m.issue} onSubmit={(event) => void submit(event)}>
        <p class="muted small">{m.issueHint}</p>
        {NOTES.map((name) => (
          <Field key={name} label={`${m.notes}: ${m.noteNames[name]}`} value={notes[name] ?? ''} lines={2} onInput={(text) => (setNotes({ ...notes, [name]: text }), setKey(newKey()))} />
        ))}
        {problem && <ProblemBox problem={problem} />}
        <div class="form-foot">
          <Button type="submit" kind="primary" busy={busy}>
            {m.issue}
          </Button>
        </div>
      </form>
    </details>
  )
}

function columns(): Column<Issued>[] {
  const m = messages.value
  return [
    { key: 'number', head: m.number, title: true, cell: (row) => <span class="strong num">{row.number}</span> },
    {
      key: 'what',
      head: m.what,
      cell: (row) => (
        <span class="two-lines">
          <span>
            {m.kinds[row.kind]}, {m.periods(row.period)}
          </span>
          {row.project && <span class="muted small">{row.project.name}</span>}
        </span>
      ),
    },
    { key: 'issuer', head: m.issuer, wide: true, cell: (row) => row.issuer.name },
    { key: 'at', head: m.at, cell: (row) => <span class="num">{dateTime(row.cut_off)}</span> },
    {
      key: 'files',
      head: '',
      cell: (row) => (
        <span class="settled">
          {FILES.map((form) => (
            <a key={form} class="plain-link" href={`/api/v1/programme/reports/${row.id}?format=${form}`} download>
              {m.files[form]}
            </a>
          ))}
        </span>
      ),
    },
  ]
}
