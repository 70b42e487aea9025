// The server's time and the state of the live line. In order is a grey tick; a cut line says since when.
import { line } from '../api/stream'
import { second } from '../api/time'
import { Mark } from '../design/mark'
import { date, time, timeWithSeconds, weekday } from '../format/time'
import { common } from '../messages/common'

export function Clock() {
  const now = second.value
  return (
    <div class="clock">
      <div class="clock-time">
        <time class="num clock-now" dateTime={new Date(now).toISOString()}>
          {timeWithSeconds(now)}
        </time>
        <span class="num clock-date">
          <span class="clock-weekday">{weekday(now)}, </span>
          {date(now)}
        </span>
      </div>
      <LineState />
    </div>
  )
}

function LineState() {
  const m = common.value.line
  const { state, since } = line.value
  const text = state === 'lost' ? m.lost(time(since)) : m[state]
  return (
    <span class={`line line-${state}`} role="status" title={text}>
      {state === 'lost' ? (
        <Mark shape="triangle" sign="!" tone="p2" filled />
      ) : (
        <Mark shape="none" sign={state === 'live' ? '✓' : '…'} tone="quiet" />
      )}
      <span class="line-text">{text}</span>
    </span>
  )
}
