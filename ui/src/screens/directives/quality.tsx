// How right the proposals are, by month and by rule, from what people said to them.
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import { Field } from '../../design/controls'
import { Empty, Loading, ProblemBox } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { number, percent } from '../../format/number'
import { named as inLanguage } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { directives as messages } from '../../messages/directives'
import { go, param } from '../../router'

interface Ratio {
  value: number
  of: number
  in: number
}

interface Line {
  found: number
  exact: number
  wrong: number
  missed: number
  precision: Ratio | null
  recall: Ratio | null
}

interface Rule {
  rule: string
  vi: string
  en: string
  month: string
}

interface Quality {
  from: string
  to: string
  all: Line
  months: (Line & { month: string })[]
  rules: (Line & Rule)[]
}

const from = param('from')
const to = param('to')
const month = param('month')

export default function QualityPage() {
  const m = messages.value.quality
  const asked = { from: from.value, to: to.value }
  const resource = useResource(JSON.stringify(asked), (signal) => get<Quality>('/api/v1/directive-quality', asked, signal))
  const { data } = resource
  const set = (name: string) => (value: string) => go('', { [name]: value }, { replace: true })
  const rules = (data?.rules ?? []).filter((line) => !month.value || line.month === month.value)
  const isEmpty = data && data.months.length === 0
  return (
    <div class="page">
      <header class="page-head">
        <div>
          <h1>{m.title}</h1>
          <p>{m.text}</p>
        </div>
      </header>
      <div class="directive-filters">
        <Field label={m.from} type="date" value={from.value || (data?.from ?? '')} onInput={set('from')} />
        <Field label={m.to} type="date" value={to.value || (data?.to ?? '')} onInput={set('to')} />
      </div>
      {resource.problem && <ProblemBox problem={resource.problem} onRetry={resource.reload} />}
      {!data && resource.loading && <Loading />}
      {isEmpty && <Empty title={m.empty} />}
      {data && !isEmpty && (
        <>
          <section>
            <h2>{m.byMonth}</h2>
            <Table
              label={m.byMonth}
              columns={[named('month', m.column.month, (line: Line & { month: string }) => said(line.month)), ...figures()]}
              rows={[...data.months, { ...data.all, month: '' }]}
              rowKey={(line) => line.month}
              selected={month.value || null}
              onOpen={(line) => go('', { month: line.month === month.peek() ? null : line.month }, { replace: true })}
            />
          </section>
          <section>
            <h2>{m.byRule}</h2>
            <Table
              label={m.byRule}
              columns={[
                named('rule', m.column.rule, (line: Line & Rule) => inLanguage(line.vi, line.en)),
                named('month', m.column.month, (line: Line & Rule) => said(line.month)),
                ...figures(),
              ]}
              rows={rules}
              rowKey={(line) => `${line.rule} ${line.month}`}
            />
          </section>
        </>
      )}
    </div>
  )
}

/** `2026-11` as it is said; '' is the sum of all. */
function said(month: string): string {
  const [year, number] = month.split('-')
  return month ? `${number}/${year}` : messages.value.quality.all
}

function named<T>(key: string, head: string, cell: Column<T>['cell']): Column<T> {
  return { key, head, cell, title: key === 'rule' }
}

function figures<T extends Line>(): Column<T>[] {
  const m = messages.value.quality
  const count = (key: 'found' | 'exact' | 'wrong' | 'missed'): Column<T> => ({
    key,
    head: m.column[key],
    numeric: true,
    cell: (line) => <span class="num">{number(line[key])}</span>,
  })
  const ratio = (key: 'precision' | 'recall'): Column<T> => ({
    key,
    head: m.column[key],
    numeric: true,
    cell: (line) => {
      const found = line[key]
      return found ? <span class="num">{m.ratio(percent(found.value), found.of, found.in)}</span> : common.value.none
    },
  })
  return [count('found'), count('exact'), count('wrong'), count('missed'), ratio('precision'), ratio('recall')]
}
