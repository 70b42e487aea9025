// Warnings: what people are being told, what waits for its second person, and what others have sent.
import { useEffect, useRef, useState } from 'preact/hooks'
import { get } from '../../api/client'
import { usePolled, useResource } from '../../api/resource'
import { may } from '../../api/session'
import { listen } from '../../api/stream'
import type { Page } from '../../api/types'
import { Button, Tabs } from '../../design/controls'
import { Chip } from '../../design/mark'
import { Empty, Loading, ProblemBox } from '../../design/notice'
import { Split, Table, useListKeys, type Column } from '../../design/table'
import { dateTime } from '../../format/time'
import { useKeys } from '../../keys'
import { common } from '../../messages/common'
import { warnings as messages } from '../../messages/warnings'
import { go, href, param, path } from '../../router'
import { NewWarning } from './form'
import { WarningPanel } from './panel'
import { ReceivedList } from './received'
import type { Choices, Line, Warning } from './types'
import { said, SeverityMark, StatusChip, useChoices } from './words'
import './warnings.css'

const VIEWS = {
  work: 'draft,waiting,approved,refused',
  force: 'sent',
  past: 'replaced,cancelled,expired,dropped',
  received: '',
} as const
const REFRESH_MS = 20_000
const SETTLE_MS = 300
const view = param('view', 'work')

export default function Warnings() {
  const m = messages.value
  const openId = path.value[1] ?? null
  const tabs = (Object.keys(VIEWS) as (keyof typeof VIEWS)[]).map((name) => ({
    id: name,
    label: m.views[name],
    href: href('/warnings', { view: name === 'work' ? null : name }),
  }))
  const choices = useChoices()
  const open = (id: string) => go(`/warnings/${id}`, kept(), { replace: openId !== null })
  const [round, again] = useState(0)
  useKeys([{ press: 'KeyN', shown: 'N', label: () => messages.value.add, run: () => may('warning.write') && open('new') }])
  return (
    <Split
      panelLabel={m.title}
      onClose={() => go('/warnings', { ...kept(), tab: null, incident: null })}
      panel={openId && <Opened id={openId} choices={choices} onOpen={open} onChange={() => again(round + 1)} />}
      list={
        <div class="page">
          <header class="page-head">
            <div>
              <h1>{m.title}</h1>
              <p>{m.question}</p>
            </div>
            <div class="page-tools">
              {may('warning.write') && (
                <Button kind="primary" icon="plus" onClick={() => open('new')}>
                  {m.add}
                </Button>
              )}
            </div>
          </header>
          <Tabs label={m.views.label} tabs={tabs} current={view.value} />
          {view.value === 'received' ? (
            <ReceivedList choices={choices} />
          ) : (
            <List openId={openId} round={round} choices={choices} onOpen={open} />
          )}
        </div>
      }
    />
  )
}

function kept() {
  return { view: view.peek() === 'work' ? null : view.peek() }
}

interface ListProps {
  openId: string | null
  round: number
  choices: Choices | undefined
  onOpen: (id: string) => void
}

function List({ openId, round, choices, onOpen }: ListProps) {
  const m = messages.value
  const state = VIEWS[view.value as keyof typeof VIEWS] ?? VIEWS.work
  const resource = usePolled(`warnings ${state}`, REFRESH_MS, (signal) =>
    get<Page<Line>>('/api/v1/warnings', { state, limit: 50 }, signal),
  )
  const [cursor, setCursor] = useState<string | null>(null)
  useEffect(() => {
    if (round > 0) resource.reload()
  }, [round])
  useTold(() => resource.reload())
  const rows = resource.data?.items ?? []
  useListKeys(
    rows.map((row) => String(row.id)),
    openId ?? cursor,
    (id) => (openId ? onOpen(id) : setCursor(id)),
    m,
  )
  useKeys([{ press: 'Enter', shown: 'Enter', label: () => messages.value.open, run: () => cursor && onOpen(cursor) }])
  const loadMore = async () => {
    const page = await get<Page<Line>>('/api/v1/warnings', { state, limit: 50, cursor: resource.data?.next })
    resource.put((data) => ({ items: [...data.items, ...page.items], next: page.next }))
  }
  return (
    <>
      {resource.problem && <ProblemBox problem={resource.problem} onRetry={resource.reload} />}
      {resource.data ? (
        <Table
          label={m.list}
          columns={columns(choices)}
          rows={rows}
          rowKey={(row) => String(row.id)}
          selected={openId ?? cursor}
          onOpen={(row) => onOpen(String(row.id))}
          empty={<Empty title={m.empty} text={m.emptyText} />}
        />
      ) : (
        resource.loading && <Loading />
      )}
      {resource.data?.next && <Button onClick={() => void loadMore()}>{common.value.more}</Button>}
    </>
  )
}

