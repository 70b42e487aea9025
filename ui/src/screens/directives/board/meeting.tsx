// One meeting: its notices, and what became of each directive of it.
import { get } from '../../../api/client'
import { useResource } from '../../../api/resource'
import { Calm, Figures, OnTime, Rows, Source, useLive } from '../../../boards/parts'
import type { MeetingBoard, Row } from '../../../boards/types'
import { capital } from '../../../boards/words'
import { Icon } from '../../../design/icons'
import { Empty, Loading, ProblemBox } from '../../../design/notice'
import { number } from '../../../format/number'
import { date } from '../../../format/time'
import { boards as messages } from '../../../messages/boards'
import { href } from '../../../router'

const DONE: ReadonlySet<string> = new Set(['done_on_time', 'done_late', 'cancelled'])

export function MeetingPage({ id }: { id: string }) {
  const m = messages.value.meeting
  const resource = useResource(`meeting ${id}`, (signal) => get<MeetingBoard>(`/api/v1/boards/meetings/${id}`, {}, signal))
  useLive(resource.reload)
  return (
    <div class="page board">
      <a class="board-back" href={href('/directives/board')}>
        <Icon name="back" size={16} /> {m.back}
      </a>
      {resource.problem?.document.status === 404 ? (
        <Empty title={m.gone} text={m.goneText} />
      ) : (
        resource.problem && <ProblemBox problem={resource.problem} onRetry={resource.reload} />
      )}
      {resource.data ? <Content board={resource.data} /> : resource.loading && <Loading />}
    </div>
  )
}

function Content({ board }: { board: MeetingBoard }) {
  const m = messages.value.meeting
  const { meeting, total } = board
  const left = board.rows.filter((row) => !DONE.has(row.place))
  const over = board.rows.filter((row) => DONE.has(row.place))
  const facts = [
    meeting.held_on && `${m.held} ${date(meeting.held_on)}`,
    meeting.chair && `${m.chair}: ${meeting.chair}`,
    meeting.place && `${m.place}: ${meeting.place}`,
    meeting.invitation_no && `${m.invitation}: ${meeting.invitation_no}`,
  ].filter(Boolean)
  return (
    <>
      <header class="page-head">
        <div>
          <h1>{meeting.title}</h1>
          <p>{m.question}</p>
          <p>{facts.join(' · ')}</p>
        </div>
      </header>
      <section class="board-head">
        <p class="strong" role="status">
          {m.fulfilled(number(total.done), number(total.given - total.cancelled))}
        </p>
        <Figures total={total} />
        <div class="board-foot">
          <OnTime total={total} />
          <Source at={board.as_of} reading="original" simulated={meeting.simulated} />
        </div>
      </section>
      <Documents board={board} />
      <Part title={m.open} rows={left} />
      <Part title={m.done} rows={over} />
    </>
  )
}

function Documents({ board }: { board: MeetingBoard }) {
  const m = messages.value
  return (
    <section>
      <h2>{m.meeting.documents}</h2>
      {board.documents.length === 0 && <p class="muted">{m.meeting.noDocuments}</p>}
      <ul class="board-documents">
        {board.documents.map((each) => (
          <li key={each.id}>
            <a href={href(`/directives/documents/${each.id}`)}>
              {capital(each.kind)} {each.number || m.row.unnumbered}
            </a>{' '}
            <span class="muted">{[each.issued_on && date(each.issued_on), each.issuer, each.subject].filter(Boolean).join(' · ')}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Part({ title, rows }: { title: string; rows: readonly Row[] }) {
  return (
    <section class="board-list">
      <h2>
        {title} <span class="muted num">{number(rows.length)}</span>
      </h2>
      {rows.length > 0 ? <Rows rows={rows} label={title} meeting={false} /> : <Calm>{messages.value.board.none}</Calm>}
    </section>
  )
}
