// Indicators and indices: how well are we doing, and how do we know? The frame; each part is loaded when it is opened.
import type { ComponentType } from 'preact'
import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { asProblem, type Problem } from '../../api/problem'
import { Tabs } from '../../design/controls'
import { Loading, ProblemBox } from '../../design/notice'
import { indicators as messages } from '../../messages/indicators'
import { href, path } from '../../router'
import './indicators.css'

type Load = () => Promise<{ default: ComponentType }>

/** The tabs, in order. A part's own pages lie below its name. */
const TABS = {
  register: () => import('./register'),
  owed: () => import('./owed'),
  discipline: () => import('./discipline'),
  indices: () => import('./indices'),
  methods: () => import('./methods'),
} satisfies Record<string, Load>

/** Pages that are opened from a tab. */
const PAGES = {
  indicator: () => import('./indicator'),
  form: () => import('./form'),
  table: () => import('./index-table'),
} satisfies Record<string, Load>

type Tab = keyof typeof TABS
const PARTS: Record<string, Load> = { ...TABS, ...PAGES }

const loaded = signal<Record<string, ComponentType>>({})
const failed = signal<{ name: string; problem: Problem } | null>(null)

/** What the address asks for, and the tab that it belongs to. */
function asked(): { part: string; tab: Tab } {
  const [, first, second] = path.value
  if (first === 'indices' && second) return { part: 'table', tab: 'indices' }
  if (first === 'register' && second) return { part: 'indicator', tab: 'register' }
  if (first === 'owed' && second) return { part: 'form', tab: 'owed' }
  return first && first in TABS ? { part: first, tab: first as Tab } : { part: 'register', tab: 'register' }
}

function ensureLoaded(name: string): void {
  if (loaded.value[name]) return
  failed.value = null
  PARTS[name]?.()
    .then((module) => (loaded.value = { ...loaded.peek(), [name]: module.default }))
    .catch((error: unknown) => (failed.value = { name, problem: asProblem(error) }))
}

export default function Indicators() {
  const m = messages.value
  const { part, tab } = asked()
  useEffect(() => ensureLoaded(part), [part])
  const Shown = loaded.value[part]
  const tabs = (Object.keys(TABS) as Tab[]).map((id) => ({ id, label: m.tabs[id], href: href(`/indicators/${id}`) }))
  return (
    <div class="indicators">
      <div class="indicators-tabs">
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
