// The register of indicators: what is measured, by whom, from where.
import { useState } from 'preact/hooks'
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import type { Page } from '../../api/types'
import { Button, Field, Select } from '../../design/controls'
import { Chip } from '../../design/mark'
import { Empty, Loading, ProblemBox } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { named } from '../../messages/catalogue'
import { indicators as messages } from '../../messages/indicators'
import { sectors } from '../../api/sectors'
import { go, href, param } from '../../router'
import type { Indicator } from './types'

const q = param('q')
const sector = param('sector')
const source = param('source')
const PAGE = 50

export default function Register() {
  const m = messages.value.register
  const [pages, setPages] = useState(1)
  const asked = { q: q.value, sector: sector.value, source: source.value }
  const list = useResource(JSON.stringify([asked, pages]), (signal) => all(asked, pages, signal))
  const set = (change: Record<string, string>) => (setPages(1), go('', change, { replace: true }))
  const known = sectors()
  return (
    <div class="page">
      <header class="page-head">
        <div>
          <h1>{m.title}</h1>
          <p>{m.question}</p>
        </div>
      </header>
      <div class="index-filters">
        <Field label={m.search} type="search" value={q.value} onInput={(value) => set({ q: value })} />
        <Select
          label={m.sector}
          value={sector.value}
          options={[{ value: '', label: m.allSectors }, ...known.map((each) => ({ value: each.name, label: named(each.vi, each.en) }))]}
          onChange={(value) => set({ sector: value })}
        />
        <Select
          label={m.source}
          value={source.value}
          options={[{ value: '', label: m.allSources }, ...Object.entries(messages.value.sources).map(([value, label]) => ({ value, label }))]}
          onChange={(value) => set({ source: value })}
        />
      </div>
      {list.problem && <ProblemBox problem={list.problem} onRetry={list.reload} />}
      {list.data ? (
        <>
          <Table
            label={m.table}
            columns={columns()}
            rows={list.data.items}
            rowKey={(row) => row.code}
            onOpen={(row) => go(`/indicators/register/${row.id}`)}
            empty={<Empty title={m.empty} />}
          />
          {list.data.next && <Button onClick={() => setPages(pages + 1)}>{m.more}</Button>}
        </>
      ) : (
        list.loading && <Loading />
      )}
    </div>
  )
}

async function all(query: Record<string, string>, pages: number, signal: AbortSignal): Promise<Page<Indicator>> {
  const items: Indicator[] = []
  let next: string | null = null
  for (let at = 0; at < pages && (at === 0 || next); at += 1) {
    const page: Page<Indicator> = await get('/api/v1/indicators', { ...query, cursor: next, limit: PAGE }, signal)
    items.push(...page.items)
    next = page.next
  }
  return { items, next }
}

function columns(): Column<Indicator>[] {
  const m = messages.value
  return [
    {
      key: 'name',
      head: m.register.name,
      title: true,
      cell: (row) => (
        <span class="two-lines">
          <a class="plain-link strong" href={href(`/indicators/register/${row.id}`)}>
            {named(row.vi, row.en)}
          </a>
          <span class="muted small mono">{row.code}</span>
        </span>
      ),
    },
    { key: 'unit', head: m.register.unit, cell: (row) => row.unit },
    { key: 'period', head: m.register.period, cell: (row) => m.periods[row.period_kind] },
    {
      key: 'source',
      head: m.register.from,
      wide: true,
      cell: (row) => (
        <span class="two-lines">
          <span>{named(row.source_vi, row.source_en)}</span>
          {row.legal_verify && <Chip tone="hatched">{m.register.verify}</Chip>}
        </span>
      ),
    },
  ]
}
