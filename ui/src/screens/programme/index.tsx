// Programmes: where do they stand against plan, money and what hinders them? The frame; each part is loaded when opened.
import type { ComponentType } from 'preact'
import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { asProblem, type Problem } from '../../api/problem'
import { may } from '../../api/session'
import { Tabs } from '../../design/controls'
import { Loading, ProblemBox } from '../../design/notice'
import { programme as messages } from '../../messages/programme'
import { href, path } from '../../router'
import './programme.css'

type Load = () => Promise<{ default: ComponentType }>

const PARTS = {
  board: () => import('./board'),
  imports: () => import('./imports'),
  import: () => import('./import'),
  project: () => import('./project'),
} satisfies Record<string, Load>
type Part = keyof typeof PARTS

const loaded = signal<Partial<Record<Part, ComponentType>>>({})
const failed = signal<{ name: Part; problem: Problem } | null>(null)

function asked(): Part {
  const [, first, second] = path.value
  if (first === 'imports') return second ? 'import' : 'imports'
  return first === 'projects' && second ? 'project' : 'board'
}

function ensureLoaded(name: Part): void {
  if (loaded.value[name]) return
  failed.value = null
  PARTS[name]()
    .then((module) => (loaded.value = { ...loaded.peek(), [name]: module.default }))
    .catch((error: unknown) => (failed.value = { name, problem: asProblem(error) }))
}

export default function Programme() {
  const m = messages.value
  const part = asked()
  useEffect(() => ensureLoaded(part), [part])
  const Shown = loaded.value[part]
  const tabs = [
    { id: 'board', label: m.tabs.board, href: href('/programme') },
    ...(may('programme.plan') ? [{ id: 'imports', label: m.tabs.imports, href: href('/programme/imports') }] : []),
  ]
  return (
    <div class="programme">
      <div class="programme-tabs">
        <Tabs label={m.tabs.label} tabs={tabs} current={part === 'import' || part === 'imports' ? 'imports' : 'board'} />
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
