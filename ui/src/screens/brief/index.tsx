// The leader's morning on one page: what is red first, each one tap from its directive. Reads on a phone, prints on A4.
import type { ComponentChildren } from 'preact'
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import { second } from '../../api/time'
import { Calm, Figures, OnTime, PERIOD_S, PlaceMark, Rows, Source, useLive } from '../../boards/parts'
import type { Brief, Row } from '../../boards/types'
import { Button, Select } from '../../design/controls'
import { Priority } from '../../design/mark'
import { Loading, ProblemBox } from '../../design/notice'
import { Age } from '../../design/value'
import { number } from '../../format/number'
import { date, dateTime, ms, roughly, time, timeWithSeconds, weekday } from '../../format/time'
import { boards as messages } from '../../messages/boards'
import { named } from '../../messages/catalogue'
import { go, href, param } from '../../router'
import './brief.css'

const leader = param('leader')
const day = param('date')
/** In the address `leader=*` means everybody's; without it the server opens on the asker's own. */
const EVERYBODY = '*'

export default function BriefScreen() {
  const m = messages.value.brief
  const asked = { date: day.value || null, leader: leader.value || null }
  const key = JSON.stringify(asked)
  const resource = useResource(key, (signal) => get<Brief>('/api/v1/boards/brief', asked, signal))
  useLive(resource.reload, ['alerts', 'incidents'])
  const brief = resource.data
  return (
    <div class="page brief">
      <header class="page-head brief-head">
        <div>
          <h1>{m.title}</h1>
          <p>
            {m.question}{' '}
            {brief && (
              <span class="num">
                {weekday(brief.date)}, {date(brief.date)}
              </span>
            )}
          </p>
        </div>
      </header>
      {brief && <Tools brief={brief} />}
      {resource.problem && <ProblemBox problem={resource.problem} onRetry={resource.reload} />}
      {brief ? <Page brief={brief} /> : resource.loading && <Loading />}
    </div>
  )
}

function Tools({ brief }: { brief: Brief }) {
  const m = messages.value.brief
  const options = [{ value: EVERYBODY, label: m.everybody }, ...brief.leaders.map((each) => ({ value: each, label: each }))]
  const paper = (format: string) => `/api/v1/directive-brief?${new URLSearchParams({ date: brief.date, leader: brief.leader ?? EVERYBODY, format })}`
  return (
    <div class="page-tools brief-tools">
      <Select label={m.leader} value={brief.leader ?? EVERYBODY} options={options} onChange={(value) => go('', { leader: value }, { replace: true })} />
      <a class="button button-plain" href={paper('docx')} download data-external>
        {m.word}
      </a>
      <a class="button button-plain" href={paper('pdf')} download data-external>
        {m.pdf}
      </a>
      <Button onClick={() => print()}>{m.print}</Button>
    </div>
  )
}

function Page({ brief }: { brief: Brief }) {
  const m = messages.value.brief
  const { verdicts, extensions } = brief.waiting
  const every = { leader: brief.leader }
  return (
    <>
      <section class="board-head" aria-label={m.title}>
        <Tiles brief={brief} />
        <Source at={brief.as_of} reading="original" simulated={brief.simulated} />
      </section>
      <Alerts brief={brief} />
      <Part id="late" title={m.late} count={brief.total.overdue} rows={brief.late} calm={m.calm.late} more={href('/directives/board', every)} />
      <Incidents brief={brief} />
      <Section id="waiting" title={m.waiting} count={verdicts.count + extensions.count}>
        {verdicts.count + extensions.count === 0 && <Calm>{m.calm.waiting}</Calm>}
        <Waiting title={m.verdicts} part={verdicts} more={href('/directives/board', { ...every, show: 'awaiting_verdict' })} />
        <Waiting title={m.extensions} part={extensions} more={href('/tasks', { view: 'assigned' })} />
      </Section>
      <Part
        id="soon"
        title={m.thisWeek}
        count={brief.this_week.count}
        rows={brief.this_week.rows}
        calm={m.calm.thisWeek}
        more={href('/directives/board', { ...every, show: 'due_soon', reading: 'current' })}
      />
      <Changes brief={brief} />
      <Section id="figures" title={m.figures} count={null}>
        <Figures total={brief.total} linkOf={(place) => href('/directives/board', { ...every, show: place === 'overdue' ? null : place })} />
        <div class="board-foot">
          <OnTime total={brief.total} />
          <Source at={brief.as_of} reading="original" simulated={brief.simulated} />
        </div>
      </Section>
    </>
  )
}

/** What a leader asks first, each a step from its list. */
function Tiles({ brief }: { brief: Brief }) {
  const m = messages.value.brief
  const { verdicts, extensions } = brief.waiting
  const tiles: readonly [string, string, number | null, ComponentChildren][] = [
    ['alerts', m.alerts, brief.alerts?.count ?? null, <Priority level={1} label="P1" />],
    ['late', m.late, brief.total.overdue, <PlaceMark place="overdue" />],
    ['incidents', m.incidents, brief.incidents?.count ?? null, null],
    ['waiting', m.waiting, verdicts.count + extensions.count, <PlaceMark place="awaiting_verdict" />],
    ['soon', m.thisWeek, brief.this_week.count, <PlaceMark place="due_soon" />],
  ]
  return (
    <ul class="board-figures">
      {tiles.map(([id, title, count, mark]) => (
        <li key={id} class={`board-figure${count ? '' : ' muted'}`}>
          <a class="plain-link" href={`#${id}`}>
            <span class="board-figure-value num">
              {count ? mark : <PlaceMark place="overdue" quiet />} {count === null ? '—' : number(count)}
            </span>
            <span class="board-figure-name">{title}</span>
          </a>
        </li>
      ))}
    </ul>
  )
}

