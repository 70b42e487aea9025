// Tables of indices: those that are loaded, and a file that is computed for a preview before it is kept.
import { useRef, useState } from 'preact/hooks'
import { get, newKey, upload } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { useResource } from '../../api/resource'
import { may } from '../../api/session'
import type { Page } from '../../api/types'
import { Button, Field, Select } from '../../design/controls'
import { Icon } from '../../design/icons'
import { Chip } from '../../design/mark'
import { Empty, Loading, ProblemBox, Simulated } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { dateTime } from '../../format/time'
import { named } from '../../messages/catalogue'
import { indices as messages } from '../../messages/indices'
import { go, href } from '../../router'
import { Faults, Ranks, Summary } from './index-parts'
import type { Method, OpenedTable, Report, TableLine } from './index-types'

export default function Indices() {
  const m = messages.value.list
  const tables = useResource('tables', (signal) => get<Page<TableLine>>('/api/v1/indices/tables', { limit: 200 }, signal))
  return (
    <div class="page">
      <header class="page-head">
        <div>
          <h1>{m.title}</h1>
          <p>{m.question}</p>
        </div>
      </header>
      {may('indicator.manage') && <Intake />}
      {tables.problem && <ProblemBox problem={tables.problem} onRetry={tables.reload} />}
      {tables.data && (
        <Table
          label={m.table}
          columns={columns()}
          rows={tables.data.items}
          rowKey={(row) => String(row.id)}
          onOpen={(row) => go(`/indicators/indices/${row.id}`)}
          empty={<Empty title={m.empty} text={m.emptyText} />}
        />
      )}
      {tables.loading && !tables.data && <Loading />}
    </div>
  )
}

function columns(): Column<TableLine>[] {
  const m = messages.value.list
  return [
    {
      key: 'name',
      head: m.name,
      title: true,
      cell: (row) => (
        <span class="two-lines">
          <a class="plain-link strong" href={href(`/indicators/indices/${row.id}`)}>
            {row.title} {row.simulated && <Simulated short />}
          </a>
          {row.source && <span class="muted small">{row.source}</span>}
        </span>
      ),
    },
    { key: 'year', head: m.year, numeric: true, cell: (row) => <span class="num">{row.year}</span> },
    { key: 'method', head: m.method, cell: (row) => <span class="mono">{row.method}</span> },
    {
      key: 'loaded',
      head: m.loaded,
      wide: true,
      cell: (row) => (
        <span class="two-lines">
          <span class="num">{dateTime(row.recorded_at)}</span>
          {row.corrects !== null && <span class="muted small">{m.corrected}</span>}
        </span>
      ),
    },
    { key: 'shared', head: '', wide: true, cell: (row) => row.shared && <Chip>{m.shared}</Chip> },
  ]
}

/** What was chosen to be loaded, as long as it is only a preview. */
interface Draft {
  file: File
  report: Report
}

function Intake() {
  const m = messages.value.intake
  const methods = useResource('methods', (signal) => get<Page<Method>>('/api/v1/indices/methods', {}, signal))
  const [method, setMethod] = useState('PCI-2013')
  const [year, setYear] = useState('')
  const [source, setSource] = useState('')
  const [over, setOver] = useState(false)
  const [reading, setReading] = useState<string | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [draft, setDraft] = useState<Draft | null>(null)
  const chooser = useRef<HTMLInputElement>(null)
  const query = () => new URLSearchParams({ method, ...(year.trim() ? { year: year.trim() } : {}) })
  const preview = async (file: File | undefined) => {
    if (!file || reading !== null) return
    setProblem(null)
    setDraft(null)
    setReading(file.name)
    try {
      setDraft({ file, report: await upload<Report>(`/api/v1/indices/compute?${query()}`, file, newKey()) })
    } catch (error) {
      setProblem(asProblem(error))
    }
    setReading(null)
  }
  const keep = async () => {
    if (!draft) return
    setReading(draft.file.name)
    const asked = query()
    asked.set('name', draft.file.name)
    if (source.trim()) asked.set('source', source.trim())
    if (draft.report.faults.length > 0) asked.set('with_faults', 'true')
    try {
      const made = await upload<OpenedTable>(`/api/v1/indices/tables?${asked}`, draft.file, newKey())
      go(`/indicators/indices/${made.id}`)
    } catch (error) {
      setProblem(asProblem(error))
    }
    setReading(null)
  }
  const forget = () => (setDraft(null), setProblem(null))
  const ready = methods.data?.items.filter(({ template }) => !template) ?? []
  return (
    <section class="index-section" aria-label={m.title}>
      <div class="index-filters">
        <Select
          label={m.method}
          value={method}
          options={ready.map((each) => ({ value: each.method, label: `${each.method} · ${named(each.vi, each.en)}` }))}
          onChange={(value) => (setMethod(value), forget())}
        />
        <Field label={m.year} value={year} hint={m.yearHint} fault={problem?.fault('year')} onInput={(value) => (setYear(value), forget())} />
        <Field label={m.source} value={source} hint={m.sourceHint} onInput={setSource} />
      </div>
      <div
        class={`index-drop${over ? ' index-over' : ''}`}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault()
          setOver(false)
          void preview(event.dataTransfer?.files[0])
        }}
      >
        <Icon name="document" size={24} />
        <p role="status" class="strong">
          {reading !== null ? m.reading(reading) : over ? m.dropNow : m.drop}
        </p>
        <Button icon="plus" busy={reading !== null} onClick={() => chooser.current?.click()}>
          {m.choose}
        </Button>
        <input
          ref={chooser}
          class="hidden-text"
          type="file"
          accept=".csv,text/csv"
          tabIndex={-1}
          aria-label={m.choose}
          onChange={(event) => {
            void preview(event.currentTarget.files?.[0])
            event.currentTarget.value = ''
          }}
        />
      </div>
      {problem && <ProblemBox problem={problem} beside={['year']} />}
      {draft && (
        <div class="inset index-section">
          <h2>{m.preview(draft.file.name)}</h2>
          <Summary report={draft.report} />
          <Faults faults={draft.report.faults} />
          <div class="form-foot">
            <Button kind="primary" busy={reading !== null} onClick={() => void keep()}>
              {draft.report.faults.length > 0 ? m.keepFaulty : m.keep}
            </Button>
            <Button onClick={forget}>{m.drop_it}</Button>
          </div>
          <Ranks report={draft.report} />
        </div>
      )}
    </section>
  )
}
