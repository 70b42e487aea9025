// Cases of slow contractors: the list, and beside it the one that is opened. Only owner and office see them.
import { useState } from 'preact/hooks'
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import { may } from '../../api/session'
import type { Page } from '../../api/types'
import { Button } from '../../design/controls'
import { Empty, Loading, ProblemBox } from '../../design/notice'
import { Split, Table, useListKeys, type Column } from '../../design/table'
import { date } from '../../format/time'
import { useKeys } from '../../keys'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { parties as messages } from '../../messages/programme-parties'
import { go, href, param, path } from '../../router'
import './analysis.css'
import { Note } from './analysis-parts'
import './cases.css'
import { NewCase } from './cases-new'
import { CasePanel } from './cases-panel'
import { ReplyWords } from './cases-reply'
import type { CaseLine } from './cases-types'

const show = param('show', 'open')

export default function Cases() {
  const m = messages.value.cases
  const onlyOpen = show.value !== 'all'
  const list = useResource(`cases ${onlyOpen}`, (signal) =>
    get<Page<CaseLine>>('/api/v1/programme/contractor-cases', { only_open: onlyOpen, limit: 100 }, signal),
  )
  const [cursor, setCursor] = useState<string | null>(null)
  const openId = path.value[2] ?? null
  const rows = list.data?.items ?? []
  const kept = () => ({ show: onlyOpen ? null : 'all' })
  const open = (id: string) => go(`/programme/cases/${id}`, kept(), { replace: openId !== null })
  useListKeys(
    rows.map(({ id }) => String(id)),
    openId ?? cursor,
    (id) => (openId ? open(id) : setCursor(id)),
    messages.value,
  )
  useKeys([{ press: 'Enter', shown: 'Enter', label: () => messages.value.open, run: () => cursor && open(cursor) }])
  const loadMore = async () => {
    const page = await get<Page<CaseLine>>('/api/v1/programme/contractor-cases', { only_open: onlyOpen, limit: 100, cursor: list.data?.next })
    list.put((data) => ({ items: [...data.items, ...page.items], next: page.next }))
  }
  return (
    <Split
      panelLabel={rows.find(({ id }) => String(id) === openId)?.subject ?? m.title}
      onClose={() => {
        setCursor(openId)
        go('/programme/cases', kept())
      }}
      panel={
        openId === 'new' ? (
          <NewCase
            onMade={(made) => {
              list.reload()
              open(String(made.id))
            }}
          />
        ) : (
          openId && <CasePanel key={openId} id={openId} onChange={list.reload} />
        )
      }
      list={
        <div class="page">
          <header class="page-head">
            <div>
              <h1>{m.title}</h1>
              <p>{m.question}</p>
            </div>
            {may('programme.edit') && (
              <Button icon="plus" onClick={() => open('new')}>
                {m.newCase}
              </Button>
            )}
          </header>
          <Note>{m.restricted}</Note>
          <nav class="segments" aria-label={m.show}>
            {(['open', 'all'] as const).map((name) => (
              <a key={name} class="segment" href={href('', { show: name === 'open' ? null : name })} aria-current={(name === 'open') === onlyOpen ? 'true' : undefined}>
                {name === 'open' ? m.onlyOpen : m.all}
              </a>
            ))}
          </nav>
          {list.problem && <ProblemBox problem={list.problem} onRetry={list.reload} />}
          {list.data ? (
            <Table
              label={m.list}
              columns={columns()}
              rows={rows}
              rowKey={({ id }) => String(id)}
              selected={openId ?? cursor}
              onOpen={({ id }) => open(String(id))}
              empty={<Empty title={m.empty} text={m.emptyText} />}
            />
          ) : (
            list.loading && <Loading />
          )}
          {list.data?.next && <Button onClick={() => void loadMore()}>{common.value.more}</Button>}
        </div>
      }
    />
  )
}

function columns(): Column<CaseLine>[] {
  const m = messages.value.cases
  return [
    {
      key: 'subject',
      head: m.subject,
      title: true,
      cell: (each) => (
        <span class="two-lines">
          <a class="plain-link strong" href={href(`/programme/cases/${each.id}`)}>
            {each.subject}
          </a>
          <span class="muted small">{each.project_name}</span>
        </span>
      ),
    },
    {
      key: 'contractor',
      head: m.contractor,
      wide: true,
      cell: (each) => (
        <span class="two-lines">
          <a class="plain-link" href={href(`/programme/contractor/${each.contractor_id}`)}>
            {each.contractor_name}
          </a>
          <span class="muted small num">{each.contract_no}</span>
        </span>
      ),
    },
    { key: 'state', head: m.state, cell: (each) => named(each.state_vi, each.state_en) },
    { key: 'reply', head: m.reply, cell: (each) => <ReplyWords found={each} /> },
    { key: 'changed', head: m.changed, wide: true, cell: (each) => <span class="num">{date(each.changed_at)}</span> },
  ]
}
