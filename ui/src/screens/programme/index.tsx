// Programmes: where do they stand against plan, money and what hinders them? The frame; each part is loaded when opened.
import type { ComponentType } from 'preact'
import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { asProblem, type Problem } from '../../api/problem'
import { may } from '../../api/session'
import { Tabs } from '../../design/controls'
import { Loading, ProblemBox } from '../../design/notice'
import { programme as messages } from '../../messages/programme'
import { path } from '../../router'
import './programme.css'
import { within } from './scope'

type Load = () => Promise<{ default: ComponentType }>

/** The tabs, in order. A part's own pages lie below its name. */
const TABS = {
  board: () => import('./board'),
  risks: () => import('./analysis-risks'),
  flags: () => import('./analysis-flags'),
  pace: () => import('./analysis-pace'),
  forecast: () => import('./analysis-forecast'),
  rates: () => import('./analysis-rates'),
  moves: () => import('./analysis-moves'),
  meetings: () => import('./meetings'),
  cases: () => import('./cases'),
  reports: () => import('./reports'),
  imports: () => import('./imports'),
} satisfies Record<string, Load>

/** Pages that are opened from a tab. */
const PAGES = {
  import: () => import('./import'),
  project: () => import('./project'),
  meeting: () => import('./meeting'),
  room: () => import('./meeting-room'),
  owner: () => import('./owner'),
  contractor: () => import('./contractor'),
} satisfies Record<string, Load>

type Tab = keyof typeof TABS
const PARTS: Record<string, Load> = { ...TABS, ...PAGES }
/** Tabs for those alone who may do what they are for. */
const NEEDS: Partial<Record<Tab, readonly string[]>> = { imports: ['programme.plan'], cases: ['programme.edit', 'programme.oversee'] }

const loaded = signal<Record<string, ComponentType>>({})
const failed = signal<{ name: string; problem: Problem } | null>(null)

/** What the address asks for, and the tab that it belongs to. */
function asked(): { part: string; tab: Tab } {
  const [, first, second] = path.value
  if (first === 'imports') return { part: second ? 'import' : 'imports', tab: 'imports' }
  if (first === 'meetings' && second) return { part: 'meeting', tab: 'meetings' }
  if (first === 'meeting' && second) return { part: 'room', tab: 'meetings' }
  if (first === 'projects' && second) return { part: 'project', tab: 'board' }
  if ((first === 'owner' || first === 'contractor') && second) return { part: first, tab: 'board' }
  return first && first in TABS ? { part: first, tab: first as Tab } : { part: 'board', tab: 'board' }
}

function ensureLoaded(name: string): void {
  if (loaded.value[name]) return
  failed.value = null
  PARTS[name]?.()
    .then((module) => (loaded.value = { ...loaded.peek(), [name]: module.default }))
    .catch((error: unknown) => (failed.value = { name, problem: asProblem(error) }))
}

export default function Programme() {
  const m = messages.value
  const { part, tab } = asked()
  useEffect(() => ensureLoaded(part), [part])
  const Shown = loaded.value[part]
  // The room of a meeting is a screen of its own.
  if (part === 'room' && Shown) return <Shown />
  const open = (Object.keys(TABS) as Tab[]).filter((id) => !NEEDS[id] || may(NEEDS[id]))
  const tabs = open.map((id) => ({ id, label: m.tabs[id], href: within(id === 'board' ? '/programme' : `/programme/${id}`) }))
  return (
    <div class="programme">
      <div class="programme-tabs">
        <Tabs label={m.tabs.label} tabs={tabs} current={tab} />
      </div>
      {Shown ? (
        <Shown />
      ) : failed.value?.name === part ? (
        <ProblemBox problem={failed.value.problem} onRetry={() => ensureLoaded(part)} />
      ) : (
        <Loading />
      )}
    </div>
  )
}
