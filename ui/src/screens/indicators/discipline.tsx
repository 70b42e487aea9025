// Who hands in in time, who was reminded and counted, and which indicators are asleep.
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import { serverNow } from '../../api/time'
import { Select } from '../../design/controls'
import { Chip, Mark } from '../../design/mark'
import { Empty, Loading, ProblemBox, Simulated } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { number, percent } from '../../format/number'
import { date, dateTime } from '../../format/time'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { indicators as messages } from '../../messages/indicators'
import { go, href, param } from '../../router'
import { periodWords } from './figure'
import type { Discipline, Health } from './types'

const year = param('year')
const YEARS = 5

export default function DisciplinePage() {
  const m = messages.value.discipline
  const now = Number(date(serverNow()).slice(-4))
  const chosen = year.value || String(now)
  const found = useResource(chosen, (signal) => get<Discipline>('/api/v1/indicators/discipline', { year: chosen }, signal))
  const health = useResource('health', (signal) => get<Health>('/api/v1/indicators/health', {}, signal))
  return (
    <div class="page">
      <header class="page-head">
        <div>
          <h1>{m.title}</h1>
          <p>{m.question}</p>
        </div>
      </header>
      <div class="index-filters">
        <Select
          label={m.year}
          value={chosen}
          options={Array.from({ length: YEARS }, (_, at) => String(now - at)).map((value) => ({ value, label: value }))}
          onChange={(value) => go('', { year: value === String(now) ? null : value }, { replace: true })}
        />
      </div>
      {found.problem && <ProblemBox problem={found.problem} onRetry={found.reload} />}
      {found.data ? <Units of={found.data} /> : found.loading && <Loading />}
      {health.problem && <ProblemBox problem={health.problem} onRetry={health.reload} />}
      {health.data && <Asleep of={health.data} />}
    </div>
  )
}

function Units({ of }: { of: Discipline }) {
  const m = messages.value.discipline
  const columns: Column<Discipline['units'][number]>[] = [
    {
      key: 'org',
      head: m.org,
      title: true,
      cell: (row) => (
        <a class="plain-link" href={href('/indicators/owed', { org: String(row.org_id) })}>
          {row.org}
        </a>
      ),
    },
    { key: 'due', head: m.due, numeric: true, cell: (row) => <span class="num">{number(row.due)}</span> },
    { key: 'received', head: m.received, numeric: true, wide: true, cell: (row) => <span class="num">{number(row.received)}</span> },
    {
      key: 'in_time',
      head: m.inTime,
      numeric: true,
      cell: (row) => (
        <span class="two-lines">
          <span class="num">{number(row.in_time)}</span>
          {row.share_in_time !== null && <span class="muted small">{m.ofDue(percent(row.share_in_time, 0))}</span>}
        </span>
      ),
    },
    { key: 'late', head: m.late, numeric: true, cell: (row) => <span class="num">{number(row.late)}</span> },
    { key: 'lacking', head: m.lacking, numeric: true, cell: (row) => <span class="num">{number(row.lacking)}</span> },
    { key: 'reminders', head: m.reminders, numeric: true, wide: true, cell: (row) => <span class="num">{number(row.reminders)}</span> },
    {
      key: 'counted',
      head: m.counted,
      numeric: true,
      cell: (row) => (
        <span class="two-lines">
          <span class="index-summary">
            {row.mark && <Mark shape="triangle" sign="!" tone="p2" />}
            <span class="num strong">{number(row.counted)}</span>
          </span>
          {row.mark && <span class="small">{named(row.mark.vi, row.mark.en)}</span>}
        </span>
      ),
    },
  ]
  return (
    <>
      <p class="muted small">
        {m.marks}: {of.marks.map((mark) => m.mark(mark.count, named(mark.vi, mark.en))).join(' · ')}
      </p>
      <Table label={m.units} columns={columns} rows={of.units} rowKey={(row) => String(row.org_id)} empty={<Empty title={m.none} />} />
      {of.entries.length > 0 && (
        <section class="index-section">
          <h2>{m.entries}</h2>
          <Table
            label={m.entries}
            columns={[
              { key: 'org', head: m.org, title: true, cell: (row: Discipline['entries'][number]) => <span>{row.org} {row.simulated && <Simulated short />}</span> },
              { key: 'no', head: m.no, numeric: true, cell: (row) => <span class="num">{row.no}</span> },
              { key: 'form', head: m.form, cell: (row) => `${named(row.form_vi, row.form_en)}, ${row.period_vi}` },
              { key: 'due', head: messages.value.owed.due, cell: (row) => <span class="num">{dateTime(row.due_at)}</span> },
              {
                key: 'task',
                head: '',
                cell: (row) => (
                  <span class="index-facts">
                    {row.task_id !== null && (
                      <a class="plain-link" href={href(`/tasks/${row.task_id}`)}>
                        {messages.value.owed.task(row.task_id)}
                      </a>
                    )}
                    {row.waived_at && <Chip>{`${m.waived}: ${row.waived_why}`}</Chip>}
                  </span>
                ),
              },
            ]}
            rows={of.entries}
            rowKey={(row) => String(row.id)}
          />
        </section>
      )}
    </>
  )
}

function Asleep({ of }: { of: Health }) {
  const m = messages.value.discipline
  const { fresh, stale, dead, never } = of.counts
  return (
    <section class="index-section">
      <h2>{m.asleep}</h2>
      <p class="muted small num">{m.asleepText(fresh, stale, dead, never)}</p>
      {of.items.length > 0 && (
        <Table
          label={m.asleep}
          columns={[
            {
              key: 'name',
              head: messages.value.register.name,
              title: true,
              cell: (row: Health['items'][number]) => (
                <span class="two-lines">
                  <a class="plain-link" href={href(`/indicators/register/${row.id}`)}>
                    {named(row.vi, row.en)}
                  </a>
                  <span class="muted small mono">{row.code}</span>
                </span>
              ),
            },
            { key: 'state', head: messages.value.one.state, cell: (row) => <Chip tone="hatched">{m.states[row.state] ?? row.state}</Chip> },
            { key: 'expected', head: m.expected, cell: (row) => <span class="num">{periodWords(row.expected)}</span> },
            { key: 'last', head: m.last, cell: (row) => <span class="num">{row.last_start ? date(row.last_start) : common.value.none}</span> },
            { key: 'source', head: messages.value.register.from, wide: true, cell: (row) => messages.value.sources[row.source_kind] },
          ]}
          rows={of.items}
          rowKey={(row) => String(row.id)}
        />
      )}
    </section>
  )
}
