// What the boards of directives share: a task's row with its notice, figures that say where they come from, and when.
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { line, listen, type Topic } from '../api/stream'
import { second } from '../api/time'
import { Chip, Mark, type Shape } from '../design/mark'
import { Simulated } from '../design/notice'
import { Age } from '../design/value'
import { number } from '../format/number'
import { date, ms, roughly, timeWithSeconds } from '../format/time'
import { named } from '../messages/catalogue'
import { boards as messages } from '../messages/boards'
import { tasks } from '../messages/tasks'
import { href } from '../router'
import { capital, LISTED, PLACES } from './words'
import { site } from '../api/session'
import type { Counts, Place, Row } from './types'
import './boards.css'

/** However much happens, a board is asked for no more often than this. */
const SETTLE_MS = 1_500
/** Without the stream the board is asked for so often, while somebody looks. */
const REFRESH_MS = 30_000
const TOPICS: readonly Topic[] = ['directives', 'tasks']
/** Every figure is older than the last answer by no more than this, or says so. */
export const PERIOD_S = 120

/** Ask again soon after something has happened; where the line is down, now and then. */
export function useLive(reload: () => void, more: readonly Topic[] = []): void {
  const latest = useRef(reload)
  latest.current = reload
  useEffect(() => {
    let settling: number | undefined
    const soon = () => {
      settling ??= window.setTimeout(() => {
        settling = undefined
        latest.current()
      }, SETTLE_MS)
    }
    const hushes = [...TOPICS, ...more].map((topic) => listen(topic, (event) => event.kind !== 'hello' && event.kind !== 'beat' && soon()))
    const timer = setInterval(() => line.peek().state !== 'live' && document.visibilityState === 'visible' && soon(), REFRESH_MS)
    // A board that nothing changes grows old all the same: what is soon becomes late by itself.
    const ageing = setInterval(() => document.visibilityState === 'visible' && soon(), PERIOD_S * 500)
    return () => {
      hushes.forEach((hush) => hush())
      clearTimeout(settling)
      clearInterval(timer)
      clearInterval(ageing)
    }
  }, [])
}

/** Where figures come from, how they are counted, and how old they are. */
export function Source({ at, reading, simulated }: { at: string; reading?: 'original' | 'current'; simulated?: boolean }) {
  const m = messages.value
  return (
    <p class="board-source muted small">
      {m.source}
      {reading && `, ${m.readingOf[reading]}`} · {m.asOf(timeWithSeconds(at))} (<Age at={at} periodS={PERIOD_S} />)
      {simulated && !site.value?.demo && (
        <>
          {' '}
          · <Simulated />
        </>
      )}
    </p>
  )
}

const LOOKS: Record<Place, { shape: Shape; tone: 'p2' | 'p3' | 'quiet' | 'stale'; filled: boolean; sign: string }> = {
  overdue: { shape: 'triangle', tone: 'p2', filled: true, sign: '!' },
  due_soon: { shape: 'circle', tone: 'p3', filled: false, sign: '5' },
  awaiting_verdict: { shape: 'square', tone: 'stale', filled: false, sign: '…' },
  in_time: { shape: 'none', tone: 'quiet', filled: false, sign: '✓' },
  no_due: { shape: 'none', tone: 'quiet', filled: false, sign: '–' },
  suspended: { shape: 'none', tone: 'quiet', filled: false, sign: '‖' },
  cancelled: { shape: 'none', tone: 'quiet', filled: false, sign: '×' },
  done_on_time: { shape: 'none', tone: 'quiet', filled: false, sign: '✓' },
  done_late: { shape: 'none', tone: 'quiet', filled: false, sign: 'T' },
}

/** `quiet`: nothing stands there; of what is late that is in order, and gets the grey tick. */
export function PlaceMark({ place, quiet = false }: { place: Place; quiet?: boolean }) {
  if (quiet) return <Mark shape="none" tone="quiet" sign={place === 'overdue' ? '✓' : LOOKS[place].shape === 'none' ? LOOKS[place].sign : '–'} />
  const look = LOOKS[place]
  return <Mark shape={look.shape} tone={look.tone} filled={look.filled} sign={look.sign} />
}

/** In order: a grey tick and what is in order. */
export function Calm({ children }: { children: ComponentChildren }) {
  return (
    <p class="board-calm muted">
      <Mark shape="none" sign="✓" tone="quiet" /> {children}
    </p>
  )
}

interface RowsProps {
  rows: readonly Row[]
  label: string
  /** Name the unit, the meeting: not where the page is about one of them. */
  unit?: boolean
  meeting?: boolean
  selected?: string | null
}

/** Rows under each other; the words of each lead to its task, its notice to the directive. */
export function Rows({ rows, label, unit = true, meeting = true, selected }: RowsProps) {
  return (
    <ol class="board-rows" aria-label={label}>
      {rows.map((row) => (
        <li key={row.task_id} class="board-row" aria-current={selected === String(row.task_id) ? 'true' : undefined}>
          <RowBody row={row} unit={unit} meeting={meeting} />
        </li>
      ))}
    </ol>
  )
}