function Section({ id, title, count, children }: { id: string; title: string; count: number | null; children: ComponentChildren }) {
  return (
    <section class="brief-part" id={id} tabIndex={-1}>
      <h2>
        {title} {count !== null && count > 0 && <span class="num">{number(count)}</span>}
      </h2>
      {children}
    </section>
  )
}

function Part({ id, title, count, rows, calm, more }: { id: string; title: string; count: number; rows: readonly Row[]; calm: string; more: string }) {
  return (
    <Section id={id} title={title} count={count}>
      {rows.length === 0 ? <Calm>{calm}</Calm> : <Rows rows={rows} label={title} />}
      <More count={count - rows.length} to={more} />
    </Section>
  )
}

function More({ count, to }: { count: number; to: string }) {
  if (count <= 0) return null
  return (
    <a class="brief-more" href={to}>
      {messages.value.brief.more(number(count))}
    </a>
  )
}

function Waiting({ title, part, more }: { title: string; part: Brief['waiting']['verdicts']; more: string }) {
  if (part.count === 0) return null
  return (
    <div>
      <h3>
        {title} <span class="num muted">{number(part.count)}</span>
      </h3>
      <Rows rows={part.rows} label={title} />
      <More count={part.count - part.rows.length} to={more} />
    </div>
  )
}

/** Where the figures of the duty room come from, and how old they are. */
function LiveSource({ at }: { at: string }) {
  const m = messages.value
  return (
    <p class="board-source muted small">
      {m.brief.liveSource} · {m.asOf(timeWithSeconds(at))} (<Age at={at} periodS={PERIOD_S} />)
    </p>
  )
}

function Alerts({ brief }: { brief: Brief }) {
  const m = messages.value.brief
  const part = brief.alerts
  return (
    <Section id="alerts" title={m.alerts} count={part?.count ?? null}>
      {part === null ? <p class="muted">{m.hidden}</p> : part.count === 0 && <Calm>{m.calm.alerts}</Calm>}
      <ol class="brief-lines">
        {part?.rows.map((each) => (
          <li key={each.id}>
            <a class="brief-line plain-link" href={href('/duty', { sel: each.incident_id ? `incident:${each.incident_id}` : `alert:${each.id}` })}>
              <Priority level={1} label="P1" />
              <span class="brief-line-text">
                <span class="strong">{named(each.title_vi, each.title_en)}</span> <span class="muted">{each.area?.name}</span>
              </span>
              <span class="num muted">{roughly((second.value - ms(each.first_at)) / 1000)}</span>
            </a>
          </li>
        ))}
      </ol>
      {part && <More count={part.count - part.rows.length} to={href('/duty', { priority: '1' })} />}
      {part && <LiveSource at={brief.as_of} />}
    </Section>
  )
}

function Incidents({ brief }: { brief: Brief }) {
  const m = messages.value.brief
  const part = brief.incidents
  return (
    <Section id="incidents" title={m.incidents} count={part?.count ?? null}>
      {part === null ? <p class="muted">{m.hidden}</p> : part.count === 0 && <Calm>{m.calm.incidents}</Calm>}
      <ol class="brief-lines">
        {part?.rows.map((each) => (
          <li key={each.id}>
            <a class="brief-line plain-link" href={href('/duty', { sel: `incident:${each.id}` })}>
              <Priority level={each.severity} label={`P${each.severity}`} />
              <span class="brief-line-text">
                <span class="strong">{each.title || named(each.kind_vi, each.kind_en)}</span> <span class="muted">{[each.code, each.area?.name].filter(Boolean).join(' · ')}</span>
              </span>
              <span class="num muted">{roughly((second.value - ms(each.reported_at)) / 1000)}</span>
            </a>
          </li>
        ))}
      </ol>
      {part && <More count={part.count - part.rows.length} to={href('/duty')} />}
      {part && <LiveSource at={brief.as_of} />}
    </Section>
  )
}

function Changes({ brief }: { brief: Brief }) {
  const m = messages.value.brief
  const { changes } = brief
  const counted = Object.entries(changes.counts) as [keyof typeof m.change, number][]
  return (
    <Section id="changes" title={m.changes} count={null}>
      <p class="muted small">{m.since(dateTime(changes.since), dateTime(changes.until))}</p>
      {changes.rows.length === 0 && <Calm>{m.calm.changes}</Calm>}
      {counted.length > 0 && (
        <p>
          {counted.map(([kind, count], index) => (
            <span key={kind}>
              {index > 0 && ' · '}
              {m.change[kind]} <span class="num strong">{number(count)}</span>
            </span>
          ))}
        </p>
      )}
      <ol class="brief-lines">
        {changes.rows.map((each) => (
          <li key={`${each.task_id} ${each.kind} ${each.at}`}>
            <a class="brief-line plain-link" href={href(`/tasks/${each.task_id}`)}>
              <span class="num muted">{time(each.at)}</span>
              <span class="brief-line-text">
                <span class="strong">{m.change[each.kind]}</span> {each.title} <span class="muted">{[each.unit, each.document].filter(Boolean).join(' · ')}</span>
              </span>
            </a>
          </li>
        ))}
      </ol>
    </Section>
  )
}
