// Which screen stands for which address. Each screen is a chunk of its own, loaded when it is first opened.
import { effect, signal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { asProblem, type Problem } from './api/problem'
import { may, me, openSession, refreshMe } from './api/session'
import { listen, startStream, stopStream } from './api/stream'
import { Loading, ProblemBox, Toasts } from './design/notice'
import { path } from './router'
import { Shell } from './shell/shell'
import { Forbidden, NotFound } from './shell/not-found'

interface Screen {
  load: () => Promise<{ default: ComponentType }>
  /** What a person must be allowed somewhere to see it (one of several); `public` is open to everyone, and null also stands
   *  without the frame of the other screens. */
  permission: string | readonly string[] | null
  /** Stands alone, without the frame of the other screens: always, or at some of its addresses. */
  bare?: boolean | (() => boolean)
}

const SCREENS: Record<string, Screen> = {
  city: { load: () => import('./screens/city'), permission: 'entity.read' },
  duty: { load: () => import('./screens/duty'), permission: ['alert.read', 'incident.read'] },
  wall: { load: () => import('./screens/wall'), permission: 'entity.read', bare: true },
  feeds: { load: () => import('./screens/feeds'), permission: 'feed.read' },
  models: { load: () => import('./screens/models'), permission: 'entity.read' },
  operations: { load: () => import('./screens/operations'), permission: ['system.read', 'subscription.read'] },
  tasks: { load: () => import('./screens/tasks'), permission: 'task.read' },
  directives: { load: () => import('./screens/directives'), permission: 'directive.read' },
  brief: { load: () => import('./screens/brief'), permission: 'directive.read' },
  programme: { load: () => import('./screens/programme'), permission: 'programme.read', bare: () => path.value[1] === 'meeting' },
  indicators: { load: () => import('./screens/indicators'), permission: 'indicator.read' },
  rules: { load: () => import('./screens/rules'), permission: 'alert.read' },
  warnings: { load: () => import('./screens/warnings'), permission: 'warning.read' },
  people: { load: () => import('./screens/people'), permission: 'account.read' },
  account: { load: () => import('./screens/account'), permission: 'signed-in' },
  docs: { load: () => import('./screens/docs'), permission: 'public' },
  login: { load: () => import('./screens/login'), permission: null },
  'first-administrator': { load: () => import('./screens/login/first-administrator'), permission: null },
  'set-password': { load: () => import('./screens/login/set-password'), permission: null },
}

/** What needs no permission of its own. */
const OPEN: ReadonlySet<string | readonly string[]> = new Set(['public', 'signed-in'])

const loaded = signal<Record<string, ComponentType>>({})
const failed = signal<{ name: string; problem: Problem } | null>(null)
const startProblem = signal<Problem | null>(null)

function start(): void {
  startProblem.value = null
  openSession().catch((error: unknown) => (startProblem.value = asProblem(error)))
}

/** The screen of the address; the bare address is the city. */
function currentName(): string {
  return path.value[0] ?? 'city'
}

function ensureLoaded(name: string): void {
  const screen = SCREENS[name]
  if (!screen || loaded.value[name]) return
  failed.value = null
  screen
    .load()
    .then((module) => (loaded.value = { ...loaded.peek(), [name]: module.default }))
    .catch((error: unknown) => (failed.value = { name, problem: asProblem(error) }))
}

effect(() => (me.value && may('entity.read') ? startStream() : stopStream()))

// A reset may mean that rights have changed: ask anew who we are. Listening here also keeps the line open, and its
// state true, on screens that show nothing live.
listen('feeds', (event) => {
  if (event.kind === 'reset' && me.peek()) refreshMe().catch((error: unknown) => asProblem(error))
})

export function App() {
  useEffect(start, [])
  const name = currentName()
  const screen = SCREENS[name]
  // Whoever is not signed in sees the sign-in form at the address they asked for, and stays there afterwards.
  const isForAll = screen?.permission == null || screen.permission === 'public'
  const shown = !isForAll && me.value === null ? 'login' : name
  useEffect(() => ensureLoaded(shown), [shown])

  if (startProblem.value) {
    return (
      <main class="alone">
        <ProblemBox problem={startProblem.value} onRetry={start} />
      </main>
    )
  }
  if (me.value === undefined) return <Loading />
  const bare = SCREENS[shown]?.bare
  const isOpen = SCREENS[shown]?.permission === null || (typeof bare === 'function' ? bare() : bare) || me.value === null
  const content = <Content name={shown} />
  return (
    <>
      {isOpen ? screen?.permission === 'public' ? <main id="main" class="main">{content}</main> : content : <Shell current={shown}>{content}</Shell>}
      <Toasts />
    </>
  )
}

function Content({ name }: { name: string }) {
  const screen = SCREENS[name]
  if (!screen) return <NotFound />
  if (screen.permission && !OPEN.has(screen.permission) && !may(screen.permission)) return <Forbidden />
  const Loaded = loaded.value[name]
  if (Loaded) return <Loaded />
  if (failed.value?.name === name) return <ProblemBox problem={failed.value.problem} onRetry={() => ensureLoaded(name)} />
  return <Loading />
}
