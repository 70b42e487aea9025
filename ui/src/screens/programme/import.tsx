// One plan sheet: what was read and how it adds up, what it would change, and the decision about it.
import { useState } from 'preact/hooks'
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import { Chip, Mark } from '../../design/mark'
import { Loading, ProblemBox } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { bytes, number } from '../../format/number'
import { date, dateTime } from '../../format/time'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { programme as messages } from '../../messages/programme'
import { href, path } from '../../router'
import { Decide } from './decide'
import { Difference } from './diff'
import { Sum } from './parts'
import type { Import, Report, TakenRows, Why } from './types'

export default function ImportPage() {
  const m = messages.value
  const id = path.value[2] ?? ''
  const where = `/api/v1/programme/imports/${encodeURIComponent(id)}`
  const resource = useResource(id, (signal) => get<Import>(where, {}, signal))
  const [taken, setTaken] = useState<TakenRows>(new Map())
  const found = resource.data
  const again = () => {
    setTaken(new Map()) // another diff, another choice
    resource.reload()
  }
  if (!found) return <div class="page">{resource.problem ? <ProblemBox problem={resource.problem} onRetry={resource.reload} /> : <Loading />}</div>
  return (
    <div class="page">
      <header class="page-head">
        <div>
          <h1 class="broken">{found.name}</h1>
          <p>
            {found.report.title && <>{found.report.title} · </>}
            {m.imports.came} {dateTime(found.recorded_at)} · {m.imports.valid} {date(found.valid_from)}
          </p>
        </div>
        <div class="page-tools">
          {found.state === 'compared' && (
            <a class="button" href="#decide">
              {m.approve.go}
            </a>
          )}
          <Chip>{m.imports.states[found.state]}</Chip>
          <a class="button" href={`${where}/file`} download>
            {m.report.download} <span class="muted num">{bytes(found.size_bytes)}</span>
          </a>
        </div>
      </header>
      {resource.problem && <ProblemBox problem={resource.problem} onRetry={again} />}
      {found.state !== 'compared' && <Settled found={found} />}
      <Reading report={found.report} />
      <Difference found={found} where={where} taken={taken} onTaken={setTaken} />
      {found.state === 'compared' && <Decide found={found} where={where} taken={taken} onDone={again} />}
    </div>
  )
}

function Settled({ found }: { found: Import }) {
  const m = messages.value
  const { result } = found
  return (
    <p class="settled" role="status">
      <Mark shape="none" sign={found.state === 'approved' ? '✓' : '×'} tone="quiet" />
      <span>
        <span class="strong">{found.state === 'approved' ? m.approve.approved : m.approve.rejected}</span>
        {found.decided_at && <span class="num"> · {dateTime(found.decided_at)}</span>}
        {result && ` · ${m.approve.done(result.projects_added ?? 0, result.lines_added ?? 0)}`}
        {found.reason && ` · ${found.reason}`}
      </span>
      {found.state === 'approved' && <a href={href('/programme', { program: String(found.program_id) })}>{m.approve.board}</a>}
    </p>
  )
}

function Reading({ report }: { report: Report }) {
  const m = messages.value.report
  const figures = [
    [m.projects, <span class="num">{number(report.leaf_projects)}</span>],
    [m.groups, <span class="num">{number(report.groups)}</span>],
    [m.plan, <Sum dong={report.plan_total_dong} exact />],
    [m.importable, <Sum dong={report.importable_dong} exact />],
    [m.unreconciled, <span class="num">{number(report.unreconciled)}</span>],
    [m.refused, <span class="num">{number(report.refused.length)}</span>],
    [m.unit, <Sum dong={report.unit_dong} exact />],
    [m.description, <span>{report.description ?? m.noDescription}</span>],
  ] as const
  return (
    <section class="block-section" aria-label={m.title}>
      <h2>{m.title}</h2>
      <p class="settled">
        {report.clean ? <Mark shape="none" sign="✓" tone="quiet" /> : <Mark shape="triangle" sign="!" tone="p2" />}
        <span>{report.clean ? m.clean : m.unclean}</span>
      </p>
      <dl class="figures">
        {figures.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {report.unreconciled_groups.length > 0 && <Unreconciled list={report.unreconciled_groups} />}
      {report.refused.length > 0 && <Findings label={m.refused} list={report.refused} />}
      {report.notes.length > 0 && (
        <details class="fold">
          <summary>{m.fold(report.notes.length)}</summary>
          <Findings label={m.notes} list={report.notes} />
        </details>
      )}
    </section>
  )
}

function Unreconciled({ list }: { list: Report['unreconciled_groups'] }) {
  const m = messages.value.report
  const columns: Column<Report['unreconciled_groups'][number]>[] = [
    {
      key: 'group',
      head: m.group,
      title: true,
      cell: (each) => (
        <span class="two-lines">
          <span>
            <span class="mono">{each.cell}</span> {each.name}
          </span>
          <span class="muted small">
            {named(each.vi, each.en)} {each.suspects.length > 0 && m.suspects(each.suspects.slice(0, 8).join(', '))}
          </span>
        </span>
      ),
    },
    { key: 'stated', head: m.stated, numeric: true, cell: (each) => <Sum dong={each.stated_dong} exact /> },
    { key: 'parts', head: m.parts, numeric: true, cell: (each) => <Sum dong={each.parts_dong} exact /> },
    { key: 'difference', head: m.difference, numeric: true, cell: (each) => <Sum dong={each.difference_dong} exact /> },
  ]
  return (
    <>
      <h3>{m.unreconciled}</h3>
      <Table label={m.unreconciled} columns={columns} rows={list} rowKey={(each) => each.cell} />
    </>
  )
}

function Findings({ label, list }: { label: string; list: readonly Why[] }) {
  const m = messages.value.report
  const columns: Column<Why>[] = [
    { key: 'cell', head: m.cell, title: true, cell: (each) => <span class="mono">{each.cell}</span> },
    { key: 'value', head: m.value, cell: (each) => (each.value ? <span class="mono broken">{each.value}</span> : <span class="muted">{common.value.none}</span>) },
    { key: 'reason', head: m.reason, cell: (each) => named(each.vi, each.en) },
  ]
  return <Table label={label} columns={columns} rows={list} rowKey={(each) => `${each.cell} ${each.code}`} />
}
