// The slides: each part of the pack in letters of the room. Tables, so that a voice can read them; nothing scrolls.
import type { ComponentChildren } from 'preact'
import { Mark } from '../../design/mark'
import { Empty } from '../../design/notice'
import { bigDong } from '../../format/money'
import { number, percent } from '../../format/number'
import { date } from '../../format/time'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { meeting as messages } from '../../messages/meeting'
import type { Page } from './meeting-pages'
import type { Followups, Overview, Slide, Sums } from './meeting-types'
import type { Ratio } from './types'

export function SlideBody({ page }: { page: Page }) {
  const { slide, from, to } = page
  const m = messages.value
  switch (slide.part) {
    case 'overview':
      return page.at === 1 ? <OverviewSlide slide={slide} /> : <Denominators ratios={slide.ratios.slice(from, to)} />
    case 'owners':
      return (
        <Rows head={[m.head.owner, m.head.paid, m.head.share, m.head.change]} numeric={[1, 2, 3]}>
          {slide.rows.slice(from, to).map((row) => [
            <Name key={row.id} text={row.name} />,
            <Paid row={row} />,
            <Share row={row} />,
            <Change row={row} />,
          ])}
        </Rows>
      )
    case 'risks':
      return (
        <Rows head={[m.head.project, m.head.share, m.head.forecast, m.head.short, m.head.why]} numeric={[1, 2, 3]}>
          {slide.rows.slice(from, to).map((row) => [
            <Name text={row.name} under={row.owner} />,
            <span class="num">{shareOf(row.share?.value)}</span>,
            <span class="num">{row.p50_dong === null || !row.plan_dong ? common.value.none : percent(row.p50_dong / row.plan_dong, 0)}</span>,
            <span class="num">{row.shortfall_dong === null ? common.value.none : bigDong(row.shortfall_dong)}</span>,
            <span class="room-two">{row.reasons.map((why) => named(why.vi, why.en)).join(' · ') || common.value.none}</span>,
          ])}
        </Rows>
      )
    case 'pace':
      return (
        <>
          {slide.total?.monthly_dong != null && <p class="room-line strong">{m.paceTotal(bigDong(slide.total.monthly_dong), slide.periods_left)}</p>}
          <Rows head={[m.head.owner, m.head.monthly, m.head.payable, m.head.can]} numeric={[1, 2]}>
            {slide.rows.slice(from, to).map((row) => [
              <Name text={row.name} />,
              <span class="num">{row.monthly_dong === null ? common.value.none : bigDong(row.monthly_dong)}</span>,
              <span class="num">{bigDong(row.payable_dong)}</span>,
              <span class="room-state">
                {row.allowed === false && <Mark shape="triangle" sign="!" tone="p2" />}
                <span class="room-two">{named(row.why.vi, row.why.en)}</span>
              </span>,
            ])}
          </Rows>
        </>
      )
    case 'moves':
      return (
        <>
          <p class="room-line strong">{m.movesTotal(bigDong(slide.total_dong))}</p>
          <Rows head={[m.head.from, m.head.to, m.head.source, m.head.amount]} numeric={[3]}>
            {slide.rows.slice(from, to).map((row) => [
              <Name text={row.giver} />,
              <Name text={row.taker} />,
              <span class="room-two">{row.source}</span>,
              <span class="num strong">{bigDong(row.amount_dong)}</span>,
            ])}
          </Rows>
        </>
      )
    case 'bottlenecks':
      return (
        <>
          <ul class="room-causes">
            {slide.causes.map((each) => (
              <li key={each.cause}>
                <span class="strong">{named(each.words.vi, each.words.en)}</span> {m.causeOpen(number(each.open), number(each.overdue))}
              </li>
            ))}
          </ul>
          <Rows head={[m.head.project, m.head.cause, m.head.unit, m.head.due]} numeric={[3]}>
            {slide.rows.slice(from, to).map((row) => [
              <Name text={row.name} />,
              <span class="room-two">{named(row.cause.vi, row.cause.en)}</span>,
              <span class="room-two">{row.unit}</span>,
              <Due on={row.due_on} late={row.days_late} />,
            ])}
          </Rows>
        </>
      )
    case 'followups':
      return (
        <>
          <FollowedTotal found={slide} />
          <Rows head={[m.head.project, m.head.unit, m.head.due, m.head.state]}>
            {slide.rows.slice(from, to).map((row) => [
              <Name text={row.name ? `${row.no}. ${row.name}` : row.no} />,
              <span class="room-two">{row.unit}</span>,
              <span class="num">{row.due_on ? date(row.due_on) : m.noDue}</span>,
              <span class="room-state">
                {row.place === 'overdue' && <Mark shape="triangle" sign="!" tone="p2" />}
                {row.place === 'overdue' && row.days_late > 0 ? m.late(number(row.days_late)) : m.places[row.place]}
              </span>,
            ])}
          </Rows>
        </>
      )
    case 'questions':
      return (
        <ol class="room-questions" start={from + 1}>
          {slide.rows.slice(from, to).map((row) => (
            <li key={row.code + row.text.vi}>{named(row.text.vi, row.text.en)}</li>
          ))}
        </ol>
      )
    case 'decisions':
      if (slide.rows.length === 0) return <Empty title={m.noDecisions} />
      return (
        <Rows head={[m.head.project, m.head.unit, m.head.due]}>
          {slide.rows.slice(from, to).map((row, at) => [
            <Name text={`${from + at + 1}. ${row.project ?? m.write.noProject}`} />,
            <span class="room-two">{row.lead ?? m.lacks.lead_org}</span>,
            <span class="room-two">{row.due ? named(row.due.vi, row.due.en) : m.lacks.due}</span>,
          ])}
        </Rows>
      )
  }
}

