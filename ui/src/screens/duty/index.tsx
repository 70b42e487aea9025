// The duty console. One question: what came in, who deals with it, what is next? Queue, what is opened from it, and the
// map; in one window, or work and map in two (`?pane=work`, `?pane=map`).
import { useEffect } from 'preact/hooks'
import { line } from '../../api/stream'
import { may } from '../../api/session'
import { Button, Tabs } from '../../design/controls'
import { Icon } from '../../design/icons'
import { Mark } from '../../design/mark'
import { Empty, Loading, ProblemBox } from '../../design/notice'
import { time } from '../../format/time'
import { useKeys } from '../../keys'
import { duty as messages } from '../../messages/duty'
import { go, href, param } from '../../router'
import { AlertPanel } from './alert-panel'
import { acknowledge, actOnIncident, clear, draftOf, form, openIncident, refused, undo } from './doing'
import './duty.css'
import './panel.css'
import { IncidentList } from './incident-list'
import { IncidentPanel } from './incident-panel'
import { pane, sel, shareSelection } from './link'
import { MapPane } from './map-pane'
import { chosen, chosenAlert, chosenIncident } from './near'
import { NewIncident } from './new-incident'
import { QueueList } from './queue-list'
import { Refused } from './act-form'
import { ShiftView } from './shift'
import { setSound, soundOn } from './sound'
import { isAcked } from './queue'
import { board, follow, knownAt, load, POLL_S, problem, rows, showFresh, spoken } from './store'

const view = param('view', 'alerts')
const side = param('side')

export default function Duty() {
  const m = messages.value
  useEffect(follow, [])
  useEffect(shareSelection, [])
  useEffect(clear, [sel.value])
  useDutyKeys()
  const shown = pane.value
  return (
    <div class="duty" data-pane={shown || undefined} data-open={sel.value ? '' : undefined} data-map={side.value === 'off' ? 'off' : undefined}>
      <div class="duty-strips">
        <Exercise />
        <Offline />
      </div>
      {shown !== 'map' && (
        <div class="duty-left">
          <header class="duty-title">
            <div>
              <h1>{m.title}</h1>
              <p class="muted small">{m.question}</p>
            </div>
            <Tools />
          </header>
          <Views />
          {problem.value && !board.value ? (
            <ProblemBox problem={problem.value} onRetry={() => void load()} />
          ) : view.value === 'incidents' ? (
            <IncidentList />
          ) : view.value === 'shift' ? (
            <ShiftView />
          ) : board.value ? (
            <QueueList />
          ) : (
            <Loading />
          )}
        </div>
      )}
      {shown !== 'map' && (
        <main class="duty-middle" aria-label={m.alert.facts}>
          <Opened />
        </main>
      )}
      {shown !== 'work' && <MapPane />}
      <p class="hidden-text" role="alert">
        {spoken.value && m.newP1(spoken.value)}
      </p>
    </div>
  )
}

function Opened() {
  const m = messages.value
  const one = chosen.value
  if (sel.value === 'incident:new') {
    return (
      <article class="duty-panel">
        <h2>{m.incidents.add}</h2>
        <NewIncident />
        <Refused onReload={() => (refused.value = null)} beside={['title', 'kind', 'place']} />
      </article>
    )
  }
  if (!one) return <Empty title={m.nothing.title} text={m.nothing.text} />
  const back = (
    <p class="duty-back">
      <Button icon="back" onClick={() => go('', { sel: null })}>
        {m.views[view.value === 'incidents' ? 'incidents' : 'alerts']}
      </Button>
    </p>
  )
  return (
    <>
      {back}
      {one.kind === 'alert' ? (
        <AlertPanel key={one.id} id={one.id} onIncident={toIncident} onDispatch={dispatch} />
      ) : (
        <IncidentPanel key={one.id} id={one.id} />
      )}
    </>
  )
}

/** From the alert to its incident: to the one it has, by one press to the one its rule suggests, else by a form. */
function toIncident(): void {
  const alert = chosenAlert.peek()
  if (!alert) return
  if (alert.incident_id !== null) go('', { sel: `incident:${alert.incident_id}` })
  else if (alert.incident) void openIncident(draftOf(alert))
  else form.value = 'incident'
}

function dispatch(): void {
  const alert = chosenAlert.peek()
  if (alert?.incident_id) {
    go('', { sel: `incident:${alert.incident_id}` })
    // The form belongs to the incident that is opened by this, so it opens after the old one was put away.
    setTimeout(() => (form.value = 'dispatch'))
  } else if (chosen.peek()?.kind === 'incident') form.value = 'dispatch'
}

/** The next line of whatever list is shown. */
function step(by: number): void {
  const keys =
    view.peek() === 'incidents'
      ? (board.peek()?.incidents ?? []).map(({ id }) => `incident:${id}`)
      : rows.peek().map(({ id }) => `alert:${id}`)
  const at = keys.indexOf(sel.peek())
  const next = keys[at < 0 ? (by > 0 ? 0 : keys.length - 1) : Math.min(keys.length - 1, Math.max(0, at + by))]
  if (next) go('', { sel: next, tab: null }, { replace: true })
}

