// Results by unit, leader, field, document or meeting: each line's counts, with the share of what was on time.
import type { Board, By, Counts } from '../../../boards/types'
import { PlaceMark, Source } from '../../../boards/parts'
import { Table, type Column } from '../../../design/table'
import { number } from '../../../format/number'
import { boards as messages } from '../../../messages/boards'
import { href } from '../../../router'
import { everyUnit, FEW } from './every'

const BYS: readonly By[] = ['unit', 'leader', 'field', 'document', 'meeting']
type Line = Board['lines'][number]

export function Lines({ board, by }: { board: Board; by: By }) {
  const m = messages.value.board
  return (
    <section class="board-lines">
      <div class="board-lines-head">
        <h2>{m.lines}</h2>
        <nav class="segments" aria-label={m.by}>
          {BYS.map((each) => (
            <a key={each} class="segment" href={href('', { by: each === 'unit' ? null : each })} aria-current={by === each ? 'true' : undefined}>
              {m.bys[each]}
            </a>
          ))}
        </nav>
      </div>
      <Table
        label={`${m.lines}: ${m.bys[board.by]}`}
        columns={columns(board.by)}
        rows={everyUnit.value ? board.lines : board.lines.slice(0, FEW)}
        rowKey={(line) => String(line.key)}
        empty={<p class="muted">{m.none}</p>}
      />
      {board.lines.length > FEW && (
        <a class="small board-every" href={href('', { all: everyUnit.value ? null : '1' })}>
          {everyUnit.value ? m.fewer : m.moreLines(number(board.lines.length - FEW))}
        </a>
      )}
      {board.more_lines > 0 && <p class="muted small">{m.moreLines(number(board.more_lines))}</p>}
      <Source at={board.as_of} reading={board.reading} />
    </section>
  )
}

function columns(by: By): Column<Line>[] {
  const m = messages.value
  const count = (key: string, head: string, of: (counts: Counts) => number, wide = false): Column<Line> => ({
    key,
    head,
    numeric: true,
    wide,
    cell: ({ counts }) => <Number value={of(counts)} />,
  })
  return [
    { key: 'title', head: m.board.bys[by], title: true, cell: (line) => <Name by={by} line={line} /> },
    count('given', m.board.given, (counts) => counts.given),
    {
      key: 'overdue',
      head: m.place.overdue,
      numeric: true,
      cell: ({ counts, key }) => (
        <span class={counts.overdue === 0 ? 'num muted' : 'board-late num strong'}>
          {counts.overdue > 0 && <PlaceMark place="overdue" />}
          {counts.overdue > 0 && key !== null ? <a href={narrowed(by, key)}>{number(counts.overdue)}</a> : number(counts.overdue)}
        </span>
      ),
    },
    count('due_soon', m.place.due_soon, (counts) => counts.due_soon),
    count('awaiting_verdict', m.place.awaiting_verdict, (counts) => counts.awaiting_verdict, true),
    count('in_time', m.place.in_time, (counts) => counts.in_time, true),
    count('no_due', m.place.no_due, (counts) => counts.no_due, true),
    count('done_on_time', m.place.done_on_time, (counts) => counts.done_on_time),
    count('done_late', m.place.done_late, (counts) => counts.done_late),
    count('stopped', m.board.stopped, (counts) => counts.suspended + counts.cancelled, true),
    {
      key: 'rate',
      head: m.board.rate,
      numeric: true,
      cell: ({ counts: { on_time_rate: rate } }) =>
        rate ? (
          <span class="num">
            {number(rate.numerator)}/{number(rate.denominator)} <span class="muted">({number(rate.percent, 0)}%)</span>
          </span>
        ) : (
          <span class="muted">—</span>
        ),
    },
  ]
}

function Number({ value }: { value: number }) {
  return <span class={value === 0 ? 'num muted' : 'num'}>{number(value)}</span>
}

function narrowed(by: By, key: number | string): string {
  return href('', { [by]: String(key), show: null, band: null })
}

function Name({ by, line }: { by: By; line: Line }) {
  if (line.key === null) return <span class="muted">{line.title}</span>
  const to = by === 'meeting' ? href(`/directives/board/meetings/${line.key}`) : narrowed(by, line.key)
  return (
    <a class="strong plain-link" href={to}>
      {line.title}
    </a>
  )
}
