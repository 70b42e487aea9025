// Who is told of what: each subscription with its counters, what waits for it, and what it could not deliver.
import { useState } from 'preact/hooks'
import { everyPage } from '../../api/client'
import type { Subscription } from '../../api/operations'
import { usePolled } from '../../api/resource'
import { second } from '../../api/time'
import { Field } from '../../design/controls'
import { Empty, Loading, ProblemBox } from '../../design/notice'
import { Split, Table, useListKeys, type Column } from '../../design/table'
import { Age } from '../../design/value'
import { compare, fold } from '../../format/fold'
import { number } from '../../format/number'
import { duration } from '../../format/time'
import { useKeys } from '../../keys'
import { operations as messages } from '../../messages/operations'
import { go, href, param } from '../../router'
import { EVERY_MS, type PartProps } from './part'
import { subscriptionState } from './state'
import { SubscriptionPanel } from './subscription'
import { SubscriptionState } from './subscription-state'
import { titleOf, watched } from './watched'

const filter = param('f', 'all')
const typed = param('q')
const FILTERS = ['all', 'attention', 'paused'] as const

export function Subscriptions({ head, openId }: PartProps) {
  const m = messages.value.subscriptions
  const resource = usePolled('subscriptions', EVERY_MS, (signal) => everyPage<Subscription>('/api/v1/subscriptions', signal))
  const all = [...(resource.data?.items ?? [])].sort((a, b) => compare(titleOf(a), titleOf(b)))
  const rows = all.filter(passes)
  const [cursor, setCursor] = useState<string | null>(null)
  const opened = all.find((one) => String(one.no) === openId)
  const replace = (changed: Subscription) =>
    resource.put((data) => ({ items: data.items.map((one) => (one.no === changed.no ? changed : one)) }))

  const open = (no: string) => go(`/operations/subscriptions/${no}`, kept(), { replace: openId !== null })
  const close = () => {
    setCursor(openId)
    go('/operations/subscriptions', kept())
  }
  useListKeys(
    rows.map((one) => String(one.no)),
    openId ?? cursor,
    (no) => (openId ? open(no) : setCursor(no)),
    messages.value,
  )
  useKeys([{ press: 'Enter', shown: 'Enter', label: () => messages.value.open, run: () => cursor && open(cursor) }])

  return (
    <Split
      panelLabel={opened ? titleOf(opened) : m.list}
      onClose={close}
      panel={
        openId &&
        (opened ? (
          <SubscriptionPanel key={opened.no} subscription={opened} onChange={replace} />
        ) : (
          resource.data && <Empty title={m.gone} text={m.goneText} />
        ))
      }
      list={
        <div class="page">
          {head}
          <Filters all={all} />
          {resource.problem && <ProblemBox problem={resource.problem} onRetry={resource.reload} />}
          {resource.data ? (
            <Table
              label={m.list}
              columns={columns()}
              rows={rows}
              rowKey={(one) => String(one.no)}
              selected={openId ?? cursor}
              onOpen={(one) => open(String(one.no))}
              empty={
                all.length ? <Empty title={m.emptyFilter} /> : <Empty title={m.empty} text={m.emptyText} />
              }
            />
          ) : (
            resource.loading && <Loading />
          )}
          <p class="muted small">{messages.value.updated(duration(EVERY_MS / 1000))}</p>
        </div>
      }
    />
  )
}

function kept() {
  return { f: filter.peek() === 'all' ? null : filter.peek(), q: typed.peek() }
}

function passes(one: Subscription): boolean {
  if (filter.value === 'attention' && !asks(one)) return false
  if (filter.value === 'paused' && one.status !== 'paused') return false
  const text = [one.name, one.description, one.id, one.owner_name, one.owner_org_name, one.endpoint].join(' ')
  return fold(text).includes(fold(typed.value))
}

function asks(one: Subscription): boolean {
  return ['act', 'watch'].includes(subscriptionState(one, second.value))
}

function Filters({ all }: { all: readonly Subscription[] }) {
  const m = messages.value.subscriptions
  const counts = {
    all: all.length,
    attention: all.filter(asks).length,
    paused: all.filter((one) => one.status === 'paused').length,
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
            {m.filter[name]} <span class="num">{number(counts[name])}</span>
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

function columns(): Column<Subscription>[] {
  const m = messages.value.subscriptions.column
  return [
    { key: 'state', head: m.state, cell: (one) => <SubscriptionState subscription={one} /> },
    { key: 'name', head: m.name, cell: (one) => <Name one={one} />, title: true },
    { key: 'watches', head: m.watches, wide: true, cell: (one) => <span class="clamped">{watched(one)}</span> },
    { key: 'endpoint', head: m.endpoint, wide: true, cell: (one) => <span class="mono broken">{one.endpoint}</span> },
    { key: 'sent', head: m.sent, numeric: true, cell: (one) => <Sent one={one} /> },
    { key: 'queue', head: m.queue, numeric: true, cell: (one) => <Queue one={one} /> },
    { key: 'success', head: m.success, cell: (one) => <Age at={one.last_success} /> },
  ]
}

function Name({ one }: { one: Subscription }) {
  const owner = [one.owner_name ?? one.owner, one.owner_org_name].filter(Boolean).join(' · ')
  return (
    <span class="two-lines">
      <a href={href(`/operations/subscriptions/${one.no}`, kept())}>{titleOf(one)}</a>
      <span class="muted small">{owner}</span>
    </span>
  )
}

function Sent({ one }: { one: Subscription }) {
  return (
    <span class="num">
      {number(one.times_sent)} <span class="muted">/ {number(one.times_failed)}</span>
    </span>
  )
}

function Queue({ one }: { one: Subscription }) {
  return (
    <span class="two-lines">
      <span class="num">{number(one.waiting)}</span>
      {one.oldest_waiting_at && (
        <span class="muted small">
          <Age at={one.oldest_waiting_at} />
        </span>
      )}
    </span>
  )
}
