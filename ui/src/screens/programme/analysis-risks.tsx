// Which projects will miss the goal, why, and who deals with it; one click to the task, or to give one.
import { useState } from 'preact/hooks'
import { Button } from '../../design/controls'
import { Empty } from '../../design/notice'
import { Split, Table, useListKeys, type Column } from '../../design/table'
import { bigDong } from '../../format/money'
import { number, percent } from '../../format/number'
import { useKeys } from '../../keys'
import { figures as messages } from '../../messages/programme-figures'
import { go, param } from '../../router'
import { addedReasons } from './asks'
import { AnalysisPage } from './analysis-page'
import { CourseCell, PaidOfPlan, ProjectName, Reasons, Summary, TaskLink } from './analysis-parts'
import { RiskPanel } from './analysis-risk-panel'
import type { Risk, RiskList } from './analysis-types'
import { Sum } from './parts'

const LIST_MAX = 200
/** The column beside it says this by its sum. */
const SHORTFALL: ReadonlySet<string> = new Set(['foreseen_low'])
const selected = param('sel')

export default function Risks() {
  const m = messages.value.risks
  return (
    <AnalysisPage<RiskList> title={m.title} question={m.question} route="risks" query={{ limit: LIST_MAX }}>
      {(data, _, reload) => <Shown data={data} reload={reload} />}
    </AnalysisPage>
  )
}

function Shown({ data, reload }: { data: RiskList; reload: () => void }) {
  const m = messages.value
  const [cursor, setCursor] = useState<string | null>(selected.peek() || null)
  const open = (id: string | null) => go('', { sel: id })
  const opened = data.items.find(({ project }) => String(project.id) === selected.value)
  useListKeys(
    data.items.map(({ project }) => String(project.id)),
    selected.value || cursor,
    (id) => (selected.value ? open(id) : setCursor(id)),
    m,
  )
  useKeys([{ press: 'Enter', shown: 'Enter', label: () => messages.value.open, run: () => cursor && open(cursor) }])
  if (data.items.length === 0) return <Empty title={m.risks.calm} text={m.risks.calmText} />
  return (
    <>
      <Told data={data} />
      <Split
        panelLabel={m.risks.panel}
        onClose={() => {
          setCursor(selected.peek() || null)
          open(null)
        }}
        panel={opened && <RiskPanel key={opened.project.id} risk={opened} year={data.year} onGiven={reload} />}
        list={
          <Table
            label={m.risks.list}
            columns={columns(open)}
            rows={data.items}
            rowKey={({ project }) => String(project.id)}
            selected={selected.value || cursor}
            onOpen={({ project }) => open(String(project.id))}
          />
        }
      />
    </>
  )
}

/** How many are foreseen under the goal, by how much, and how many of all have nobody who deals with them. */
function Told({ data }: { data: RiskList }) {
  const m = messages.value.risks
  const short = data.items.filter(({ shortfall_dong }) => (shortfall_dong ?? 0) > 0)
  const without = data.items.filter(({ task_id }) => task_id === null).length
  const others = data.count - short.length
  return (
    <Summary>
      {data.method === null
        ? m.notForeseen
        : m.summary(number(short.length), bigDong(data.total.shortfall_dong ?? 0), percent(data.goal_share, 0))}{' '}
      {others > 0 && m.others(number(others))} {without > 0 ? m.without(number(without)) : m.all}
    </Summary>
  )
}

function columns(open: (id: string) => void): Column<Risk>[] {
  const m = messages.value
  return [
    { key: 'rank', head: m.risks.rank, numeric: true, wide: true, cell: (each) => <span class="num muted">{number(each.rank)}</span> },
    { key: 'project', head: m.project, title: true, cell: (each) => <ProjectName project={each.project} owner={each.owner} /> },
    { key: 'paid', head: m.paid, numeric: true, wide: true, cell: (each) => <PaidOfPlan paid={each.paid_dong} plan={each.plan_dong} /> },
    { key: 'forecast', head: m.risks.forecast, cell: (each) => <CourseCell course={each} /> },
    { key: 'shortfall', head: m.risks.shortfall, numeric: true, cell: (each) => <Sum dong={each.shortfall_dong} /> },
    { key: 'reasons', head: m.risks.reasons, wide: true, cell: (each) => <Reasons list={addedReasons(each.reasons, SHORTFALL)} most={4} /> },
    {
      key: 'task',
      head: m.task,
      cell: (each) =>
        each.task_id != null ? (
          <TaskLink id={each.task_id} />
        ) : (
          <Button onClick={() => open(String(each.project.id))}>{m.giveTask}</Button>
        ),
    },
  ]
}
