// What makes a screen that is not live impossible to mistake for one that is: an amber frame with the moment in words.
import { dateTime } from '../format/time'
import { catalogue } from '../messages/catalogue'
import { en } from '../messages/clock.en'
import { vi } from '../messages/clock.vi'
import { clock, isLive, now } from './clock'
import './clock.css'

const m = catalogue(vi, en)

/** The strip stands where it is put; the frame goes round the whole window. */
export function ClockFrame() {
  if (isLive.value) return null
  const { mode, speed, from, to } = clock.value
  const moment = mode === 'range' && from !== null && to !== null ? `${dateTime(from)} – ${dateTime(to)}` : dateTime(now.value)
  return (
    <p class="clock-strip num" role="status" data-mode={mode}>
      {m.value.reviewing(moment)}
      {mode === 'replay' && ` · ${m.value.replaying(String(speed))}`}
      <span class="clock-frame" aria-hidden="true" />
    </p>
  )
}
