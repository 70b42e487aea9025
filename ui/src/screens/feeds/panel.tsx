// One source: what it is, how its runs went, which rows it lost.
import { useState } from 'preact/hooks'
import { get, send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { typeName } from '../../api/labels'
import { useResource } from '../../api/resource'
import { sectorName } from '../../api/sectors'
import { may } from '../../api/session'
import type { Area, Feed, Page, Run } from '../../api/types'
import { Button, Tabs } from '../../design/controls'
import { Mark } from '../../design/mark'
import { Empty, Loading, ProblemBox, Simulated, toast } from '../../design/notice'
import { Age } from '../../design/value'
import { number } from '../../format/number'
import { date, duration, ms, timeWithSeconds } from '../../format/time'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { feeds as messages } from '../../messages/feeds'
import { href, param } from '../../router'
import { Lag } from './lag'
import { RefusedRows } from './refused'
import { StateMark } from './state'

const tab = param('tab', 'overview')

interface Props {
  feed: Feed
  onChange: (feed: Feed) => void
}

export function FeedPanel({ feed, onChange }: Props) {
  const m = messages.value
  const tabs = [
    { id: 'overview', label: m.tabs.overview, href: href('', { tab: null }) },
    { id: 'runs', label: m.tabs.runs, href: href('', { tab: 'runs' }) },
    { id: 'refused', label: m.tabs.refused, count: feed.refused_open, href: href('', { tab: 'refused' }) },
  ]
  return (
    <>
      <header class="feed-head">
        <p class="feed-head-line">
          <StateMark state={feed.state} />
          {feed.simulated && <Simulated />}
        </p>
        <h2>{named(feed.title_vi, feed.title_en)}</h2>
        <p class="muted small mono">{feed.name}</p>
      </header>
      <Tabs label={m.tabs.label} tabs={tabs} current={tab.value} />
      {tab.value === 'runs' ? (
        <Runs feed={feed} key={feed.name} />
      ) : tab.value === 'refused' ? (
        <RefusedRows feed={feed} key={feed.name} onChange={onChange} />
      ) : (
        <Overview feed={feed} key={feed.name} onChange={onChange} />
      )}
    </>
  )
}

function Overview({ feed, onChange }: Props) {
  const m = messages.value
  const missing = <span class="muted">{common.value.none}</span>
  return (
    <>
      {feed.problem && (
        <div class="feed-problem">
          <p class="strong">{m.overview.problem}</p>
          <p>{named(feed.problem.vi, feed.problem.en)}</p>
        </div>
      )}
      <div class="feed-figures">
        <Figure label={m.column.last}>
          <Age at={feed.last_accepted_at} periodS={feed.period_s} />
        </Figure>
        <Figure label={m.column.accepted}>{number(feed.accepted_24h)}</Figure>
        <Figure label={m.column.refused}>{number(feed.refused_24h)}</Figure>
        <Figure label={m.column.entities}>{number(feed.entities)}</Figure>
      </div>
      <Actions feed={feed} onChange={onChange} />
      <dl class="facts">
        <dt>{m.column.owner}</dt>
        <dd>{feed.owner?.name ?? missing}</dd>
        <dt>{m.column.kind}</dt>
        <dd>{m.kind[feed.kind]}</dd>
        <dt>{m.overview.entityType}</dt>
        <dd>
          <a href={href('/city', { f: `type:${feed.entity_type}` })} title={feed.entity_type}>
            {typeName(feed.entity_type)}
          </a>
        </dd>
        <dt>{m.column.period}</dt>
        <dd>{feed.period_s ? m.everyS(duration(feed.period_s)) : missing}</dd>
        <dt>{m.column.lag}</dt>
        <dd>
          <Lag feed={feed} />
        </dd>
        <dt>{m.overview.sector}</dt>
        <dd>{feed.sector ? sectorName(feed.sector) : missing}</dd>
        <dt>{m.overview.area}</dt>
        <dd>{feed.area_code ? <AreaName code={feed.area_code} /> : missing}</dd>
      </dl>
      {feed.last_run && (
        <section>
          <h3>{m.overview.lastRun}</h3>
          <RunLine run={feed.last_run} />
        </section>
      )}
    </>
  )
}

/** What an area is called; its code while the name is on its way. */
function AreaName({ code }: { code: string }) {
  const area = useResource(`area ${code}`, (signal) => get<Area>(`/api/v1/areas/${encodeURIComponent(code)}`, {}, signal))
  return <span title={code}>{area.data?.full_name ?? code}</span>
}

function Figure({ label, children }: { label: string; children: preact.ComponentChildren }) {
  return (
    <div class="figure">
      <span class="muted small">{label}</span>
      <span class="figure-value num">{children}</span>
    </div>
  )
}

function Actions({ feed, onChange }: Props) {
  const m = messages.value.actions
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const act = async (verb: 'run' | 'pause' | 'resume', said: string) => {
    setBusy(true)
    setProblem(null)
    try {
      const seen = verb === 'run' ? {} : { version: feed.version }
      onChange(await send<Feed>('POST', `/api/v1/feeds/${encodeURIComponent(feed.name)}/${verb}`, undefined, seen))
      toast(said)
    } catch (error) {
      setProblem(asProblem(error))
    }
    setBusy(false)
  }
  const title = named(feed.title_vi, feed.title_en)
  if (!may('feed.run')) return null
  return (
    <>
      <div class="form-foot">
        {feed.kind !== 'mqtt' && (
          <Button icon="refresh" busy={busy} onClick={() => void act('run', m.started(title))}>
            {m.run}
          </Button>
        )}
        {feed.state === 'paused' ? (
          <Button icon="play" busy={busy} onClick={() => void act('resume', m.resumed(title))}>
            {m.resume}
          </Button>
        ) : (
          <Button icon="pause" busy={busy} onClick={() => void act('pause', m.paused(title))}>
            {m.pause}
          </Button>
        )}
      </div>
      {problem && <ProblemBox problem={problem} />}
    </>
  )
}

function RunLine({ run }: { run: Run }) {
  const m = messages.value
  return (
    <div class="run-line">
      <p class="run-head">
        <Outcome run={run} />
        <span class="num muted">
          {timeWithSeconds(run.started_at)} {date(run.started_at)}
        </span>
      </p>
      <p class="run-counts num">
        <span>
          {m.run.read} {number(run.read)}
        </span>
        <span>
          {m.run.accepted} {number(run.accepted)}
        </span>
        <span>
          {m.run.unchanged} {number(run.unchanged)}
        </span>
        <span class={run.refused ? 'strong' : ''}>
          {m.run.refused} {number(run.refused)}
        </span>
        {run.faulty > 0 && (
          <span>
            {m.run.faulty} {number(run.faulty)}
          </span>
        )}
        {run.finished_at && (
          <span class="muted">{duration((ms(run.finished_at) - ms(run.started_at)) / 1000)}</span>
        )}
      </p>
      {named(run.message_vi, run.message_en) && <p>{named(run.message_vi, run.message_en)}</p>}
    </div>
  )
}

const OUTCOME_LOOKS = {
  running: { shape: 'none', sign: '…', tone: 'quiet', filled: false },
  ok: { shape: 'none', sign: '✓', tone: 'quiet', filled: false },
  partial: { shape: 'diamond', sign: '!', tone: 'p4', filled: false },
  failed: { shape: 'diamond', sign: '!', tone: 'p4', filled: true },
} as const

function Outcome({ run }: { run: Run }) {
  return (
    <span class="feed-state">
      <Mark {...OUTCOME_LOOKS[run.outcome]} />
      {messages.value.outcome[run.outcome]}
    </span>
  )
}

function Runs({ feed }: { feed: Feed }) {
  const m = messages.value
  const [older, setOlder] = useState<readonly Run[]>([])
  const [cursor, setCursor] = useState<string | null | undefined>(undefined)
  const url = `/api/v1/feeds/${encodeURIComponent(feed.name)}/runs`
  // A finished run changes the source's summary, and with it this key: the list is then read anew.
  const resource = useResource(`${feed.name} ${feed.last_run?.id} ${feed.last_run?.outcome}`, (signal) =>
    get<Page<Run>>(url, { limit: 30 }, signal),
  )
  const more = cursor === undefined ? resource.data?.next : cursor
  const loadMore = async () => {
    const page = await get<Page<Run>>(url, { limit: 30, cursor: more })
    setOlder([...older, ...page.items])
    setCursor(page.next)
  }
  if (resource.problem) return <ProblemBox problem={resource.problem} onRetry={resource.reload} />
  if (!resource.data) return <Loading />
  const runs = [...resource.data.items, ...older]
  return (
    <>
      <ol class="run-list" aria-label={m.run.list}>
        {runs.map((run) => (
          <li key={run.id}>
            <RunLine run={run} />
          </li>
        ))}
      </ol>
      {runs.length === 0 && <Empty title={m.run.none} />}
      {more && <Button onClick={() => void loadMore()}>{common.value.more}</Button>}
    </>
  )
}