/** What others do shows as it happens; `id` where only one warning is looked at. */
function useTold(refresh: () => void, id?: number): void {
  const latest = useRef(refresh)
  latest.current = refresh
  useEffect(() => {
    let settling: number | undefined
    const hush = listen('warnings', (event) => {
      if (event.kind !== 'warning' && event.kind !== 'warnings') return
      if (event.kind === 'warning' && id !== undefined && event.data.id !== id) return
      clearTimeout(settling)
      settling = window.setTimeout(() => latest.current(), SETTLE_MS)
    })
    return () => {
      hush()
      clearTimeout(settling)
    }
  }, [id])
}

function columns(choices: Choices | undefined): Column<Line>[] {
  const m = messages.value
  return [
    {
      key: 'headline',
      head: m.column.headline,
      title: true,
      cell: (row) => (
        <span class="warning-name">
          <SeverityMark severity={row.severity} label={said(choices, 'severity', row.severity)} />
          <span class="two-lines">
            <a class="strong plain-link" href={href(`/warnings/${row.id}`, kept())}>
              {row.headline || row.identifier}
            </a>
            <span class="muted small">
              {[row.identifier, row.owner.name, row.author.name].join(' · ')} <StatusChip warning={row} choices={choices} />
            </span>
          </span>
        </span>
      ),
    },
    { key: 'areas', head: m.column.areas, wide: true, cell: (row) => row.areas.join('; ') || common.value.none },
    {
      key: 'until',
      head: m.column.until,
      cell: (row) => <span class="num">{row.expires ? dateTime(row.expires) : common.value.none}</span>,
    },
    { key: 'state', head: m.column.state, cell: (row) => <Chip>{m.state[row.state]}</Chip> },
  ]
}

interface OpenedProps {
  id: string
  choices: Choices | undefined
  onOpen: (id: string) => void
  onChange: () => void
}

function Opened({ id, choices, onOpen, onChange }: OpenedProps) {
  const m = messages.value
  if (id === 'new') {
    return (
      <NewWarning
        choices={choices}
        onMade={(made) => {
          onChange()
          onOpen(String(made.id))
        }}
      />
    )
  }
  if (!/^\d+$/.test(id)) return <Empty title={m.gone} text={m.goneText} />
  return <OpenedWarning key={id} id={id} choices={choices} onOpen={onOpen} onChange={onChange} />
}

function OpenedWarning({ id, choices, onOpen, onChange }: OpenedProps) {
  const m = messages.value
  const resource = useResource(`warning ${id}`, (signal) => get<Warning>(`/api/v1/warnings/${id}`, {}, signal))
  useTold(resource.reload, Number(id))
  if (resource.problem?.document.status === 404) return <Empty title={m.gone} text={m.goneText} />
  if (resource.problem && !resource.data) return <ProblemBox problem={resource.problem} onRetry={resource.reload} />
  if (!resource.data) return <Loading />
  return (
    <WarningPanel
      warning={resource.data}
      choices={choices}
      onReload={resource.reload}
      onChange={(after) => {
        onChange()
        if (after.id === Number(id)) resource.put(() => after)
        else onOpen(String(after.id))
      }}
    />
  )
}
