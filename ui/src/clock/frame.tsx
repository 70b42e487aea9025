// What makes a screen that is not live impossible to mistake for one that is: an amber frame with the moment in words.
import { dateTime } from '../format/time'
import { catalogue } from '../messages/catalogue'
import { en } from '../messages/clock.en'
import { vi } from '../messages/clock.vi'
import { clock, isLive, now } from './clock'
import './clock.css'

const m = catalogue(vi, en)

export function ClockFrame() {
  if (isLive.value) return null
  const { mode, speed } = clock.value
  return (
    <div class="clock-frame" data-mode={mode}>
      <p class="clock-frame-word num" role="status">
        {m.value.reviewing(dateTime(now.value))}
        {mode === 'replay' && ` · ${m.value.replaying(String(speed))}`}
      </p>
    </div>
  )
}
