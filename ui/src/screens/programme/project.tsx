// One project: its head, and its parts as tabs of the address, each loaded when it is opened.
import type { ComponentType } from 'preact'
import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { get } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { useResource } from '../../api/resource'
import { second } from '../../api/time'
import { Tabs } from '../../design/controls'
import { Loading, ProblemBox } from '../../design/notice'
import { asField } from '../../format/time'
import { useKeys } from '../../keys'
import { project as messages } from '../../messages/project'
import { go, href, param, path } from '../../router'
import { useTold } from './parts'
import { Head } from './project-head'
import { form, useDescribed, type Around } from './project-records'
import { isTab, TAB_NAMES, TABS, type TabName, type TabProps } from './project-tabs'
import type { PlanEntry, Project } from './project-types'
import './project.css'

type Loaded = Partial<Record<TabName, ComponentType<TabProps>>>

const tab = param('tab', 'money')
const asked = param('year')
const loaded = signal<Loaded>({})
const edit = signal<typeof import('./project-edit').default | null>(null)
const failed = signal<{ name: TabName; problem: Problem } | null>(null)

function ensure(name: TabName): void {
  if (loaded.peek()[name]) return
  failed.value = null
  TABS[name]()
    .then((module) => (loaded.value = { ...loaded.peek(), [name]: module.default }))
    .catch((error: unknown) => (failed.value = { name, problem: asProblem(error) }))
}

/** The plan year of the address; else this year, or the latest one that has a plan. */
function yearOf(years: readonly number[]): number {
  const now = Number(asField(second.peek()).slice(0, 4))
  return Number(asked.value) || (years.length === 0 || years.includes(now) ? now : Math.max(...years))
}

export default function ProjectPage() {
  const id = path.value[2] ?? ''
  const where = `/api/v1/programme/projects/${encodeURIComponent(id)}`
  const plans = useResource(`${where} years`, (signal) => get<{ items: PlanEntry[] }>(`${where}/plans`, {}, signal))
  const years = [...new Set((plans.data?.items ?? []).filter((row) => row.plan_kind !== 'medium').map((row) => row.plan_year))].sort((a, b) => b - a)
  const year = yearOf(years)
  const isReady = Boolean(asked.value) || plans.data !== undefined || plans.problem !== null
  const resource = useResource(isReady ? `${where} ${year}` : null, (signal) => get<Project>(where, { year }, signal))
  const described = useDescribed()
  useTold(resource.reload)
  const name: TabName = isTab(tab.value) ? tab.value : 'money'
  useEffect(() => ensure(name), [name])
  useKeys(TAB_NAMES.map((each, at) => ({
    press: `Digit${at + 1}`,
    shown: String(at + 1),
    label: () => `${messages.value.openTab}: ${messages.value.tabs[each]}`,
    run: () => go('', { tab: at === 0 ? null : each, form: null }),
  })))
  const project = resource.data
  const problem = resource.problem ?? described.problem
  if (!project || !described.data) {
    return <div class="page">{problem ? <ProblemBox problem={problem} onRetry={() => (resource.reload(), described.reload())} /> : <Loading />}</div>
  }
  const around: Around = { where, described: described.data, mayEdit: project.may.edit }
  const shownYears = years.includes(year) ? years : [year, ...years].sort((a, b) => b - a)
  return (
    <div class="page project-page">
      <Head project={project} year={year} years={shownYears} />
      {form.value === 'project' && project.may.edit && <Edit project={project} around={around} onDone={resource.reload} />}
      <Tabs label={messages.value.tabs.label} tabs={tabs()} current={name} />
      <Part name={name} project={project} around={around} year={year} reload={resource.reload} />
    </div>
  )
}

function tabs() {
  return TAB_NAMES.map((each) => ({ id: each, label: messages.value.tabs[each], href: href('', { tab: each === 'money' ? null : each, form: null }) }))
}

function Part({ name, ...props }: TabProps & { name: TabName }) {
  const Shown = loaded.value[name]
  if (Shown) return <Shown key={`${props.project.id} ${name}`} {...props} />
  if (failed.value?.name === name) return <ProblemBox problem={failed.value.problem} onRetry={() => ensure(name)} />
  return <Loading />
}

function Edit(props: { project: Project; around: Around; onDone: () => void }) {
  useEffect(() => {
    void import('./project-edit').then((module) => (edit.value = module.default))
  }, [])
  const Form = edit.value
  return Form ? <Form {...props} /> : <Loading />
}
