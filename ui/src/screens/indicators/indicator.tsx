// One indicator: how it is made, who owes it, its figures by place and period, and where each of them comes from.
import { useMemo } from 'preact/hooks'
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import type { Page } from '../../api/types'
import { serverNow } from '../../api/time'
import { Button } from '../../design/controls'
import { Chip } from '../../design/mark'
import { Empty, Loading, ProblemBox, Simulated } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { asField, date, dateTime } from '../../format/time'
import { useKeys } from '../../keys'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { indicators as messages } from '../../messages/indicators'
import { go, href, param, path } from '../../router'
import { periodWords, shown } from './figure'
import type { Opened, Revision, Series } from './types'

/** So many periods are shown, the last of them the one that runs. */
const SHOWN: Record<string, number> = { day: 14, week: 12, month: 12, quarter: 8, half: 6, year: 6, five_years: 3 }
const DAYS: Record<string, number> = { day: 1, week: 7, month: 30.44, quarter: 91.3, half: 182.6, year: 365.25, five_years: 1826 }
const figure = param('figure')

export default function IndicatorPage() {
  const id = path.value[2] ?? ''
  const one = useResource(id || null, (signal) => get<Opened>(`/api/v1/indicators/${encodeURIComponent(id)}`, {}, signal))
  if (one.problem && !one.data) return <ProblemBox problem={one.problem} onRetry={one.reload} />
  return one.data ? <Shown of={one.data} /> : <Loading />
}

function Shown({ of }: { of: Opened }) {
  const m = messages.value.one
  const back = () => go('/indicators/register')
  useKeys([{ press: 'Escape', shown: 'Esc', label: () => common.value.back, run: () => (figure.peek() ? go('', { figure: null }) : back()) }])
  const method = of.methods[of.methods.length - 1]
  return (
    <div class="page">
      <header class="page-head">
        <div>
          <h1>{named(of.vi, of.en)}</h1>
          <p>
            <span class="mono">{of.code}</span> · {of.unit} · {messages.value.periods[of.period_kind]} · {named(of.source_vi, of.source_en)}
          </p>
        </div>
        <Button icon="back" onClick={back}>
          {m.back} (Esc)
        </Button>
      </header>
      <dl class="facts">
        {named(of.definition_vi, of.definition_en) && (
          <div>
            <dt>{m.definition}</dt>
            <dd>{named(of.definition_vi, of.definition_en)}</dd>
          </div>
        )}
        {method && (
          <div>
            <dt>{m.made}</dt>
            <dd>
              {named(method.vi, method.en)} {method.formula && <span class="mono">{method.formula}</span>}{' '}
              <span class="muted small">
                {m.version(method.version)}, {m.since(date(method.valid_from))}
              </span>
            </dd>
          </div>
        )}
        <div>
          <dt>{m.direction}</dt>
          <dd>{of.direction_vi}</dd>
        </div>
        {(of.legal_basis || of.legal_verify) && (
          <div>
            <dt>{m.basis}</dt>
            <dd>
              {of.legal_basis} {of.legal_verify && <Chip tone="hatched">{messages.value.register.verify}</Chip>}
            </dd>
          </div>
        )}
        {of.form && (
          <div>
            <dt>{m.form}</dt>
            <dd>
              {named(of.form.vi, of.form.en)}, {named(of.form.due_vi, of.form.due_en)}
            </dd>
          </div>
        )}
        {of.duties.length > 0 && (
          <div>
            <dt>{m.owes}</dt>
            <dd>{m.owesCount(of.duties.length)}</dd>
          </div>
        )}
      </dl>
      <Figures of={of} />
      {figure.value && <Trail key={figure.value} of={of} asked={figure.value} />}
    </div>
  )
}

/** The text form of the period that holds a day. */
export function periodOf(kind: string, day: string): string {
  const [year = '', month = '1'] = day.split('-')
  const at = Number(month)
  if (kind === 'month') return `${year}-${month}`
  if (kind === 'quarter') return `${year}-Q${Math.ceil(at / 3)}`
  if (kind === 'half') return `${year}-H${at <= 6 ? 1 : 2}`
  return kind === 'year' || kind === 'five_years' ? year : day
}

