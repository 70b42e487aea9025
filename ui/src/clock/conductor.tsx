// The time conductor: one row under the screen that says which time is shown and changes it.
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { serverNow } from '../api/time'
import { Button, Field } from '../design/controls'
import { asField, date, dateTime, fromField, timeWithSeconds } from '../format/time'
import { catalogue } from '../messages/catalogue'
import { common } from '../messages/common'
import { en } from '../messages/clock.en'
import { vi } from '../messages/clock.vi'
import { useKeys } from '../keys'
import { clock, goLive, isLive, movePosition, now, pauseAt, replay, showRange, SPEEDS, step, togglePause } from './clock'
import './clock.css'

const m = catalogue(vi, en)
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const WINDOWS = [1, 6, 24] as const

export function Conductor() {
  const text = m.value
  const { mode, from, to } = clock.value
  const live = isLive.value
  useKeys([
    { press: 'Space', shown: 'Space', label: () => `${m.value.pause} / ${m.value.backToLive}`, run: togglePause },
    { press: 'Comma', shown: ',', label: () => m.value.earlier, run: () => step(-1) },
    { press: 'Period', shown: '.', label: () => m.value.later, run: () => step(1) },
  ])
  return (
    <section class="conductor" aria-label={text.conductor}>
      <Button
        kind="ghost"
        icon={live || mode === 'replay' ? 'pause' : 'play'}
        label={live || mode === 'replay' ? `${text.pause} (Space)` : `${text.backToLive} (Space)`}
        onClick={togglePause}
      />
      <span class="conductor-state">
        {live && <span class="conductor-dot" />}
        {live ? text.live : <Button onClick={goLive}>{text.backToLive}</Button>}
      </span>
      {!live && mode !== 'range' && (
        <time class="num conductor-now" dateTime={new Date(now.value).toISOString()}>
          {timeWithSeconds(now.value)} <span class="muted">{date(now.value)}</span>
        </time>
      )}
      {mode === 'range' && from !== null && to !== null && (
        <span class="num conductor-now">
          {dateTime(from)} – {dateTime(to)}
        </span>
      )}
      <Button kind="ghost" icon="back" label={`${text.earlier} (,)`} onClick={() => step(-1)} />
      <Scrubber from={mode === 'replay' ? from : null} to={mode === 'replay' ? to : null} />
      <Button kind="ghost" icon="forward" label={`${text.later} (.)`} onClick={() => step(1)} />
      <RangePicker />
      <ReplayMenu />
    </section>
  )
}

/** The last day, or the window of the replay. It acts when it is let go, so that one drag is one request. */
function Scrubber({ from, to }: { from: number | null; to: number | null }) {
  const text = m.value
  const dragged = useSignal<number | null>(null)
  const end = to ?? Math.ceil(serverNow() / 60_000) * 60_000
  const start = from ?? end - DAY_MS
  const value = dragged.value ?? Math.min(now.value, end)
  return (
    <input
      type="range"
      min={start}
      max={end}
      step={from === null ? 60_000 : 1000}
      value={value}
      aria-label={from === null ? text.slider : text.sliderReplay}
      aria-valuetext={dateTime(value)}
      title={dateTime(value)}
      onInput={(event) => (dragged.value = Number(event.currentTarget.value))}
      onChange={(event) => {
        dragged.value = null
        const chosen = Number(event.currentTarget.value)
        if (from !== null) movePosition(chosen)
        else if (chosen >= serverNow() - 60_000) goLive()
        else pauseAt(chosen)
      }}
    />
  )
}

/** From when to when; opened from the row, closed by Escape. */
function RangePicker() {
  const text = m.value
  const open = useSignal(false)
  const place = useRef<HTMLSpanElement>(null)
  const close = () => {
    open.value = false
    place.current?.querySelector('button')?.focus()
  }
  return (
    <span class="conductor-range" ref={place}>
      <Button
        kind="ghost"
        icon="calendar"
        label={text.range}
        expanded={open.value}
        onClick={() => (open.value = !open.value)}
      />
      {open.value && <RangeForm onClose={close} />}
    </span>
  )
}

function RangeForm({ onClose }: { onClose: () => void }) {
  const text = m.value
  const { from, to } = clock.peek()
  const end = to ?? now.peek()
  const first = useSignal(asField(from ?? end - DAY_MS))
  const last = useSignal(asField(end))
  const fault = useSignal('')
  const form = useRef<HTMLFormElement>(null)
  useKeys([{ press: 'Escape', shown: 'Esc', label: () => common.value.close, run: onClose, inText: true }])
  useEffect(() => form.current?.querySelector('input')?.focus(), [])
  const submit = (event: Event) => {
    event.preventDefault()
    const [start, until] = [fromField(first.value), fromField(last.value)]
    if (Number.isNaN(start) || Number.isNaN(until)) fault.value = text.rangeMissing
    else if (start >= until) fault.value = text.rangeOrder
    else if (start >= serverNow()) fault.value = text.rangeFuture
    else {
      showRange(start, until)
      onClose()
    }
  }
  return (
    <form class="conductor-form form" aria-label={text.range} ref={form} onSubmit={submit}>
      <Field label={text.from} type="datetime-local" value={first.value} onInput={(value) => (first.value = value)} required />
      <Field
        label={text.to}
        type="datetime-local"
        value={last.value}
        onInput={(value) => (last.value = value)}
        fault={fault.value}
        required
      />
      <div class="form-foot">
        <Button type="submit" kind="primary">
          {text.showRange}
        </Button>
        <Button onClick={onClose}>{common.value.cancel}</Button>
      </div>
    </form>
  )
}

function ReplayMenu() {
  const text = m.value
  const { mode, from, to, speed } = clock.value
  const begin = (hours: number, times: number) => {
    const end = serverNow()
    replay(end - hours * HOUR_MS, end, times)
  }
  return (
    <>
      {mode === 'replay' && from !== null && to !== null && (
        <select
          aria-label={text.speed}
          value={String(speed)}
          onChange={(event) => replay(Math.min(now.peek(), to - 1000), to, Number(event.currentTarget.value))}
        >
          {SPEEDS.map((times) => (
            <option key={times} value={String(times)}>
              ×{times}
            </option>
          ))}
        </select>
      )}
      <select
        class="conductor-wide"
        aria-label={text.replayLast}
        value=""
        onChange={(event) => {
          const hours = Number(event.currentTarget.value)
          event.currentTarget.value = ''
          if (hours) begin(hours, hours === 1 ? 60 : 600)
        }}
      >
        <option value="">{text.replayLast}…</option>
        {WINDOWS.map((hours) => (
          <option key={hours} value={String(hours)}>
            {text.window[hours]}
          </option>
        ))}
      </select>
    </>
  )
}
