// W10, the sources: which are alive, which are late, and what was refused.
import { useEffect, useState } from 'preact/hooks'
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import { listen } from '../../api/stream'
import { second } from '../../api/time'
import type { Feed, Undeclared } from '../../api/types'
import { Field } from '../../design/controls'
import { Empty, Loading, ProblemBox, Simulated } from '../../design/notice'
import { Split, Table, useListKeys, type Column } from '../../design/table'
import { Age } from '../../design/value'
import { compare, fold } from '../../format/fold'
import { number } from '../../format/number'
import { duration, ms, roughly } from '../../format/time'
import { useKeys } from '../../keys'
import { named } from '../../messages/catalogue'
import { feeds as messages } from '../../messages/feeds'
import { go, href, param, path } from '../../router'
import { Lag } from './lag'
import { FeedPanel } from './panel'
import { asksForAttention, StateMark } from './state'
import './feeds.css'

const filter = param('f', 'all')
const typed = param('q')
const FILTERS = ['all', 'attention', 'refused'] as const

export default function Feeds() {
  const m = messages.value
  const resource = useResource('feeds', (signal) => get<{ items: Feed[]; undeclared: Undeclared[] }>('/api/v1/feeds', {}, signal))
  const all = [...(resource.data?.items ?? [])].sort(byTitle)
  const rows = all.filter(passes)
  const openName = path.value[1] ?? null
  const opened = all.find((feed) => feed.name === openName)
  const [cursor, setCursor] = useState<string | null>(null)

  const replace = (feed: Feed) =>
    resource.put((data) => {
      const known = data.items.some((other) => other.name === feed.name)
      return { ...data, items: known ? data.items.map((other) => (other.name === feed.name ? feed : other)) : [...data.items, feed] }
    })
  useEffect(
    () =>
      listen('feeds', (event) => {
        if (event.kind === 'feed') replace(event.data)
        if (event.kind === 'reset') resource.reload()
      }),
    [],
  )

  const open = (name: string) => go(`/feeds/${encodeURIComponent(name)}`, kept(), { replace: openName !== null })
  const close = () => {
    setCursor(openName)
    go('/feeds', kept())
  }
  useListKeys(
    rows.map((feed) => feed.name),
    openName ?? cursor,
    (name) => (openName ? open(name) : setCursor(name)),
    m,
  )
  useKeys([
    { press: 'Enter', shown: 'Enter', label: () => messages.value.open, run: () => cursor && open(cursor) },
  ])

  return (
    <Split
      panelLabel={opened ? named(opened.title_vi, opened.title_en) : m.title}
      onClose={close}
      panel={openName && (opened ? <FeedPanel feed={opened} onChange={replace} /> : resource.data && <Gone />)}
      list={
        <div class="page">
          <header class="page-head">
            <div>
              <h1>{m.title}</h1>
              <p>{m.question}</p>
            </div>
            {resource.data && <Summary all={all} />}
          </header>
          <Filters all={all} />
          {resource.problem && <ProblemBox problem={resource.problem} onRetry={resource.reload} />}
          {resource.data && resource.data.undeclared.length > 0 && <Faulty files={resource.data.undeclared} />}
          {resource.data ? (
            <Table
              label={m.list}
              columns={columns()}
              rows={rows}
              rowKey={(feed) => feed.name}
              selected={openName ?? cursor}
              onOpen={(feed) => open(feed.name)}
              empty={
                all.length ? (
                  <Empty title={m.emptyFilter} text={m.emptyFilterText} />
                ) : (
                  <Empty title={m.empty} text={m.emptyText} />
                )
              }
            />
          ) : (
            resource.loading && <Loading />
          )}
        </div>
      }
    />
  )
}

/** The address parts that stay while one moves from source to source. */
function kept() {
  return { f: filter.peek() === 'all' ? null : filter.peek(), q: typed.peek(), tab: param('tab').peek() }
}

function passes(feed: Feed): boolean {
  if (filter.value === 'attention' && !asksForAttention(feed)) return false
  if (filter.value === 'refused' && feed.refused_24h === 0 && feed.refused_open === 0) return false
  const text = `${feed.name} ${feed.title_vi} ${feed.title_en} ${feed.owner?.name ?? ''}`
  return fold(text).includes(fold(typed.value))
}

/** By name, so that no row moves while states change under the reader's eyes. */
function byTitle(a: Feed, b: Feed): number {
  return compare(named(a.title_vi, a.title_en), named(b.title_vi, b.title_en))
}