function RowBody({ row, unit, meeting }: { row: Row; unit: boolean; meeting: boolean }) {
  const m = messages.value.row
  const place = row.place || row.timeliness || 'in_time'
  const clock = clockOf(row, place)
  return (
    <>
      <a class="board-row-main plain-link" href={href(`/tasks/${row.task_id}`)} title={row.directive?.text}>
        <span class="board-row-clock num">
          <PlaceMark place={place} />
          <span class={place === 'overdue' ? 'strong' : 'muted'}>{clock}</span>
        </span>
        <span class="board-row-text">
          {unit && <span class="strong">{row.unit.name}: </span>}
          {row.title}
        </span>
      </a>
      <p class="board-row-more muted small">
        {row.extension_open && <Chip>{m.asks}</Chip>}
        {row.state === 'returned' && <Chip>{tasks.value.state.returned}</Chip>}
        {row.assignee && <span>{row.assignee}</span>}
        <Facts row={row} />
        <Origin row={row} meeting={meeting} />
      </p>
    </>
  )
}

/** How late it is, how long it waits, or how much time is left. */
function clockOf(row: Row, place: Place): string {
  const m = messages.value.row
  if (place === 'overdue' && row.late.days > 0) return m.late(row.late.days)
  if (place === 'awaiting_verdict' && row.reported_at) return m.waits(roughly((second.value - ms(row.reported_at)) / 1000))
  return named(row.clock.vi, row.clock.en)
}

/** When it is due, what happened to it, and how far it is: in so many words as it takes. */
function Facts({ row }: { row: Row }) {
  const m = messages.value.row
  const moved = row.due.end !== row.due.original_end && row.place === 'overdue' && row.timeliness !== 'overdue'
  const said = [
    moved ? m.lateNow(named(row.due.vi, row.due.en)) : `${m.due}: ${named(row.due.vi, row.due.en)}`,
    row.returns > 0 && row.state !== 'returned' && m.returned(row.returns),
    row.extensions > 0 && m.extended(row.extensions),
    row.reported_at && m.reported(date(row.reported_at)),
    row.progress.percent !== null && row.place !== 'done_on_time' && row.place !== 'done_late' && `${row.progress.percent}%`,
  ]
  return (
    <>
      {said.filter(Boolean).map((words, index) => (
        <span key={index}>{words}</span>
      ))}
    </>
  )
}

/** The directive in its notice, and the meeting it came from. */
function Origin({ row, meeting }: { row: Row; meeting: boolean }) {
  const m = messages.value.row
  const from = row.directive
  if (!from) return <span>{row.by_document ? m.hidden : m.noNumber}</span>
  const notice = from.document
  return (
    <>
      <a href={href(`/directives/${from.id}`)}>
        {capital(notice.kind)} {notice.number || m.unnumbered}, {m.no(from.no)}
      </a>
      {meeting && from.meeting && <a href={href(`/directives/board/meetings/${from.meeting.id}`)}>{from.meeting.title}</a>}
    </>
  )
}

/** All places with their counts, which add up to what was given. */
export function Figures({ total, current, linkOf }: { total: Counts; current?: Place; linkOf?: (place: Place) => string }) {
  const m = messages.value
  return (
    <ul class="board-figures" aria-label={m.board.figures}>
      <li class="board-figure">
        <span class="board-figure-value num">{number(total.given)}</span>
        <span class="board-figure-name">{m.board.given}</span>
      </li>
      {PLACES.map((place) => {
        const count = total[place]
        const body = (
          <>
            <span class="board-figure-value num">
              <PlaceMark place={place} quiet={count === 0} /> {number(count)}
            </span>
            <span class="board-figure-name">{m.place[place]}</span>
          </>
        )
        return (
          <li key={place} class={`board-figure${count === 0 ? ' muted' : ''}`}>
            {linkOf && LISTED.includes(place) ? (
              <a class="plain-link" href={linkOf(place)} aria-current={current === place ? 'true' : undefined}>
                {body}
              </a>
            ) : (
              <span>{body}</span>
            )}
          </li>
        )
      })}
    </ul>
  )
}

/** `8/17 (47,06%) nhiệm vụ đã hoàn thành hoặc đã quá hạn`: a share never stands without what it is a share of. */
export function OnTime({ total }: { total: Counts }) {
  const m = messages.value.board
  const rate = total.on_time_rate
  return (
    <p class="board-rate">
      <span class="muted">{m.onTime}:</span>{' '}
      {rate ? (
        <>
          <span class="strong num">{number(rate.percent, 1)}%</span>{' '}
          <span class="muted">({m.of(number(rate.numerator), number(rate.denominator), named(rate.of_vi, rate.of_en))})</span>
        </>
      ) : (
        <span class="muted">{m.noRate}</span>
      )}
    </p>
  )
}
