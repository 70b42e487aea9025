// Plan sheets: drop one in to have it read and compared; below, what came in before.
import { useRef, useState } from 'preact/hooks'
import { get, newKey, send, upload } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { useResource } from '../../api/resource'
import type { Page } from '../../api/types'
import { Button, Field, Select } from '../../design/controls'
import { Icon } from '../../design/icons'
import { Chip } from '../../design/mark'
import { Empty, Loading, ProblemBox } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { number } from '../../format/number'
import { date, dateTime } from '../../format/time'
import { common } from '../../messages/common'
import { programme as messages } from '../../messages/programme'
import { go, href } from '../../router'
import { program } from './scope'
import { Sum, usePrograms, useTold } from './parts'
import { DIFF_KINDS, type Import, type ImportRow, type Program } from './types'

export default function Imports() {
  const m = messages.value
  const programs = usePrograms()
  const all = programs.data?.items ?? []
  const chosen = all.find(({ id }) => String(id) === program.value) ?? all[0]
  const list = useResource(chosen ? String(chosen.id) : null, (signal) =>
    get<Page<ImportRow>>('/api/v1/programme/imports', { program: chosen?.id, limit: 50 }, signal),
  )
  useTold(list.reload)
  return (
    <div class="page">
      <header class="page-head">
        <div>
          <h1>{m.intake.title}</h1>
          <p>{m.intake.hint}</p>
        </div>
      </header>
      {programs.problem && <ProblemBox problem={programs.problem} onRetry={programs.reload} />}
      {programs.data && <Intake programs={all} chosen={chosen} onBegun={programs.reload} />}
      {list.problem && <ProblemBox problem={list.problem} onRetry={list.reload} />}
      {list.data && (
        <Table
          label={m.imports.list}
          columns={columns()}
          rows={list.data.items}
          rowKey={(row) => String(row.id)}
          onOpen={(row) => go(`/programme/imports/${row.id}`)}
          empty={<Empty title={m.imports.empty} text={m.imports.emptyText} />}
        />
      )}
      {(programs.loading || list.loading) && !list.data && <Loading />}
    </div>
  )
}

/** The day outlives the page: who comes back from a refusal need not type it again. */
let lastDay = ''

interface IntakeProps {
  programs: readonly Program[]
  chosen: Program | undefined
  onBegun: () => void
}

function Intake({ programs, chosen, onBegun }: IntakeProps) {
  const m = messages.value.intake
  const [over, setOver] = useState(false)
  const [day, setDay] = useState(lastDay)
  const [beginning, setBeginning] = useState(programs.length === 0)
  const [reading, setReading] = useState<string | null>(null)
  const [fault, setFault] = useState<string | undefined>()
  const [problem, setProblem] = useState<Problem | null>(null)
  const chooser = useRef<HTMLInputElement>(null)
  const take = async (file: File | undefined) => {
    setProblem(null)
    setFault(chosen ? (day ? undefined : m.needDay) : m.needProgram)
    if (!file || !chosen || !day || reading !== null) return
    setReading(file.name)
    const query = new URLSearchParams({ program: String(chosen.id), name: file.name, valid_from: day })
    try {
      const made = await upload<Import>(`/api/v1/programme/imports?${query}`, file, newKey())
      go(`/programme/imports/${made.id}`)
    } catch (error) {
      setProblem(asProblem(error))
    }
    setReading(null)
  }
  return (
    <section class="sheet-intake" aria-label={m.title}>
      <div class="programme-filters">
        {programs.length > 0 && (
          <Select
            label={messages.value.program}
            value={chosen ? String(chosen.id) : ''}
            options={programs.map((each) => ({ value: String(each.id), label: `${each.code} · ${each.name}` }))}
            onChange={(value) => go('', { program: value }, { replace: true })}
          />
        )}
        <Field label={m.validFrom} type="date" value={day} hint={m.validHint} fault={fault} required onInput={(value) => (setDay((lastDay = value)), setFault(undefined))} />
        <Button icon="plus" expanded={beginning} onClick={() => setBeginning(!beginning)}>
          {m.begin}
        </Button>
      </div>
      {beginning && (
        <Begin
          onDone={(made) => {
            setBeginning(false)
            onBegun()
            go('', { program: String(made.id) }, { replace: true })
          }}
        />
      )}
      <div
        class={`sheet-intake-drop${over ? ' sheet-intake-over' : ''}`}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault()
          setOver(false)
          void take(event.dataTransfer?.files[0])
        }}
      >
        <Icon name="document" size={24} />
        <p class="sheet-intake-words" role="status">
          <span class="strong">{reading !== null ? m.reading(reading) : over ? m.dropNow : m.drop}</span>
          {reading !== null && <progress aria-label={m.title} />}
        </p>
        <Button kind="primary" icon="plus" busy={reading !== null} onClick={() => chooser.current?.click()}>
          {m.choose}
        </Button>
        <input
          ref={chooser}
          class="hidden-text"
          type="file"
          accept=".xlsx,.json"
          tabIndex={-1}
          aria-label={m.choose}
          onChange={(event) => {
            void take(event.currentTarget.files?.[0])
            event.currentTarget.value = ''
          }}
        />
      </div>
      {problem && <ProblemBox problem={problem} />}
    </section>
  )
}

