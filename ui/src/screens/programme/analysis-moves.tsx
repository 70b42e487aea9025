// Proposals to move capital within one fund source, each with why on both sides. No money moves without a decision.
import { Empty } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { bigDong } from '../../format/money'
import { number } from '../../format/number'
import { named } from '../../messages/catalogue'
import { figures as messages } from '../../messages/programme-figures'
import { AnalysisPage } from './analysis-page'
import { Note, ProjectName, Summary } from './analysis-parts'
import type { Move, MoveList, Named } from './analysis-types'
import { Sum } from './parts'

export default function Moves() {
  const m = messages.value.moves
  return (
    <AnalysisPage<MoveList> title={m.title} question={m.question} route="moves">
      {(data) => <Shown data={data} />}
    </AnalysisPage>
  )
}

function Shown({ data }: { data: MoveList }) {
  const m = messages.value.moves
  return (
    <>
      <Note>{m.note}</Note>
      {data.items.length > 0 && (
        <Summary calm>
          {m.summary(number(data.count), bigDong(data.total_dong))} {m.foreseen(number(data.foreseen), number(data.projects))}
        </Summary>
      )}
      <Table
        label={m.list}
        columns={columns()}
        rows={data.items}
        rowKey={(each) => `${each.fund_source.code} ${each.from.project.id} ${each.to.project.id}`}
        empty={<Empty title={m.empty} text={data.foreseen === 0 ? messages.value.forecast.noHistory : m.emptyText} />}
      />
    </>
  )
}

function columns(): Column<Move>[] {
  const m = messages.value.moves
  return [
    {
      key: 'from',
      head: m.from,
      title: true,
      cell: ({ from }) => <Side project={from.project} can={m.frees(bigDong(from.frees_dong))} why={named(from.why_vi, from.why_en)} />,
    },
    {
      key: 'amount',
      head: m.amount,
      numeric: true,
      cell: (each) => (
        <span class="two-lines">
          <span class="strong">
            <Sum dong={each.amount_dong} /> <span aria-hidden="true" class="move-arrow">→</span>
          </span>
          <span class="muted small">{each.fund_source.name}</span>
        </span>
      ),
    },
    { key: 'to', head: m.to, cell: ({ to }) => <Side project={to.project} can={m.takes(bigDong(to.takes_dong))} why={named(to.why_vi, to.why_en)} /> },
  ]
}

function Side({ project, can, why }: { project: Named; can: string; why: string }) {
  return (
    <span class="move-side">
      <ProjectName project={project} />
      <span class="small">
        {can}: <span class="muted">{why}</span>
      </span>
    </span>
  )
}
