// Red flags: each with its condition, its threshold and what was seen. A flag is a question; one click gives it to somebody.
import { useState } from 'preact/hooks'
import { get, newKey, send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { useResource } from '../../api/resource'
import { may } from '../../api/session'
import type { Org } from '../../api/types'
import { Button, Field, Select } from '../../design/controls'
import { Empty, ProblemBox, toast } from '../../design/notice'
import { Table, useListKeys, type Column } from '../../design/table'
import { fold } from '../../format/fold'
import { number, percent } from '../../format/number'
import { date } from '../../format/time'
import { useKeys } from '../../keys'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { figures as messages } from '../../messages/programme-figures'
import { go, href, param } from '../../router'
import { AnalysisPage } from './analysis-page'
import { Note, ProjectName, Summary, TaskLink } from './analysis-parts'
import type { Flag, FlagCount, FlagList } from './analysis-types'

const STEP = 100
const group = param('group')
const code = param('code')
const project = param('project')
const typed = param('q')

export default function Flags() {
  const m = messages.value.flagPage
  return (
    <AnalysisPage<FlagList> title={m.title} question={m.question} route="flags" query={{ project: project.value }} filters={<Filters />}>
      {(data, chosen, reload) => <Shown data={data} program={chosen.id} reload={reload} />}
    </AnalysisPage>
  )
}

function Filters() {
  const m = messages.value.flagPage
  return (
    <>
      <Select
        label={m.kinds}
        value={group.value}
        options={[{ value: '', label: m.allGroups }, ...Object.entries(m.groups).map(([value, label]) => ({ value, label }))]}
        onChange={(value) => go('', { group: value, code: null }, { replace: true })}
      />
      <Field label={m.search} type="search" value={typed.value} onInput={(value) => go('', { q: value }, { replace: true })} />
    </>
  )
}

/** The flags that the filters let through. */
export function passing(items: readonly Flag[], filters: { group: string; code: string; q: string }): Flag[] {
  const q = fold(filters.q)
  return items.filter(
    (each) =>
      (!filters.group || each.group === filters.group) &&
      (!filters.code || each.code === filters.code) &&
      (!q || fold(`${each.project.name} ${each.project.public_id ?? ''} ${each.project.owner?.name ?? ''}`).includes(q)),
  )
}

/** A threshold as people read it: shares as percentages, days as days. */
export function thresholdWords(flag: Pick<Flag, 'threshold' | 'code'>): string {
  const { threshold } = flag
  if (threshold === null || threshold === undefined) return common.value.none
  if (typeof threshold === 'string') return /^\d{4}-\d\d-\d\d$/.test(threshold) ? date(threshold) : threshold
  return Number.isInteger(threshold) ? number(threshold) : percent(threshold)
}

function Shown({ data, program, reload }: { data: FlagList; program: number; reload: () => void }) {
  const m = messages.value
  const [cursor, setCursor] = useState<string | null>(null)
  const [limit, setLimit] = useState(STEP)
  const [problem, setProblem] = useState<Problem | null>(null)
  const units = useResource('units', (signal) => get<{ items: Org[] }>('/api/v1/orgs', {}, signal))
  const rows = passing(data.items, { group: group.value, code: code.value, q: typed.value })
  const seen = rows.slice(0, limit)
  const keyOf = (each: Flag) => `${each.project.id} ${each.code}`
  const open = (key: string) => go(`/programme/projects/${key.split(' ')[0]}`)
  useListKeys(seen.map(keyOf), cursor, setCursor, m)
  useKeys([{ press: 'Enter', shown: 'Enter', label: () => messages.value.open, run: () => cursor && open(cursor) }])
  const follow = async (flag: Flag) => {
    setProblem(null)
    try {
      const body = { project: flag.project.id, code: flag.code, year: data.year }
      await send<{ task_id: number }>('POST', `/api/v1/programme/programs/${program}/flags/follow-up`, body, { key: newKey() })
      toast(messages.peek().give.done)
      reload()
    } catch (error) {
      setProblem(asProblem(error))
    }
  }
  if (data.items.length === 0 && !project.value) return <Empty title={m.flagPage.none} text={m.flagPage.noneText} />
  const only = project.value ? data.items[0]?.project.name : undefined
  return (
    <>
      <Note>{m.flagPage.note}</Note>
      <Summary calm={data.items.length === 0}>{m.flagPage.summary(number(data.items.length), number(data.projects_flagged))}</Summary>
      {project.value && (
        <p>
          {only && m.flagPage.one(only)} <a href={href('', { project: null })}>{m.flagPage.allProjects}</a>
        </p>
      )}
      <Kinds list={data.counts.filter((each) => !group.value || each.group === group.value)} />
      {problem && <ProblemBox problem={problem} />}
      <Table
        label={m.flagPage.list}
        columns={columns(new Map((units.data?.items ?? []).map((each) => [each.id, each.name])), follow)}
        rows={seen}
        rowKey={keyOf}
        selected={cursor}
        onOpen={(each) => open(keyOf(each))}
        empty={<Empty title={m.flagPage.filtered} />}
      />
      {rows.length > limit && <Button onClick={() => setLimit(limit + STEP)}>{m.more(number(rows.length - limit))}</Button>}
    </>
  )
}

/** Every kind that is raised with how often: chosen by one click, left by another. */
function Kinds({ list }: { list: readonly FlagCount[] }) {
  const m = messages.value.flagPage
  return (
    <nav class="flag-kinds" aria-label={m.kinds}>
      {list.map((each) => (
        <a key={each.code} class="flag-kind" href={href('', { code: code.value === each.code ? null : each.code })} aria-current={code.value === each.code ? 'true' : undefined}>
          <span>{named(each.vi, each.en)}</span>
          <span class="num strong">{number(each.count)}</span>
        </a>
      ))}
    </nav>
  )
}

function columns(units: ReadonlyMap<number, string>, follow: (flag: Flag) => Promise<void>): Column<Flag>[] {
  const m = messages.value
  return [
    {
      key: 'flag',
      head: m.flagPage.flag,
      title: true,
      cell: (each) => (
        <span class="two-lines">
          <span class="strong">{named(each.vi, each.en)}</span>
          <span class="muted small">{m.flagPage.groups[each.group as keyof typeof m.flagPage.groups] ?? each.group}</span>
        </span>
      ),
    },
    { key: 'project', head: m.project, cell: (each) => <ProjectName project={each.project} /> },
    {
      key: 'found',
      head: m.flagPage.found,
      cell: (each) => (
        <span class="two-lines">
          <span>{named(each.found.vi, each.found.en)}</span>
          {each.found.evidence && each.found.evidence.length > 0 && (
            <span class="muted small">
              {m.flagPage.subject}: {each.found.evidence.join(', ')}
            </span>
          )}
        </span>
      ),
    },
    { key: 'threshold', head: m.flagPage.threshold, numeric: true, wide: true, cell: (each) => <span class="num">{thresholdWords(each)}</span> },
    { key: 'since', head: m.flagPage.since, cell: (each) => <span class="num">{each.since ? date(each.since) : common.value.none}</span> },
    {
      key: 'follow',
      head: m.flagPage.follow,
      wide: true,
      cell: (each) => <span class="small">{each.follow_up_org === each.project.owner?.id ? each.project.owner.name : (units.get(each.follow_up_org) ?? common.value.none)}</span>,
    },
    {
      key: 'task',
      head: m.task,
      cell: (each) =>
        each.task_id !== null || !may('programme.oversee') ? <TaskLink id={each.task_id} /> : <Button onClick={() => void follow(each)}>{m.giveTask}</Button>,
    },
  ]
}