function ask(act: string): void {
  const alert = chosenAlert.peek()
  // Right after another act it is not known yet what is open; the form shows once it is.
  if ((alert && (alert.acts?.includes(act) ?? true)) || chosen.peek()?.kind === 'incident') form.value = act
}

function useDutyKeys(): void {
  const label = (word: keyof ReturnType<typeof messages.peek>['acts']) => () => messages.value.acts[word]
  useKeys([
    { press: 'KeyJ', shown: 'J', label: () => messages.value.next, run: () => step(1) },
    { press: 'KeyK', shown: 'K', label: () => messages.value.previous, run: () => step(-1) },
    {
      press: 'KeyA',
      shown: 'A',
      label: label('acknowledge'),
      run: () => {
        const alert = chosenAlert.peek()
        const incident = chosenIncident.peek()
        if (alert) void ((alert.acts?.includes('acknowledge') ?? true) && !isAcked(alert) && acknowledge(alert))
        else if (incident) void actOnIncident(incident, { act: 'acknowledge' })
      },
    },
    { press: 'KeyI', shown: 'I', label: label('incident'), run: toIncident },
    { press: 'KeyE', shown: 'E', label: label('escalate'), run: () => ask('escalate') },
    { press: 'KeyH', shown: 'H', label: label('shelve'), run: () => ask('shelve') },
    { press: 'ctrl+KeyZ', shown: 'Ctrl Z', label: () => messages.value.undo, run: () => void undo() },
    { press: 'KeyD', shown: 'D', label: label('dispatch'), run: dispatch },
    { press: 'KeyS', shown: 'S', label: () => messages.value.procedure.tickKey, run: () => press('.duty-step .button-primary') },
    { press: 'KeyL', shown: 'L', label: () => messages.value.log.focus, run: () => go('', { tab: 'log' }) },
    { press: 'KeyN', shown: 'N', label: () => messages.value.showFresh, run: showFresh },
    { press: 'KeyM', shown: 'M', label: () => messages.value.map.show, run: () => go('', { side: side.peek() === 'off' ? null : 'off' }, { replace: true }) },
    { press: 'KeyC', shown: 'C', label: () => messages.value.map.cameras, run: () => document.getElementById('near-cameras')?.focus() },
    { press: 'Escape', shown: 'Esc', label: () => messages.value.nothing.title, run: () => (form.peek() ? (form.value = null) : go('', { sel: null, tab: null })) },
  ])
}

/** Press what stands on the screen, so that key and button can never do two things. */
function press(selector: string): void {
  document.querySelector<HTMLButtonElement>(selector)?.click()
}

function Views() {
  const m = messages.value.views
  const counts = board.value?.queue?.counts
  const waiting = counts ? (counts['new'] ?? 0) + (counts['cleared'] ?? 0) : undefined
  const tabs = [
    { id: 'alerts', label: m.alerts, count: waiting, href: href('', { view: null }) },
    { id: 'incidents', label: m.incidents, count: board.value?.incidents?.length, href: href('', { view: 'incidents' }) },
    { id: 'shift', label: board.value?.shifts?.unsigned.length ? `${m.shift} !` : m.shift, href: href('', { view: 'shift' }) },
  ]
  return <Tabs label={m.label} tabs={tabs} current={view.value} />
}

function Tools() {
  const m = messages.value
  return (
    <div class="page-tools">
      <Button kind="ghost" icon={soundOn.value ? 'sound' : 'mute'} pressed={soundOn.value} label={soundOn.value ? m.sound.off : m.sound.on} onClick={() => setSound(!soundOn.value)} />
      {!pane.value && (
        <Button
          kind="ghost"
          icon="external"
          label={m.windows.map}
          onClick={() => {
            open(href('', { pane: 'map' }), 'haidang-duty-map')
            go('', { pane: 'work' }, { replace: true })
          }}
        />
      )}
      {may('entity.read') && (
        <a class="button button-ghost button-icon" href={href('/wall')} target="haidang-wall" aria-label={m.windows.wall} title={m.windows.wall}>
          <Icon name="screen" />
        </a>
      )}
    </div>
  )
}

/** While an exercise is open nobody can take the screen for anything else. */
function Exercise() {
  const m = messages.value.exercise
  const open = board.value?.incidents?.some((incident) => incident.is_exercise) || rows.value.some((alert) => alert.is_exercise)
  return open ? (
    <p class="duty-exercise-banner" role="status">
      {m.banner}
    </p>
  ) : null
}

/** What does not work, since when, and what is done in its place. */
function Offline() {
  const m = messages.value.offline
  const { state, since } = line.value
  if (problem.value && board.value && knownAt.value !== null) {
    return (
      <p class="duty-offline" role="status">
        <Mark shape="triangle" sign="!" tone="p2" /> {m.server(time(knownAt.value))}
      </p>
    )
  }
  if (state !== 'lost') return null
  return (
    <p class="duty-offline" role="status">
      <Mark shape="triangle" sign="!" tone="p2" /> {m.stream(time(since), POLL_S)}
    </p>
  )
}

