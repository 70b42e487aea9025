// The directive board: who owes what, from which conclusion, how late? All that narrows it stands in the address.
import { useState } from 'preact/hooks'
import { get } from '../../../api/client'
import { useResource } from '../../../api/resource'
import { Calm, Figures, OnTime, Rows, Source, useLive } from '../../../boards/parts'
import type { Band, Board, By, Place } from '../../../boards/types'
import { LISTED } from '../../../boards/words'
import { Empty, Loading, ProblemBox } from '../../../design/notice'
import { useListKeys } from '../../../design/table'
import { number } from '../../../format/number'
import { useKeys } from '../../../keys'
import { boards as messages } from '../../../messages/boards'
import { go, href, param, path } from '../../../router'
import { Filters, Papers } from './filters'
import { Heat } from './heat'
import { Lines } from './lines'
import { MeetingPage } from './meeting'
import { PaceTable } from './pace'

const NARROWED = ['unit', 'leader', 'field', 'document', 'meeting', 'since', 'until'] as const
const filters = Object.fromEntries(NARROWED.map((name) => [name, param(name)])) as Record<(typeof NARROWED)[number], ReturnType<typeof param>>
const reading = param('reading', 'original')
const by = param('by', 'unit')
const show = param('show', 'overdue')
const band = param('band')
const BANDS: readonly Band[] = ['1-30', '31-60', '61-120', '>120']

export default function BoardScreen() {
  const [, , page, id] = path.value
  if (page === 'meetings' && id) return <MeetingPage key={id} id={id} />
  return <Whole />
}

function query() {
  const narrowed = Object.fromEntries(NARROWED.map((name) => [name, filters[name].value || null]))
  return { ...narrowed, reading: reading.value, by: by.value, show: show.value, band: show.value === 'overdue' ? band.value || null : null }
}

function Whole() {
  const m = messages.value.board
  const asked = query()
  const resource = useResource(JSON.stringify(asked), (signal) => get<Board>('/api/v1/boards/directives', asked, signal))
  // While another question is on its way, what was there stays.
  const [held, hold] = useState<Board>()
  if (resource.data && resource.data !== held) hold(resource.data)
  const board = resource.data ?? (resource.problem ? undefined : held)
  useLive(resource.reload)
  return (
    <div class="page board">
      <header class="page-head">
        <div>
          <h1>{m.title}</h1>
          <p>{m.question}</p>
        </div>
        <Papers unit={filters.unit.value} />
      </header>
      {board && <Filters choices={board.choices} filters={filters} reading={reading.value} />}
      {resource.problem && <ProblemBox problem={resource.problem} onRetry={resource.reload} />}
      {board ? <Parts board={board} /> : resource.loading && <Loading />}
    </div>
  )
}

function Parts({ board }: { board: Board }) {
  const m = messages.value.board
  const place = (LISTED.includes(show.value as Place) ? show.value : 'overdue') as Place
  return (
    <>
      <section class="board-head" aria-label={m.figures}>
        <Figures total={board.total} current={place} linkOf={(each) => href('', { show: each === 'overdue' ? null : each, band: null })} />
        <div class="board-foot">
          <OnTime total={board.total} />
          <Source at={board.as_of} reading={board.reading} simulated={board.simulated} />
        </div>
      </section>
      <div class="board-columns">
        <List board={board} place={place} />
        <PaceTable pace={board.pace} at={board.as_of} />
      </div>
      <Heat heat={board.heat} at={board.as_of} />
      <Lines board={board} by={by.value as By} />
    </>
  )
}

function List({ board, place }: { board: Board; place: Place }) {
  const m = messages.value
  const [cursor, setCursor] = useState<string | null>(null)
  useListKeys(board.rows.map((row) => String(row.task_id)), cursor, setCursor, m.row)
  useKeys([{ press: 'Enter', shown: 'Enter', label: () => messages.value.row.open, run: () => cursor && go(`/tasks/${cursor}`) }])
  const title = m.board.list(m.place[place], number(board.total[place]))
  return (
    <section class="board-list">
      <h2>{title}</h2>
      {place === 'overdue' && board.total.overdue > 0 && (
        <nav class="segments board-bands" aria-label={m.board.bands}>
          {[null, ...BANDS].map((each) => (
            <a key={each ?? 'all'} class="segment" href={href('', { band: each })} aria-current={(band.value || null) === each ? 'true' : undefined}>
              {each ? m.band[each] : m.board.everyBand}
              <span class="num">{number(each ? board.total.bands[each] : board.total.overdue)}</span>
            </a>
          ))}
        </nav>
      )}
      {board.rows.length > 0 ? (
        <Rows rows={board.rows} label={title} selected={cursor} />
      ) : place === 'overdue' && board.total.given > 0 ? (
        <Calm>{m.board.calm}</Calm>
      ) : (
        <Empty title={m.board.none} text={m.board.noneText} />
      )}
      {board.rows.length < board.rows_of && <p class="muted small">{m.board.shown(number(board.rows.length), number(board.rows_of))}</p>}
    </section>
  )
}
