// The wall. One question: how is the province, and what needs its leaders? A playlist of pictures, in letters as large as
// the farthest seat needs them. Nothing here scrolls, asks, or names a person.
import { useEffect, useRef, useState } from 'preact/hooks'
import { get } from '../../api/client'
import { usePolled, useResource } from '../../api/resource'
import { site } from '../../api/session'
import { line, listen } from '../../api/stream'
import { second } from '../../api/time'
import { Button, Select } from '../../design/controls'
import { Logo } from '../../design/icons'
import { Mark } from '../../design/mark'
import { Empty, Loading, ProblemBox, Simulated } from '../../design/notice'
import { number } from '../../format/number'
import { date, time, timeWithSeconds, weekday } from '../../format/time'
import { useKeys } from '../../keys'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { wall as messages } from '../../messages/wall'
import { lang, setLang, setTheme, theme } from '../../preferences'
import { go, param } from '../../router'
import { unfit } from './fit'
import { Alerts, Directives, Health, Incidents, Sectors, Tasks, WallMap } from './parts'
import type { Display, Displays, Picture, View } from './types'
import './wall.css'

const chosen = param('display', 'room-75')
const only = param('show')
const area = param('area')
const kiosk = param('kiosk')
const REFRESH_MS = 20_000
/** Rows of the stream lead to a new picture at most so often. */
const SOON_MS = 2_000

export default function Wall() {
  const m = messages.value
  const profiles = useResource('displays', (signal) => get<Displays>('/api/v1/displays', {}, signal))
  const display = profiles.data?.items.find((each) => each.display === chosen.value)
  if (!profiles.data) return profiles.problem ? <ProblemBox problem={profiles.problem} onRetry={profiles.reload} /> : <Loading />
  if (!display) {
    return (
      <main class="alone">
        <Empty title={m.noDisplay} text={m.noDisplayText} />
        <Chooser displays={profiles.data} />
      </main>
    )
  }
  return <Screen key={display.display} display={display} displays={profiles.data} />
}

function Screen({ display, displays }: { display: Display; displays: Displays }) {
  const m = messages.value
  const frame = useRef<HTMLDivElement>(null)
  const width = useWidth(frame)
  const slot = usePlaylist(display)
  const place = slot.area ?? (area.value || null)
  const resource = usePolled(`wall ${place}`, REFRESH_MS, (signal) => get<Picture>('/api/v1/boards/wall', { area: place }, signal))
  useEffect(() => soon(resource.reload), [place])
  useEffect(() => {
    if (theme.peek() !== display.theme) setTheme(display.theme)
    if (lang.peek() !== display.lang && kiosk.peek()) setLang(display.lang)
  }, [display])
  // The browser fills the panel, whatever it takes a pixel for.
  const unit = width ? (display.font_px * width) / display.resolution[0] : display.font_px
  const picture = resource.data
  return (
    <div class="wall" ref={frame} data-show={slot.show} data-kiosk={kiosk.value || undefined} style={{ '--wall-unit': `${unit}px` }}>
      <Head />
      <main class="wall-picture" id="main">
        <h1 class="hidden-text">
          {m.title}: {m.views[slot.show]}
        </h1>
        {picture && width > 0 ? <View show={slot.show} picture={picture} unit={unit} /> : resource.problem ? <ProblemBox problem={resource.problem} /> : <Loading />}
      </main>
      {picture && <Foot picture={picture} />}
      <Warnings display={display} />
      {!kiosk.value && <Bar display={display} displays={displays} slot={slot.show} />}
    </div>
  )
}

function View({ show, picture, unit }: { show: View; picture: Picture; unit: number }) {
  switch (show) {
    case 'map':
      return <WallMap picture={picture} unit={unit} />
    case 'incidents':
      return <Incidents picture={picture} />
    case 'alerts':
      return <Alerts picture={picture} />
    case 'tasks':
      return <Tasks picture={picture} />
    case 'directives':
      return <Directives picture={picture} />
    case 'health':
      return <Health picture={picture} />
    case 'overview':
      return (
        <>
          <Sectors picture={picture} />
          <WallMap picture={picture} unit={unit} />
          <div class="wall-right">
            <Incidents picture={picture} />
            <Alerts picture={picture} />
            {hasDirectives(picture) ? <Directives picture={picture} /> : <Tasks picture={picture} />}
          </div>
        </>
      )
  }
}

/** Where leaders give directives these stand in the overview; else all tasks do. */
function hasDirectives({ directives }: Picture): boolean {
  return directives.state === 'ok' && directives.given > 0
}

