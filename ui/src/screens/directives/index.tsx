// Directives: who owes what, from which conclusion, how late? The frame with its tabs; each part is loaded when opened.
import type { ComponentType } from 'preact'
import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { asProblem, type Problem } from '../../api/problem'
import { may } from '../../api/session'
import { Tabs } from '../../design/controls'
import { Loading, ProblemBox } from '../../design/notice'
import { directives as messages } from '../../messages/directives'
import { href, path } from '../../router'
import './directives.css'
import './confirm.css'
import './cards.css'
import './follow.css'

type Load = () => Promise<{ default: ComponentType }>

/** The tabs, in order. A part's own pages lie below its name: `/directives/documents/7`. */
const TABS = {
  documents: () => import('./documents'),
  list: () => import('./list'),
  board: () => import('./board'),
  owed: () => import('./owed'),
  papers: () => import('./papers'),
  quality: () => import('./quality'),
} satisfies Record<string, Load>

/** Pages that are opened from a tab, by what the address looks like. */
const PAGES = {
  document: () => import('./document'),
  directive: () => import('./directive'),
} satisfies Record<string, Load>

type Tab = keyof typeof TABS
const PARTS: Record<string, Load> = { ...TABS, ...PAGES }
const loaded = signal<Record<string, ComponentType>>({})
const failed = signal<{ name: string; problem: Problem } | null>(null)

/** What the address asks for, and the tab that it belongs to. */
function asked(): { part: string; tab: Tab } {
  const [, first, second] = path.value
  if (first === 'documents' && second) return { part: 'document', tab: 'documents' }
  if (first && /^\d+$/.test(first)) return { part: 'directive', tab: 'list' }
  return first && first in TABS ? { part: first, tab: first as Tab } : { part: 'documents', tab: 'documents' }
}

function ensureLoaded(name: string): void {
  if (loaded.value[name]) return
  failed.value = null
  PARTS[name]?.()
    .then((module) => (loaded.value = { ...loaded.peek(), [name]: module.default }))
    .catch((error: unknown) => (failed.value = { name, problem: asProblem(error) }))
}

export default function Directives() {
  const m = messages.value
  const { part, tab } = asked()
  useEffect(() => ensureLoaded(part), [part])
  const Part = loaded.value[part]
  const open = (Object.keys(TABS) as Tab[]).filter((id) => id !== 'quality' || may('directive.register'))
  const tabs = open.map((id) => ({
    id,
    label: m.tabs[id],
    href: href(id === 'documents' ? '/directives' : `/directives/${id}`),
  }))
  return (
    <div class={`directives directives-${part}`}>
      <div class="directives-tabs">
        <Tabs label={m.tabs.label} tabs={tabs} current={tab} />
      </div>
      {Part ? (
        <Part />
      ) : failed.value?.name === part ? (
        <ProblemBox problem={failed.value.problem} onRetry={() => ensureLoaded(part)} />
      ) : (
        <Loading />
      )}
    </div>
  )
}
