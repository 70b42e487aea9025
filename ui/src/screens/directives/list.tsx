// The directives: what was given, to whom, and whether it is done.
import { useState } from 'preact/hooks'
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import type { Page } from '../../api/types'
import { Button, Field, Select } from '../../design/controls'
import { Empty, Loading, ProblemBox, Simulated } from '../../design/notice'
import { Table, useListKeys, type Column } from '../../design/table'
import { date } from '../../format/time'
import { useKeys } from '../../keys'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { directives as messages } from '../../messages/directives'
import { tasks as taskWords } from '../../messages/tasks'
import { go, href, param } from '../../router'
import { dueWords } from './due'
import { leads, Worst } from './issued'
import { useTold } from './parts'
import type { Directive } from './types'
import { useUnits } from './unit-picker'

const unit = param('unit')
const timeliness = param('timeliness')
const band = param('band')
const document = param('document')
const meeting = param('meeting')
const leader = param('leader')
const field = param('field')
const typed = param('q')
const VALUES = ['overdue', 'due_soon', 'awaiting_verdict', 'in_time', 'no_due', 'done_on_time', 'done_late'] as const

export default function DirectiveList() {
  const m = messages.value
  const asked = {
    unit: unit.value,
    timeliness: timeliness.value,
    band: band.value,
    document: document.value,
    meeting: meeting.value,
    leader: leader.value,
    field: field.value,
    q: typed.value,
  }
  const resource = useResource(JSON.stringify(asked), (signal) =>
    get<Page<Directive>>('/api/v1/directives', { ...asked, limit: 50 }, signal),
  )
  const [cursor, setCursor] = useState<string | null>(null)
  const rows = resource.data?.items ?? []
  const open = (id: string) => go(`/directives/${id}`)
  useListKeys(rows.map((row) => String(row.id)), cursor, setCursor, m.list)
  useKeys([{ press: 'Enter', shown: 'Enter', label: () => messages.value.open, run: () => cursor && open(cursor) }])
  useTold(resource.reload)
  const loadMore = async () => {
    const page = await get<Page<Directive>>('/api/v1/directives', { ...asked, limit: 50, cursor: resource.data?.next })
    resource.put((data) => ({ items: [...data.items, ...page.items], next: page.next }))
  }
  return (
    <div class="page">
      <header class="page-head">
        <div>
          <h1>{m.list.label}</h1>
          <p>{m.question}</p>
        </div>
      </header>
      <Filters first={rows[0]} />
      {resource.problem && <ProblemBox problem={resource.problem} onRetry={resource.reload} />}
      {resource.data ? (
        <Table
          label={m.list.label}
          columns={columns()}
          rows={rows}
          rowKey={(row) => String(row.id)}
          selected={cursor}
          onOpen={(row) => open(String(row.id))}
          empty={<Empty title={m.list.empty} text={m.list.emptyText} />}
        />
      ) : (
        resource.loading && <Loading />
      )}
      {resource.data?.next && <Button onClick={() => void loadMore()}>{common.value.more}</Button>}
    </div>
  )
}

function Filters({ first }: { first: Directive | undefined }) {
  const m = messages.value.list
  const { units } = useUnits()
  const states = VALUES.map((value) => ({ value, label: taskWords.value.timeliness[value] }))
  const narrowed = document.value || meeting.value || leader.value || field.value || band.value
  return (
    <div class="directive-filters">
      <Select
        label={m.timeliness}
        value={timeliness.value}
        options={[{ value: '', label: m.any }, ...states]}
        onChange={(value) => go('', { timeliness: value }, { replace: true })}
      />
      {units.length > 1 && (
        <Select
          label={m.unit}
          value={unit.value}
          options={[{ value: '', label: m.anyUnit }, ...units.map(({ id, name }) => ({ value: String(id), label: name }))]}
          onChange={(value) => go('', { unit: value }, { replace: true })}
        />
      )}
      <Field label={m.search} type="search" value={typed.value} onInput={(value) => go('', { q: value }, { replace: true })} />
      {narrowed && (
        <p class="directive-narrowed">
          {document.value && first?.document && <span>{m.onlyDocument(first.document.number)}</span>}
          {leader.value && <span>{leader.value}</span>}
          <a class="button button-ghost" href={href('', { document: null, meeting: null, leader: null, field: null, band: null })}>
            {m.clear}
          </a>
        </p>
      )}
    </div>
  )
}

function columns(): Column<Directive>[] {
  const m = messages.value.list
  return [
    {
      key: 'directive',
      head: m.column.directive,
      title: true,
      cell: (row) => (
        <span class="two-lines directive-cell">
          <a class="plain-link clamp" href={href(`/directives/${row.id}`)}>
            {row.text}
          </a>
          <span class="muted small">
            {row.document && `${named(row.document.kind_vi, row.document.kind_en)} ${row.document.number} · ${row.no}`}
            {row.document?.issued_on && <span class="num"> · {date(row.document.issued_on)}</span>}
            {row.follows && ` · ${m.days(row.age_days)}`} {row.simulated && <Simulated short />}
          </span>
        </span>
      ),
    },
    { key: 'lead', head: m.column.lead, cell: (row) => <span class="strong">{leads(row)}</span> },
    { key: 'due', head: m.column.due, wide: true, cell: (row) => dueWords(row.due) },
    { key: 'done', head: m.column.done, numeric: true, cell: (row) => <span class="num">{m.doneOf(row.done, row.of)}</span> },
    { key: 'state', head: m.column.state, cell: (row) => <Worst tasks={row.tasks} /> },
  ]
}