function Head() {
  const m = common.value
  const now = second.value
  const { state, since } = line.value
  return (
    <header class="wall-head">
      <Logo size={32} />
      <span class="wall-name">{named(site.value?.name, site.value?.name_en) || m.product}</span>
      {site.value?.demo && <Simulated />}
      <span class="wall-date num">
        {weekday(now)}, {date(now)}
      </span>
      <time class="wall-time num" dateTime={new Date(now).toISOString()}>
        {timeWithSeconds(now)}
      </time>
      <span class="wall-state">
        {state === 'lost' ? (
          <>
            <Mark shape="triangle" sign="!" tone="p2" filled /> {m.line.lost(time(since))}
          </>
        ) : (
          <>
            <Mark shape="none" sign={state === 'live' ? '✓' : '…'} tone="quiet" /> {m.line[state]}
          </>
        )}
      </span>
    </header>
  )
}

function Foot({ picture }: { picture: Picture }) {
  const m = messages.value
  const { cameras, feeds, alerts } = picture
  return (
    <footer class="wall-foot muted num">
      <span>{m.camerasLine(number(cameras.live), number(cameras.total))}</span>
      {feeds.state === 'ok' && feeds.total > 0 && <span>{m.feedsLine(number(feeds.total - feeds.late), number(feeds.total))}</span>}
      {alerts.state === 'ok' && alerts.rate && <span>{m.rate(number(alerts.rate.per_hour, 0))}</span>}
    </footer>
  )
}

/** What does not fit, and since when nothing new has come. */
function Warnings({ display }: { display: Display }) {
  const m = messages.value
  const parts = [...unfit.value]
  if (display.warnings.length === 0 && parts.length === 0) return null
  return (
    <p class="wall-warning" role="status">
      <Mark shape="triangle" sign="!" tone="p2" />{' '}
      {parts.length > 0 ? m.unfit(parts.join(', ')) : display.warnings.map((fault) => named(fault.vi, fault.en)).join(' ')}
    </p>
  )
}

/** For whoever sets the wall up; in kiosk mode it is not there. */
function Bar({ display, displays, slot }: { display: Display; displays: Displays; slot: View }) {
  const m = messages.value
  const views = Object.keys(m.views) as View[]
  return (
    <div class="wall-bar-tools">
      <Chooser displays={displays} />
      <Select
        label={m.view}
        value={only.value}
        options={[{ value: '', label: `${m.play} (${m.views[slot]})` }, ...views.map((value) => ({ value, label: m.views[value] }))]}
        onChange={(value) => go('', { show: value || null }, { replace: true })}
      />
      <Button onClick={() => go('', { kiosk: '1', display: display.display })}>{m.kiosk}</Button>
      <Button onClick={() => void document.documentElement.requestFullscreen?.()}>{m.full}</Button>
      {displays.refused.length > 0 && (
        <p class="small" title={displays.refused.map(({ file }) => file).join(', ')}>
          {m.badFiles(displays.refused.length)}
        </p>
      )}
    </div>
  )
}

function Chooser({ displays }: { displays: Displays }) {
  const m = messages.value
  return (
    <Select
      label={m.display}
      value={chosen.value}
      options={displays.items.map((each) => ({ value: each.display, label: named(each.vi, each.en) }))}
      onChange={(value) => go('', { display: value, show: null }, { replace: true })}
    />
  )
}

/** What the playlist shows now; `?show=` holds one picture. Escape leaves the kiosk. */
function usePlaylist(display: Display): { show: View; area: string | null } {
  const [at, setAt] = useState(0)
  const slot = display.playlist[at % display.playlist.length]
  useEffect(() => {
    if (only.value || display.playlist.length < 2) return undefined
    const timer = setTimeout(() => setAt(at + 1), (slot?.seconds ?? 30) * 1000)
    return () => clearTimeout(timer)
  }, [at, only.value, display])
  useKeys([{ press: 'Escape', shown: 'Esc', label: () => common.value.back, run: () => go('', { kiosk: null }, { replace: true }) }])
  const held = only.value in messages.value.views ? (only.value as View) : null
  return held ? { show: held, area: null } : { show: slot?.show ?? 'overview', area: slot?.area ?? null }
}

function useWidth(frame: { current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const element = frame.current
    if (!element) return undefined
    const watch = new ResizeObserver(() => setWidth(element.clientWidth))
    watch.observe(element)
    return () => watch.disconnect()
  }, [])
  return width
}

/** Ask for the picture soon after something has happened. */
function soon(reload: () => void): () => void {
  let timer: number | undefined
  const hear = () => {
    timer ??= window.setTimeout(() => {
      timer = undefined
      reload()
    }, SOON_MS)
  }
  const stops = [listen('alerts', hear), listen('incidents', hear), listen('directives', hear)]
  return () => {
    clearTimeout(timer)
    stops.forEach((stop) => stop())
  }
}
