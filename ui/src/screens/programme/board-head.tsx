// What a leader reads first: projects, total investment, the year's plan, what is paid and of what, what is foreseen.
import type { ComponentChildren } from 'preact'
import { Simulated } from '../../design/notice'
import { bigDong } from '../../format/money'
import { number, percent } from '../../format/number'
import { figures as messages } from '../../messages/programme-figures'
import { programme } from '../../messages/programme'
import { shareOf, type DenominatorKind } from './asks'
import { CourseBar } from './board-bar'
import { Sum } from './parts'
import { within } from './scope'
import type { Board, Forecast, Row } from './types'

const GOAL_SHARE = 0.95
/** What forecasts and flags are held against: all that can be paid in the year. */
const WITH_CARRY_OVER: DenominatorKind = 'annual_with_carry_over'

interface Props {
  board: Board
  rows: readonly Row[]
  of: DenominatorKind
  /** Rows that ask for attention, and the flags that are raised over all of them. */
  asking: number
  flags: number | null
  forecast: Forecast | undefined
}

export function BoardHead({ board, rows, of, asking, flags, forecast }: Props) {
  const m = messages.value
  const filtered = rows.length !== board.items.length
  const [total, missing] = totalOf(rows)
  const share = filtered ? shareOf(rows) : whole(board, of)
  return (
    <dl class="headline" aria-label={m.head.label}>
      <Figure name={m.head.projects} note={filtered ? m.head.ofAll(number(board.items.length)) : board.program.simulated ? <Simulated /> : null}>
        <span class="num">{number(rows.length)}</span>
      </Figure>
      <Figure name={m.head.total} note={missing > 0 ? m.head.missingTotal(number(missing)) : m.head.allTotal}>
        <Sum dong={total} />
      </Figure>
      <PlanFigure board={board} rows={rows} filtered={filtered} />
      {board.payments_recorded === false ? (
        <Figure name={m.head.paid} note={null}>
          <span class="muted small">{m.head.noPayments}</span>
        </Figure>
      ) : (
        <Figure name={m.head.paid} note={share ? <ShareWords share={share} of={of} beside={filtered ? null : whole(board, WITH_CARRY_OVER)} /> : m.noBase(m.shortKinds[of])}>
          <Sum dong={share?.numerator_dong ?? paidOf(board, rows, filtered)} />
        </Figure>
      )}
      <ForecastFigure forecast={filtered ? undefined : forecast} />
      <Figure name={m.head.flagged} note={flags === null ? null : <a href={within('/programme/flags')}>{m.head.flags(number(flags))}</a>}>
        <span class="num">{number(asking)}</span>
      </Figure>
    </dl>
  )
}

export function Figure({ name, note, children }: { name: string; note: ComponentChildren; children: ComponentChildren }) {
  return (
    <div class="headline-figure">
      <dt class="muted small">{name}</dt>
      <dd class="headline-value">{children}</dd>
      {note && <dd class="muted small">{note}</dd>}
    </div>
  )
}

function PlanFigure({ board, rows, filtered }: { board: Board; rows: readonly Row[]; filtered: boolean }) {
  const m = messages.value.head
  const plan = filtered ? sum(rows, (row) => row.current_dong) : (board.money.plan_dong['annual'] ?? null)
  const initial = filtered ? sum(rows, (row) => row.initial_dong) : (board.money.plan_dong['council_initial'] ?? null)
  const note = initial === null ? programme.value.noInitial : initial === plan ? m.asInitial : m.was(bigDong(initial))
  return (
    <Figure name={m.plan(board.year)} note={plan === null ? programme.value.noPlan : note}>
      <Sum dong={plan} />
    </Figure>
  )
}

interface Share {
  numerator_dong: number
  denominator_dong: number
}

/** The share of the chosen denominator; beside it the one that the forecast is of, where it is another. */
function ShareWords({ share, of, beside }: { share: Share; of: DenominatorKind; beside: Share | null }) {
  const m = messages.value
  if (share.denominator_dong === 0) return <>{m.noBase(m.shortKinds[of])}</>
  return (
    <>
      <span class="strong num headline-share">{percent(share.numerator_dong / share.denominator_dong)}</span> {m.shortKinds[of]}
      {beside && of !== WITH_CARRY_OVER && beside.denominator_dong > share.denominator_dong && (
        <span class="block">{m.head.withCarryOver(bigDong(beside.numerator_dong), percent(beside.numerator_dong / beside.denominator_dong))}</span>
      )}
    </>
  )
}

/** The end of the year for the whole programme, as the method that has erred least foresees it. */
function ForecastFigure({ forecast }: { forecast: Forecast | undefined }) {
  const m = messages.value.head
  const total = forecast?.total
  if (!forecast || !total || total.p50_dong == null || total.p10_dong == null || total.p90_dong == null || total.plan_dong <= 0) {
    return (
      <Figure name={m.forecast} note={null}>
        <span class="muted small">{m.noForecast}</span>
      </Figure>
    )
  }
  const goal = total.plan_dong * GOAL_SHARE
  const said = (dong: number) => percent(dong / total.plan_dong, 0)
  return (
    <div class="headline-figure">
      <dt class="muted small">{messages.value.head.forecast}</dt>
      <dd class="headline-value">
        <span class="num">{said(total.p50_dong)}</span>
        <span class="muted small headline-beside">{m.goal(said(goal))}</span>
      </dd>
      <dd class="muted small">
        <CourseBar course={{ ...total, goal_dong: goal }} />
        {m.range(said(total.p10_dong), said(total.p90_dong))}, {messages.value.shortKinds[WITH_CARRY_OVER]}
      </dd>
    </div>
  )
}

function sum(rows: readonly Row[], of: (row: Row) => number | null): number | null {
  const found = rows.map(of).filter((each): each is number => each !== null)
  return found.length === 0 ? null : found.reduce((all, each) => all + each, 0)
}

function totalOf(rows: readonly Row[]): [number | null, number] {
  return [sum(rows, (row) => row.total_dong), rows.filter((row) => row.total_dong === null).length]
}

function whole(board: Board, of: DenominatorKind) {
  return board.money.ratios.find(({ denominator_kind }) => denominator_kind === of) ?? null
}

function paidOf(board: Board, rows: readonly Row[], filtered: boolean): number | null {
  if (filtered) return sum(rows, (row) => row.paid_dong)
  return board.money.disbursed.total_dong - board.money.disbursed_carry_over.total_dong
}