function Summary({ all }: { all: readonly Feed[] }) {
  const m = messages.value.summary
  const refused = all.reduce((sum, feed) => sum + feed.refused_open, 0)
  return (
    <p class="feed-summary" role="status">
      <span>{m.sources(all.length)}</span>
      <span>{m.live(all.filter((feed) => ['live', 'loaded', 'received'].includes(feed.state)).length)}</span>
      <span>{m.attention(all.filter(asksForAttention).length)}</span>
      <span>{m.refused(refused)}</span>
    </p>
  )
}

function Filters({ all }: { all: readonly Feed[] }) {
  const m = messages.value
  const counts = {
    all: all.length,
    attention: all.filter(asksForAttention).length,
    refused: all.filter((feed) => feed.refused_24h > 0 || feed.refused_open > 0).length,
  }
  return (
    <div class="list-filters">
      <nav class="segments" aria-label={m.filters}>
        {FILTERS.map((name) => (
          <a
            key={name}
            class="segment"
            href={href('', { f: name === 'all' ? null : name })}
            aria-current={filter.value === name ? 'true' : undefined}
          >
            {m.filter[name]} <span class="num">{counts[name]}</span>
          </a>
        ))}
      </nav>
      <Field
        label={m.search}
        type="search"
        value={typed.value}
        onInput={(value) => go('', { q: value }, { replace: true })}
      />
    </div>
  )
}

function columns(): Column<Feed>[] {
  const m = messages.value
  return [
    { key: 'state', head: m.column.state, cell: (feed) => <StateMark state={feed.state} /> },
    { key: 'source', head: m.column.source, cell: (feed) => <SourceName feed={feed} />, title: true },
    {
      key: 'last',
      head: m.column.last,
      cell: (feed) => <Age at={feed.last_accepted_at} periodS={feed.period_s} />,
    },
    { key: 'period', head: m.column.period, cell: (feed) => <Period feed={feed} />, wide: true },
    {
      key: 'lag',
      head: m.column.lag,
      numeric: true,
      wide: true,
      cell: (feed) => <Lag feed={feed} />,
    },
    {
      key: 'accepted',
      head: m.column.accepted,
      numeric: true,
      wide: true,
      cell: (feed) => <span class="num">{number(feed.accepted_24h)}</span>,
    },
    { key: 'refused', head: m.column.refused, numeric: true, cell: (feed) => <Refused feed={feed} /> },
    {
      key: 'entities',
      head: m.column.entities,
      numeric: true,
      wide: true,
      cell: (feed) => <span class="num">{number(feed.entities)}</span>,
    },
  ]
}

function SourceName({ feed }: { feed: Feed }) {
  return (
    <span class="feed-name">
      <a href={href(`/feeds/${encodeURIComponent(feed.name)}`, kept())}>{named(feed.title_vi, feed.title_en)}</a>
      <span class="muted small">
        {feed.simulated && <Simulated short />} {[feed.name, feed.owner?.name].filter(Boolean).join(' · ')}
      </span>
    </span>
  )
}

function Refused({ feed }: { feed: Feed }) {
  const m = messages.value
  return (
    <span class="feed-refused">
      <span class="num">{number(feed.refused_24h)}</span>
      {feed.refused_open > 0 && <span class="small strong num">{m.toReview(number(feed.refused_open))}</span>}
    </span>
  )
}

/** How often it should come, and when next. */
function Period({ feed }: { feed: Feed }) {
  const m = messages.value
  if (!feed.period_s) return <span class="muted">{feed.kind === 'mqtt' ? m.continuous : m.onDemand}</span>
  const inS = feed.next_due_at && feed.state !== 'paused' ? (ms(feed.next_due_at) - second.value) / 1000 : null
  return (
    <span class="period num">
      <span>{m.everyS(duration(feed.period_s))}</span>
      {inS !== null && (
        <span class="muted small">{inS >= 0 ? m.inS(roughly(inS)) : m.overdue(roughly(-inS))}</span>
      )}
    </span>
  )
}

/** Declarations that could not become sources, for whoever may mend them. */
function Faulty({ files }: { files: readonly Undeclared[] }) {
  const m = messages.value.undeclared
  return (
    <section class="feed-problem">
      <h2>{m.title(files.length)}</h2>
      <p class="muted">{m.text}</p>
      <ul class="refused-faults">
        {files.map((file) => (
          <li key={file.file}>
            <span class="mono refused-field">{file.file}</span>
            <span>{named(file.vi, file.en)}</span>
            {file.faults.map((fault) => (
              <span key={fault.field} class="small">
                <span class="mono">{fault.field}</span> {named(fault.vi, fault.en)}
              </span>
            ))}
          </li>
        ))}
      </ul>
    </section>
  )
}

function Gone() {
  const m = messages.value
  return <Empty title={m.emptyFilter} text={m.close} />
}