function range(kind: string): { first: string; last: string } {
  const now = serverNow()
  const day = (ms: number) => asField(ms).slice(0, 10)
  const start = day(now - ((SHOWN[kind] ?? 12) - 1) * (DAYS[kind] ?? 30) * 86_400_000)
  return { first: periodOf(kind, start), last: periodOf(kind, day(now)) }
}

function Figures({ of }: { of: Opened }) {
  const m = messages.value.one
  const asked = useMemo(() => range(of.period_kind), [of.period_kind])
  const found = useResource(`${of.id} ${asked.first} ${asked.last}`, (signal) =>
    get<Series>(`/api/v1/indicators/${of.id}/values`, asked, signal),
  )
  const { data } = found
  if (found.problem) return <ProblemBox problem={found.problem} onRetry={found.reload} />
  if (!data) return <Loading />
  const label = m.values(periodWords(asked.first), periodWords(asked.last))
  if (data.series.length === 0) return <Empty title={m.none} text={m.noneText} />
  const columns: Column<Series['series'][number]>[] = [
    { key: 'place', head: m.place, title: true, cell: (row) => row.place.name },
    ...data.periods.map((period) => ({
      key: period,
      head: periodWords(period),
      numeric: true,
      cell: (row: Series['series'][number]) => {
        const held = row.values.find((each) => each.period === period)
        if (!held) return <span class="muted">{common.value.none}</span>
        return (
          <a class="plain-link num" href={href('', { figure: `${row.place.id}:${period}` })} title={`${m.open}: ${named(held.source_vi, held.source_en)}`}>
            {shown(held, of.decimals)}
            {held.flags.includes('estimate') && <span class="muted small"> {m.estimate}</span>}
          </a>
        )
      },
    })),
  ]
  const have = data.series.reduce((sum, { values }) => sum + values.length, 0)
  const simulated = data.series.some(({ values }) => values.some(({ flags }) => flags.includes('simulated')))
  return (
    <section class="index-section" aria-label={label}>
      <h2>
        {label} ({of.unit}) {simulated && <Simulated short />}
      </h2>
      <p class="muted small">
        {m.coverage(have, data.series.length * data.periods.length)}. {m.noneText}
      </p>
      <Table label={label} columns={columns} rows={data.series} rowKey={(row) => String(row.place.id)} />
    </section>
  )
}

function Trail({ of, asked }: { of: Opened; asked: string }) {
  const m = messages.value.one
  const [place = '', period = ''] = [asked.slice(0, asked.indexOf(':')), asked.slice(asked.indexOf(':') + 1)]
  const found = useResource(`${of.id} ${asked}`, (signal) => get<Page<Revision>>(`/api/v1/indicators/${of.id}/revisions`, { place, period }, signal))
  if (found.problem) return <ProblemBox problem={found.problem} onRetry={found.reload} />
  if (!found.data) return <Loading />
  const name = of.duties.find((each) => String(each.place.id) === place)?.place.name ?? ''
  return (
    <section class="inset" aria-label={m.trail(name, periodWords(period))}>
      <h2>{m.trail(name, periodWords(period))}</h2>
      <p class="muted small">{m.trailText}</p>
      <Table
        label={m.trail(name, periodWords(period))}
        columns={[
          { key: 'revision', head: m.revision, title: true, cell: (row: Revision) => <span class="num">{row.revision}</span> },
          { key: 'value', head: m.value, numeric: true, cell: (row) => <span class="num strong">{shown(row, of.decimals)}</span> },
          { key: 'source', head: m.source, cell: (row) => named(row.source_vi, row.source_en) },
          { key: 'made', head: m.made, cell: (row) => m.version(row.method) },
          { key: 'recorded', head: m.recorded, cell: (row) => <span class="num">{dateTime(row.recorded.at)}</span> },
          { key: 'author', head: m.author, cell: (row) => row.recorded.author },
          {
            key: 'state',
            head: m.state,
            cell: (row) => (
              <span class="two-lines">
                <span>{m.states[row.state] ?? row.state}</span>
                <span class="muted small num">{dateTime(row.judged.at)}</span>
              </span>
            ),
          },
          { key: 'reason', head: m.reason, wide: true, cell: (row) => [row.recorded.reason, row.recorded.document].filter(Boolean).join(' · ') },
        ]}
        rows={found.data.items}
        rowKey={(row) => String(row.revision)}
      />
    </section>
  )
}