/** Rows of cells under their heads; the first cell names its row. */
function Rows({ head, numeric = [], children }: { head: readonly string[]; numeric?: readonly number[]; children: ComponentChildren[][] }) {
  return (
    <table class="room-table">
      <thead>
        <tr>
          {head.map((text, at) => (
            <th key={text} scope="col" class={numeric.includes(at) ? 'numeric' : undefined}>
              {text}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {children.map((cells, row) => (
          <tr key={row}>
            {cells.map((cell, at) =>
              at === 0 ? (
                <th key={at} scope="row">
                  {cell}
                </th>
              ) : (
                <td key={at} class={numeric.includes(at) ? 'numeric' : undefined}>
                  {cell}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** A name over at most two lines; where it has an owner, a line each. */
function Name({ text, under }: { text: string; under?: string }) {
  if (under === undefined) return <span class="room-two">{text}</span>
  return (
    <>
      <span class="room-one strong">{text}</span>
      <span class="room-one muted">{under}</span>
    </>
  )
}

function shareOf(value: number | null | undefined): string {
  return value == null ? common.value.none : percent(value)
}

function Paid({ row }: { row: Sums }) {
  const plan = row.plan_dong === null ? common.value.none : bigDong(row.plan_dong)
  return <span class="num">{messages.value.of(bigDong(row.paid_dong), plan)}</span>
}

function Share({ row }: { row: Sums }) {
  const value = row.share?.value ?? null
  return (
    <span class="room-share">
      <span class="num strong">{shareOf(value)}</span>
      {value !== null && <Bar share={value} />}
    </span>
  )
}

/** Points of the share since the frozen pack of the last meeting. */
function pointsOf(row: Sums): number | null {
  const [now, then] = [row.share?.value, row.before?.share?.value]
  return now == null || then == null ? null : (now - then) * 100
}

function Change({ row }: { row: Sums }) {
  const points = pointsOf(row)
  return <span class="num">{points === null ? common.value.none : signed(points)}</span>
}

function signed(points: number): string {
  return `${points > 0 ? '+' : ''}${number(points, 1)}`
}

function Bar({ share, goal = 0.95, low, high }: { share: number; goal?: number; low?: number | undefined; high?: number | undefined }) {
  const at = (value: number) => Math.min(100, Math.max(0, 100 * value))
  return (
    <svg class="room-bar-line" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <rect class="room-bar-all" x="0" y="2" width="100" height="6" />
      {low !== undefined && high !== undefined && <rect class="room-bar-band" x={at(low)} y="0" width={Math.max(0.6, at(high) - at(low))} height="10" />}
      <rect class="room-bar-paid" x="0" y="2" width={at(share)} height="6" />
      <path class="room-bar-goal" d={`M${at(goal)} 0v10`} />
    </svg>
  )
}

function Due({ on, late }: { on: string | null; late: number }) {
  const m = messages.value
  if (!on) return <span class="muted">{m.noDue}</span>
  return (
    <span class="room-state room-due">
      {late > 0 && <Mark shape="triangle" sign="!" tone="p2" />}
      <span class="num">{late > 0 ? m.late(number(late)) : date(on)}</span>
    </span>
  )
}

function FollowedTotal({ found }: { found: Followups }) {
  const m = messages.value
  const done = found.done_on_time + found.done_late
  return (
    <p class="room-line">
      <span class="strong">{m.followupsOf(number(found.given), number(done), number(found.overdue))}</span>
      <span class="muted"> · {m.followupsWait(number(found.in_time), number(found.awaiting_verdict), number(found.other))}</span>
    </p>
  )
}

function OverviewSlide({ slide }: { slide: Overview }) {
  const m = messages.value
  const { outlook, counts } = slide
  const value = slide.share?.value ?? null
  const points = pointsOf(slide)
  const of = (dong: number | null) => (dong === null || !outlook.plan_dong ? undefined : dong / outlook.plan_dong)
  const [low, middle, high] = [of(outlook.p10_dong), of(outlook.p50_dong), of(outlook.p90_dong)]
  return (
    <div class="room-overview">
      <div class="room-figure">
        <p class="room-big num">{shareOf(value)}</p>
        <p>
          <span class="num strong">{m.of(bigDong(slide.paid_dong), slide.plan_dong === null ? common.value.none : bigDong(slide.plan_dong))}</span>
          {slide.share && <span class="muted"> {named(slide.share.denominator_vi, slide.share.denominator_en)}</span>}
          <span class="muted"> · {m.goal(percent(slide.goal_share, 0))}</span>
        </p>
        {value !== null && <Bar share={value} goal={slide.goal_share} low={low} high={high} />}
        <p class="num">
          {low !== undefined && middle !== undefined && high !== undefined
            ? m.foreseen(percent(middle, 0), percent(low, 0), percent(high, 0))
            : m.notForeseen(named(outlook.reason?.vi, outlook.reason?.en))}
          {middle !== undefined && outlook.error_points !== null && <span class="muted"> · {m.error(number(outlook.error_points, 1))}</span>}
        </p>
        <p class="num">
          {slide.before && slide.previous && points !== null
            ? m.change(plus(slide.paid_dong - slide.before.paid_dong), signed(points), date(slide.previous.held_on))
            : m.changeNone}
        </p>
      </div>
      <ul class="room-counts num">
        <li>{m.counts.risks(number(counts.risks), number(counts.projects))}</li>
        <li>{m.counts.bottlenecks(number(counts.bottlenecks), number(counts.bottlenecks_late))}</li>
        {counts.followups_overdue !== null && <li>{m.counts.followups(number(counts.followups_overdue))}</li>}
        <li>{m.counts.questions(number(counts.questions))}</li>
      </ul>
    </div>
  )
}

function plus(dong: number): string {
  return `${dong > 0 ? '+' : ''}${bigDong(dong)}`
}

/** Every denominator by its name: a share without one is no figure. */
function Denominators({ ratios }: { ratios: readonly Ratio[] }) {
  const m = messages.value
  return (
    <table class="room-table room-ratios">
      <thead>
        <tr>
          <th scope="col">{m.head.denominator}</th>
          <th scope="col" class="numeric">
            {m.head.plan}
          </th>
          <th scope="col" class="numeric">
            {m.head.paid}
          </th>
          <th scope="col" class="numeric">
            {m.head.share}
          </th>
        </tr>
      </thead>
      <tbody>
        {ratios.map((each) => (
          <tr key={each.denominator_kind}>
            <th scope="row">{named(each.denominator_vi, each.denominator_en)}</th>
            <td class="numeric num">{bigDong(each.denominator_dong)}</td>
            <td class="numeric num">{bigDong(each.numerator_dong)}</td>
            <td class="numeric num">{shareOf(each.value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Projects of the rows that a page shows, for the decision that is written beside it. */
export function projectsOf(page: Page): number[] {
  const slide: Slide | { part: 'decisions' } = page.slide
  if (!('rows' in slide)) return []
  return slide.rows.slice(page.from, page.to).flatMap((row) => {
    if ('project_id' in row && row.project_id !== null) return [row.project_id]
    return 'giver_id' in row ? [row.giver_id, row.taker_id] : 'project_ids' in row ? row.project_ids : []
  })
}
