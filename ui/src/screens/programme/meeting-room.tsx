// The meeting in its room. One question a slide, in letters that the farthest seat reads; keys turn the slides. A secretary
// writes decisions beside the slide, at a desk; what the room sees names no person.
import { useEffect, useRef, useState } from 'preact/hooks'
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import { Button, Select } from '../../design/controls'
import { Mark } from '../../design/mark'
import { Loading, ProblemBox, Simulated } from '../../design/notice'
import { date } from '../../format/time'
import { useKeys } from '../../keys'
import { named } from '../../messages/catalogue'
import { meeting as messages } from '../../messages/meeting'
import { setTheme, theme } from '../../preferences'
import { go, param, path } from '../../router'
import { DecisionPane } from './meeting-decisions'
import { pagesOf, type Page } from './meeting-pages'
import { projectsOf, SlideBody } from './meeting-slides'
import type { Display, Slides } from './meeting-types'
import { useTold } from './parts'
import './meeting.css'

const asked = param('slide', '1')
const chosen = param('display', 'wall-6m')
const kiosk = param('kiosk')
const writing = param('write')

export default function MeetingRoom() {
  const id = path.value[2] ?? ''
  const screens = useResource('displays', (signal) => get<{ items: Display[] }>('/api/v1/displays', {}, signal))
  const told = useResource(`slides ${id}`, (signal) => get<Slides>(`/api/v1/programme/meetings/${id}/slides`, {}, signal))
  useTold(told.reload)
  const problem = told.problem ?? screens.problem
  const display = screens.data?.items.find((each) => each.display === chosen.value) ?? screens.data?.items[0]
  if (!told.data || !display) return problem ? <ProblemBox problem={problem} onRetry={told.reload} /> : <Loading />
  return <Room id={id} told={told.data} display={display} screens={screens.data?.items ?? []} onChange={told.reload} />
}

interface RoomProps {
  id: string
  told: Slides
  display: Display
  screens: readonly Display[]
  onChange: () => void
}

function Room({ id, told, display, screens, onChange }: RoomProps) {
  const frame = useRef<HTMLDivElement>(null)
  const width = useWidth(frame)
  const pages = pagesOf(told, display)
  const at = Math.min(pages.length, Math.max(1, Math.round(Number(asked.value)) || 1))
  const page = pages[at - 1] as Page
  useTurning(id, at, pages.length)
  useEffect(() => {
    if (kiosk.peek() && theme.peek() !== display.theme) setTheme(display.theme)
  }, [display])
  const isWriting = writing.value !== '' && !kiosk.value
  const unit = width ? (display.font_px * width) / display.resolution[0] : display.font_px
  const style = { '--room-unit': `${unit}px`, '--room-ratio': `${display.resolution[0] / display.resolution[1]}` }
  return (
    <div class="room" data-kiosk={kiosk.value || undefined} data-write={isWriting || undefined} style={style}>
      <div class="room-screen" ref={frame}>
        <Head told={told} />
        <main class="room-slide" id="main">
          <h1>
            {messages.value.parts[page.slide.part]}{' '}
            {page.of > 1 && <span class="muted num">{messages.value.show.part(page.at, page.of)}</span>}
          </h1>
          {width > 0 && <Fitting key={`${at} ${width}`} page={page} />}
        </main>
        <Foot told={told} at={at} of={pages.length} />
      </div>
      {isWriting && <DecisionPane id={id} part={page.slide.part} projects={projectsOf(page)} onChange={onChange} />}
      {!kiosk.value && <Tools id={id} at={at} of={pages.length} display={display} screens={screens} isWriting={isWriting} />}
    </div>
  )
}

