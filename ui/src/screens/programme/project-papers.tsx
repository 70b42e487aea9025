// What was decided and directed: decisions, linked directives with their tasks, cases, files, and every other record.
import { useState } from 'preact/hooks'
import { get, upload } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { useResource } from '../../api/resource'
import { may } from '../../api/session'
import { Select } from '../../design/controls'
import { ProblemBox, toast } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { bytes } from '../../format/number'
import { date, dateTime } from '../../format/time'
import { named } from '../../messages/catalogue'
import { project as messages } from '../../messages/project'
import { useTold } from './parts'
import { Cases } from './project-cases'
import { Directives } from './project-directives'
import { forgetRecords } from './project-names'
import { form, openForm, Records, useRecords, type Around } from './project-records'
import type { TabProps } from './project-tabs'
import type { ProjectDecision, ProjectFile } from './project-types'

/** Kinds that have a place of their own on another part of the page. */
const ELSEWHERE = new Set(['package', 'bid', 'contract', 'contract_change', 'price_appraisal', 'equipment_item', 'milestone', 'acceptance', 'progress', 'commitment'])

export default function PapersTab({ project, around }: TabProps) {
  const m = messages.value.papers
  return (
    <>
      <section class="block-section" aria-label={m.decisions}>
        <h2>{m.decisions}</h2>
        <Table label={m.decisions} columns={decisionColumns()} rows={[...project.decisions].reverse()} rowKey={(each) => String(each.id)} empty={<p class="muted">{m.noDecisions}</p>} />
      </section>
      {may('directive.read') && <Directives project={project} />}
      {project.may.cases && <Cases project={project} />}
      <OtherRecords around={around} />
      <Files around={around} />
    </>
  )
}

function decisionColumns(): Column<ProjectDecision>[] {
  const m = messages.value.papers
  const kind = (word: string) => m.kinds[word as keyof typeof m.kinds] ?? word
  return [
    { key: 'number', head: m.decision, title: true, cell: (each) => <span class="strong">{each.doc_number}</span> },
    { key: 'signed', head: m.signed, cell: (each) => <span class="num">{date(each.signed_on)}</span> },
    {
      key: 'subject',
      head: m.subject,
      cell: (each) => (
        <span class="two-lines">
          <span>{each.subject || kind(each.kind)}</span>
          <span class="muted small">{[each.subject && kind(each.kind), each.issuer, each.signatory].filter(Boolean).join(' · ')}</span>
        </span>
      ),
    },
  ]
}

/** Every other kind of record: those that have any, and the one that is being added. */
function OtherRecords({ around }: { around: Around }) {
  const m = messages.value.papers
  const kinds = around.described.records.filter(({ kind }) => !ELSEWHERE.has(kind))
  return (
    <section class="block-section" aria-label={m.records}>
      <div class="section-head">
        <div>
          <h2>{m.records}</h2>
          <p class="muted small">{m.recordsNote}</p>
        </div>
        {around.mayEdit && (
          <Select
            label={m.addRecord}
            value={kinds.some(({ kind }) => kind === form.value) ? form.value : ''}
            options={[{ value: '', label: messages.value.form.choose }, ...kinds.map((each) => ({ value: each.kind, label: named(each.vi, each.en) }))]}
            onChange={(kind) => openForm(kind || null)}
          />
        )}
      </div>
      {kinds.map(({ kind }) => (
        <OneKind key={kind} around={around} kind={kind} />
      ))}
    </section>
  )
}

function OneKind({ around, kind }: { around: Around; kind: string }) {
  const resource = useRecords(around.where, kind)
  const isAsked = form.value === kind
  if (!isAsked && resource.data?.items.length === 0) return null
  if (!isAsked && !resource.data && !resource.problem) return null
  return <Records around={around} kind={kind} resource={resource} />
}

function Files({ around }: { around: Around }) {
  const m = messages.value.papers
  const where = `${around.where}/files`
  const resource = useResource(where, (signal) => get<{ items: ProjectFile[] }>(where, {}, signal))
  useTold(resource.reload)
  const [busy, setBusy] = useState(0)
  const [problem, setProblem] = useState<Problem | null>(null)
  const take = async (files: readonly File[]) => {
    setProblem(null)
    setBusy(files.length)
    let count = 0
    try {
      for (const file of files) {
        await upload(`${where}?name=${encodeURIComponent(file.name)}`, file)
        count += 1
      }
    } catch (error) {
      setProblem(asProblem(error))
    }
    setBusy(0)
    forgetRecords(around.where)
    resource.reload()
    if (count > 0) toast(m.attached(count))
  }
  const columns: Column<ProjectFile>[] = [
    { key: 'name', head: m.file, title: true, cell: (each) => <a class="broken" href={`${where}/${each.id}`} data-external download={each.name}>{each.name}</a> },
    { key: 'size', head: m.size, numeric: true, cell: (each) => <span class="num">{bytes(each.size_bytes)}</span> },
    { key: 'came', head: m.came, cell: (each) => <span class="num">{dateTime(each.at)}</span> },
  ]
  return (
    <section class="block-section" aria-label={m.files}>
      <div class="section-head">
        <h2>{m.files}</h2>
        {around.mayEdit && (
          <label class="button attach">
            {busy > 0 ? messages.value.form.attaching(busy) : m.attach}
            <input type="file" multiple class="hidden-text" disabled={busy > 0} onChange={(event) => void take([...(event.currentTarget.files ?? [])])} />
          </label>
        )}
      </div>
      {problem && <ProblemBox problem={problem} />}
      {resource.problem && <ProblemBox problem={resource.problem} onRetry={resource.reload} />}
      {resource.data && <Table label={m.files} columns={columns} rows={[...resource.data.items].reverse()} rowKey={(each) => String(each.id)} empty={<p class="muted">{m.noFiles}</p>} />}
    </section>
  )
}

