// One table of an index: the units in their order; from each to why it stands where it does.
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import { Loading, ProblemBox, Simulated } from '../../design/notice'
import { Mark } from '../../design/mark'
import { useListKeys } from '../../design/table'
import { dateTime } from '../../format/time'
import { indices as messages } from '../../messages/indices'
import { go, param, path } from '../../router'
import { Faults, Ranks, ranked, Summary } from './index-parts'
import type { OpenedTable } from './index-types'
import { Unit } from './index-unit'

const unit = param('unit')

export default function IndexTable() {
  const id = path.value[2] ?? ''
  const table = useResource(id || null, (signal) => get<OpenedTable>(`/api/v1/indices/tables/${encodeURIComponent(id)}`, {}, signal))
  if (table.problem && !table.data) return <ProblemBox problem={table.problem} onRetry={table.reload} />
  if (!table.data) return <Loading />
  return <Opened table={table.data} />
}

function Opened({ table }: { table: OpenedTable }) {
  const m = messages.value
  const { report } = table
  const rows = ranked(report.rows)
  const chosen = rows.find(({ key }) => key !== '' && key === unit.value)
  const open = (key: string) => go('', { unit: key }, { replace: unit.peek() !== '' })
  useListKeys(
    rows.map(({ key }) => key),
    unit.value || null,
    open,
    { next: m.ranks.next, previous: m.ranks.previous },
  )
  if (chosen) return <Unit key={`${table.id} ${chosen.key}`} table={table} unit={chosen} />
  return (
    <div class="page">
      <header class="page-head">
        <div>
          <h1>
            {table.title} <span class="num">{table.year}</span> {table.simulated && <Simulated short />}
          </h1>
          <p>{m.list.question}</p>
        </div>
        <a class="button button-plain" href={`/api/v1/indices/tables/${table.id}/file`} download>
          {m.summary.download}
        </a>
      </header>
      <Summary report={report} />
      {table.method_changed && (
        <p class="index-summary">
          <Mark shape="diamond" sign="!" tone="stale" /> {m.summary.methodChanged}
        </p>
      )}
      <p class="muted small">
        {[table.source, `${m.list.loaded} ${dateTime(table.recorded_at)}`, table.reason].filter(Boolean).join(' · ')}
      </p>
      <Faults faults={report.faults} />
      <Ranks report={report} onOpen={(row) => open(row.key)} />
    </div>
  )
}