function Begin({ onDone }: { onDone: (made: Program) => void }) {
  const m = messages.value.intake
  const [draft, setDraft] = useState({ code: '', name: '', from: '', to: '' })
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const [key, setKey] = useState(newKey)
  const set = (name: keyof typeof draft) => (value: string) => {
    setKey(newKey())
    setDraft({ ...draft, [name]: value })
  }
  const submit = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    setProblem(null)
    const body = { code: draft.code.trim(), name: draft.name.trim(), period_from: Number(draft.from), period_to: Number(draft.to || draft.from) }
    try {
      onDone(await send<Program>('POST', '/api/v1/programme/programs', body, { key }))
    } catch (error) {
      setProblem(asProblem(error))
      setBusy(false)
    }
  }
  return (
    <form class="form inset" aria-label={m.begin} onSubmit={(event) => void submit(event)}>
      <div class="form-row">
        <Field label={m.code} value={draft.code} onInput={set('code')} required fault={problem?.fault('code')} />
        <Field label={m.from} value={draft.from} onInput={set('from')} required fault={problem?.fault('period_from')} />
        <Field label={m.to} value={draft.to} onInput={set('to')} fault={problem?.fault('period_to')} />
      </div>
      <Field label={m.name} value={draft.name} onInput={set('name')} required fault={problem?.fault('name')} />
      {problem && <ProblemBox problem={problem} beside={['code', 'name', 'period_from', 'period_to']} />}
      <div class="form-foot">
        <Button type="submit" kind="primary" busy={busy}>
          {m.create}
        </Button>
      </div>
    </form>
  )
}

function columns(): Column<ImportRow>[] {
  const m = messages.value
  return [
    {
      key: 'file',
      head: m.imports.file,
      title: true,
      cell: (row) => (
        <span class="two-lines">
          <a class="plain-link strong broken" href={href(`/programme/imports/${row.id}`)}>
            {row.name}
          </a>
          <span class="muted small num">{m.imports.of(row.figures.leaf_projects, row.figures.groups)}</span>
        </span>
      ),
    },
    { key: 'came', head: m.imports.came, cell: (row) => <span class="num">{dateTime(row.recorded_at)}</span> },
    { key: 'valid', head: m.imports.valid, wide: true, cell: (row) => <span class="num">{date(row.valid_from)}</span> },
    { key: 'plan', head: m.imports.plan, numeric: true, cell: (row) => <Sum dong={row.figures.plan_total_dong} /> },
    {
      key: 'rows',
      head: m.imports.rows,
      wide: true,
      cell: (row) => (
        <span class="muted small num">
          {DIFF_KINDS.filter((kind) => row.figures.diff[kind] > 0)
            .map((kind) => `${m.diff.kinds[kind].toLowerCase()} ${number(row.figures.diff[kind])}`)
            .join(', ') || common.value.none}
        </span>
      ),
    },
    { key: 'state', head: m.imports.state, cell: (row) => <Chip>{m.imports.states[row.state]}</Chip> },
  ]
}