/** The slide, and a warning where it does not fit: letters never shrink. */
function Fitting({ page }: { page: Page }) {
  const body = useRef<HTMLDivElement>(null)
  const [isCut, setCut] = useState(false)
  useEffect(() => {
    const element = body.current
    if (!element) return undefined
    const look = () => setCut(element.scrollHeight > element.clientHeight + 3 || element.scrollWidth > element.clientWidth + 3)
    const watch = new ResizeObserver(look)
    watch.observe(element)
    if (element.firstElementChild) watch.observe(element.firstElementChild)
    look()
    return () => watch.disconnect()
  }, [page])
  return (
    <>
      <div class="room-body" ref={body}>
        <SlideBody page={page} />
      </div>
      {isCut && (
        <p class="room-warning" role="status">
          <Mark shape="triangle" sign="!" tone="p2" /> {messages.value.show.unfit}
        </p>
      )}
    </>
  )
}

function Head({ told }: { told: Slides }) {
  const m = messages.value
  const { meeting } = told
  return (
    <header class="room-head">
      <span class="room-title">{meeting.program}</span>
      {meeting.simulated && <Simulated />}
      <span class="room-meeting">{meeting.title}</span>
      <span class="num muted">{meeting.number ? m.number(meeting.number) : m.show.preview}</span>
    </header>
  )
}

function Foot({ told, at, of }: { told: Slides; at: number; of: number }) {
  const m = messages.value
  return (
    <footer class="room-foot muted num">
      <span>{m.show.source(date(told.cutoff), date(told.plan_as_of))}</span>
      <span>{m.show.page(at, of)}</span>
    </footer>
  )
}

interface ToolsProps {
  id: string
  at: number
  of: number
  display: Display
  screens: readonly Display[]
  isWriting: boolean
}

/** For whoever sets the screen up or takes the minutes; the room itself does not see it. */
function Tools({ id, at, of, display, screens, isWriting }: ToolsProps) {
  const m = messages.value.show
  return (
    <div class="room-tools">
      <Button icon="back" label={m.previous} disabled={at <= 1} onClick={() => turn(at - 1)} />
      <Button label={m.next} disabled={at >= of} onClick={() => turn(at + 1)}>
        {m.next}
      </Button>
      <Button pressed={isWriting} onClick={() => go('', { write: isWriting ? null : '1' }, { replace: true })}>
        {m.write}
      </Button>
      <Select
        label={m.screen}
        value={display.display}
        options={screens.map((each) => ({ value: each.display, label: named(each.vi, each.en) }))}
        onChange={(value) => go('', { display: value, slide: null }, { replace: true })}
      />
      <Button onClick={() => go('', { kiosk: '1', write: null })}>{m.kiosk}</Button>
      <Button onClick={() => void document.documentElement.requestFullscreen?.()}>{m.full}</Button>
      <Button onClick={() => leave(id)}>{m.leave}</Button>
    </div>
  )
}

function turn(to: number): void {
  go('', { slide: to > 1 ? String(to) : null }, { replace: true })
}

function leave(id: string): void {
  go(`/programme/meetings/${id}`, { kiosk: null })
}

/** Arrows, space and page keys turn; Home and End; N writes; Escape leaves, first the screen without its bar. */
function useTurning(id: string, at: number, of: number): void {
  const m = () => messages.value.show
  const to = (next: number) => turn(Math.min(of, Math.max(1, next)))
  useKeys([
    ...['ArrowRight', 'PageDown', 'Space'].map((press) => ({ press, shown: '→', label: () => m().next, run: () => to(at + 1) })),
    ...['ArrowLeft', 'PageUp'].map((press) => ({ press, shown: '←', label: () => m().previous, run: () => to(at - 1) })),
    { press: 'Home', shown: 'Home', label: () => m().first, run: () => to(1) },
    { press: 'End', shown: 'End', label: () => m().last, run: () => to(of) },
    { press: 'KeyN', shown: 'N', label: () => m().write, run: () => go('', { write: '1', kiosk: null }, { replace: true }) },
    {
      press: 'Escape', shown: 'Esc', label: () => m().leave,
      run: () => (kiosk.peek() ? go('', { kiosk: null }, { replace: true }) : writing.peek() ? go('', { write: null }, { replace: true }) : leave(id)),
    },
  ])
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
