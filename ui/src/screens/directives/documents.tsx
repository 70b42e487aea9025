// The documents: what came in, what of it waits for a person, what has been issued from it.
import { useState } from 'preact/hooks'
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import { may } from '../../api/session'
import type { Page } from '../../api/types'
import { Button, Field, Select } from '../../design/controls'
import { Chip } from '../../design/mark'
import { Empty, Loading, ProblemBox, Simulated } from '../../design/notice'
import { Table, useListKeys, type Column } from '../../design/table'
import { number } from '../../format/number'
import { date } from '../../format/time'
import { useKeys } from '../../keys'
import { common } from '../../messages/common'
import { directives as messages } from '../../messages/directives'
import { go, href, param } from '../../router'
import { Intake } from './intake'
import { documentName, SecrecyMark, stateWords, useTold } from './parts'
import type { DocumentRow, DocumentState, Meeting } from './types'

const state = param('state')
const meeting = param('meeting')
const typed = param('q')
const STATES: readonly DocumentState[] = ['read', 'confirming', 'issued', 'withdrawn']

export default function Documents() {
  const m = messages.value
  const asked = { state: state.value, meeting: meeting.value, q: typed.value }
  const key = JSON.stringify(asked)
  const resource = useResource(key, (signal) => get<Page<DocumentRow>>('/api/v1/directive-documents', { ...asked, limit: 50 }, signal))
  const [cursor, setCursor] = useState<string | null>(null)
  const rows = resource.data?.items ?? []
  const open = (id: string) => go(`/directives/documents/${id}`)
  useListKeys(rows.map((row) => String(row.id)), cursor, setCursor, m.documents)
  useKeys([{ press: 'Enter', shown: 'Enter', label: () => messages.value.open, run: () => cursor && open(cursor) }])
  useTold(resource.reload)
  const loadMore = async () => {
    const page = await get<Page<DocumentRow>>('/api/v1/directive-documents', { ...asked, limit: 50, cursor: resource.data?.next })
    resource.put((data) => ({ items: [...data.items, ...page.items], next: page.next }))
  }
  const isFiltered = Boolean(state.value || meeting.value || typed.value)
  return (
    <div class="page">
      <header class="page-head">
        <div>
          <h1>{m.title}</h1>
          <p>{m.question}</p>
        </div>
      </header>
      {may('directive.register') && <Intake onTaken={resource.reload} />}
      <Filters />
      {resource.problem && <ProblemBox problem={resource.problem} onRetry={resource.reload} />}
      {resource.data ? (
        <Table
          label={m.documents.list}
          columns={columns()}
          rows={rows}
          rowKey={(row) => String(row.id)}
          selected={cursor}
          onOpen={(row) => open(String(row.id))}
          empty={
            isFiltered ? <Empty title={m.documents.emptyFiltered} /> : <Empty title={m.documents.empty} text={m.documents.emptyText} />
          }
        />
      ) : (
        resource.loading && <Loading />
      )}
      {resource.data?.next && <Button onClick={() => void loadMore()}>{common.value.more}</Button>}
    </div>
  )
}

function Filters() {
  const m = messages.value
  const meetings = useResource('meetings', (signal) => get<Page<Meeting>>('/api/v1/meetings', { limit: 100 }, signal))
  const choices = (meetings.data?.items ?? []).map((each) => ({
    value: String(each.id),
    label: each.held_on ? `${date(each.held_on)} · ${each.title}` : each.title,
  }))
  return (
    <div class="directive-filters">
      <nav class="segments" aria-label={m.documents.filter}>
        {(['', ...STATES] as const).map((name) => (
          <a key={name} class="segment" href={href('', { state: name })} aria-current={state.value === name ? 'true' : undefined}>
            {name === '' ? m.documents.anyState : m.documentState[name]}
          </a>
        ))}
      </nav>
      {(choices.length > 0 || meeting.value) && (
        <Select
          label={m.documents.meeting}
          value={meeting.value}
          options={[{ value: '', label: m.documents.anyMeeting }, ...choices]}
          onChange={(value) => go('', { meeting: value }, { replace: true })}
        />
      )}
      <Field label={m.documents.search} type="search" value={typed.value} onInput={(value) => go('', { q: value }, { replace: true })} />
    </div>
  )
}

function columns(): Column<DocumentRow>[] {
  const m = messages.value
  return [
    {
      key: 'document',
      head: m.documents.column.document,
      title: true,
      cell: (row) => (
        <span class="two-lines">
          <span class="document-name">
            <a class="strong plain-link" href={href(`/directives/documents/${row.id}`)}>
              {documentName(row)}
            </a>
            <SecrecyMark secrecy={row.secrecy} />
            {row.simulated && <Simulated short />}
          </span>
          <span class="small clamp">{row.subject || row.file?.name}</span>
        </span>
      ),
    },
    {
      key: 'issuer',
      head: m.documents.column.issuer,
      wide: true,
      cell: (row) => (
        <span class="two-lines">
          <span>{row.issuer || <span class="muted">{m.facts.untold}</span>}</span>
          {row.issued_on && <span class="num muted small">{date(row.issued_on)}</span>}
        </span>
      ),
    },
    { key: 'state', head: m.documents.column.state, cell: (row) => <Chip>{stateWords(row)}</Chip> },
    {
      key: 'candidates',
      head: m.documents.column.candidates,
      cell: (row) => {
        if (row.reference_only) return <span class="muted">{common.value.none}</span>
        const { open, accepted, rejected } = row.candidates
        if (open + accepted + rejected === 0) return <span class="muted">{row.directives > 0 ? m.documents.settled : common.value.none}</span>
        const words = m.documents.counts(open, accepted, rejected)
        return open > 0 ? <span class="strong num">{words}</span> : <span class="muted num">{words}</span>
      },
    },
    {
      key: 'directives',
      head: m.documents.column.directives,
      numeric: true,
      cell: (row) =>
        row.directives > 0 ? (
          <a class="num" href={href('/directives/list', { document: String(row.id) })}>
            {number(row.directives)}
          </a>
        ) : (
          <span class="muted num">0</span>
        ),
    },
  ]
}
