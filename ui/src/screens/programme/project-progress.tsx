// When: milestones against their baseline, what was found on site with its photos, and the earned value.
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import { second } from '../../api/time'
import { Empty, Loading, ProblemBox } from '../../design/notice'
import { Mark } from '../../design/mark'
import type { Column } from '../../design/table'
import { number, percent } from '../../format/number'
import { asField, date } from '../../format/time'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { project as messages } from '../../messages/project'
import { useTold } from './parts'
import { LineChart } from './project-chart'
import { EarnedValue } from './project-earned'
import { Gantt } from './project-gantt'
import { Records, specOf, useRecords } from './project-records'
import type { TabProps } from './project-tabs'
import { isLate, metShare, slip } from './project-time'
import type { Earned, Milestone, Progress, ProjectFile } from './project-types'
import { monthOf } from './project-words'

export default function ProgressTab({ project, around }: TabProps) {
  const today = asField(second.value).slice(0, 10)
  const milestones = useRecords<Milestone>(around.where, 'milestone')
  const m = messages.value.progress
  const kinds = specOf(around.described, 'milestone')?.fields.find(({ name }) => name === 'kind')?.choices ?? []
  return (
    <>
      <Records<Milestone>
        around={around}
        kind="milestone"
        title={m.gantt}
        resource={milestones}
        columns={columns(today, (kind) => {
          const found = kinds.find(({ value }) => value === kind)
          return found ? named(found.vi, found.en) : kind
        })}
        pick={inOrder}
        empty={<Empty title={m.noMilestones} text={m.noMilestonesText} />}
      >
        {(list) => list.length > 0 && (
          <>
            <p class="muted">
              {m.met(list.filter(({ actual_on }) => actual_on).length, list.length)}
              {metShare(list) !== null && ` · ${m.metWeighted(percent(metShare(list) ?? 0, 0))}`}
            </p>
            <Gantt list={inOrder(list)} today={today} />
          </>
        )}
      </Records>
      <Physical around={around} today={today} />
      <EarnedSection where={around.where} projectId={project.id} />
    </>
  )
}

function inOrder(list: readonly Milestone[]): Milestone[] {
  return [...list].sort((a, b) => a.baseline_on.localeCompare(b.baseline_on) || a.id - b.id)
}

export function slipWords(days: number): string {
  const m = messages.value.progress
  return days > 0 ? m.late(number(days)) : days < 0 ? m.early(number(-days)) : m.onTime
}

function columns(today: string, kind: (value: string) => string): Column<Milestone>[] {
  const m = messages.value.progress
  const day = (value: string | null) => (value ? <span class="num">{date(value)}</span> : <span class="muted">{common.value.none}</span>)
  return [
    {
      key: 'name',
      head: m.milestone,
      title: true,
      cell: (each) => (
        <span class="two-lines">
          <span class="strong">{each.name}</span>
          <span class="muted small">{kind(each.kind)}</span>
        </span>
      ),
    },
    { key: 'baseline', head: m.baseline, cell: (each) => day(each.baseline_on) },
    { key: 'forecast', head: m.forecast, cell: (each) => day(each.forecast_on) },
    { key: 'actual', head: m.actual, cell: (each) => day(each.actual_on) },
    { key: 'slip', head: m.slip, cell: (each) => <Slip each={each} today={today} /> },
    { key: 'weight', head: m.weight, numeric: true, wide: true, cell: (each) => <span class="num">{number(each.weight)}</span> },
  ]
}

function Slip({ each, today }: { each: Milestone; today: string }) {
  const found = slip(each, today)
  if (found === null) return <span class="muted">{common.value.none}</span>
  if (isLate(each, today)) {
    return (
      <span class="ask">
        <Mark shape="triangle" sign="!" tone="p2" />
        <span class="num">{slipWords(found)}</span>
      </span>
    )
  }
  return <span class="muted num">{slipWords(found)}</span>
}

/** What was found on site, the latest first, each month with its photos. */
function Physical({ around, today }: { around: TabProps['around']; today: string }) {
  const m = messages.value.progress
  const files = useResource(`${around.where}/files`, (signal) => get<{ items: ProjectFile[] }>(`${around.where}/files`, {}, signal))
  useTold(files.reload)
  const [year, month] = today.split('-').map(Number) as [number, number]
  const known = new Map((files.data?.items ?? []).map((file) => [file.id, file]))
  return (
    <Records<Progress>
      around={around}
      kind="progress"
      title={m.physical}
      begin={{ plan_year: year, period: month }}
      pick={(list) => [...list].sort((a, b) => b.plan_year - a.plan_year || b.period - a.period)}
      columns={physicalColumns(around.where, known)}
      empty={<p class="muted">{m.noPhysical}</p>}
    >
      {(list) => {
        const latest = [...list].sort((a, b) => b.plan_year - a.plan_year || b.period - a.period)[0]
        if (!latest) return null
        const months = [...list].sort((a, b) => a.plan_year - b.plan_year || a.period - b.period)
        return (
          <>
            <p class="strong">{m.latest(percent(Number(latest.physical_pct) / 100), monthOf(latest))}</p>
            {months.length > 2 && (
              <LineChart
                label={m.physical}
                labels={months.map(monthOf)}
                lines={[{ id: 'physical', label: m.percent, values: months.map((each) => Number(each.physical_pct) / 100), stroke: 'solid' }]}
                height={200}
                of="share"
              />
            )}
          </>
        )
      }}
    </Records>
  )
}

function physicalColumns(where: string, files: ReadonlyMap<number, ProjectFile>): Column<Progress>[] {
  const m = messages.value.progress
  return [
    { key: 'month', head: m.month, title: true, cell: (each) => <span class="num strong">{monthOf(each)}</span> },
    { key: 'percent', head: m.percent, numeric: true, cell: (each) => <span class="num strong">{percent(Number(each.physical_pct) / 100)}</span> },
    { key: 'text', head: m.found, cell: (each) => (each.text ? <span class="broken">{each.text}</span> : <span class="muted">{common.value.none}</span>) },
    { key: 'photos', head: m.photos, cell: (each) => <Photos each={each} where={where} files={files} /> },
  ]
}

function Photos({ each, where, files }: { each: Progress; where: string; files: ReadonlyMap<number, ProjectFile> }) {
  const m = messages.value.progress
  if (each.evidence.length === 0) return <span class="muted">{common.value.none}</span>
  return (
    <span class="photos">
      {each.evidence.map((id) => {
        const file = files.get(id)
        const name = file?.name ?? `#${id}`
        const url = `${where}/files/${id}`
        return file?.media_type.startsWith('image/') ? (
          <a key={id} href={url} data-external download={name}>
            <img class="photo" src={url} alt={m.photo(name, monthOf(each))} loading="lazy" />
          </a>
        ) : (
          <a key={id} href={url} data-external download={name}>
            {m.file(name)}
          </a>
        )
      })}
    </span>
  )
}

function EarnedSection({ where, projectId }: { where: string; projectId: number }) {
  const m = messages.value.progress
  const resource = useResource(`${where}/earned`, (signal) => get<Earned>(`${where}/earned`, {}, signal))
  useTold(resource.reload)
  return (
    <section class="block-section" aria-label={m.earned}>
      <h2>{m.earned}</h2>
      {resource.problem && <ProblemBox problem={resource.problem} onRetry={resource.reload} />}
      {resource.data ? <EarnedValue key={projectId} earned={resource.data} /> : resource.loading && <Loading />}
    </section>
  )
}
