// Data models: which attributes each type has, how strict the site is with it, and what did not fit.
import { useState } from 'preact/hooks'
import { get } from '../../api/client'
import type { ModelRow, Models } from '../../api/models'
import { useResource } from '../../api/resource'
import { Field, Select } from '../../design/controls'
import { Empty, Loading, ProblemBox } from '../../design/notice'
import { Split, Table, useListKeys, type Column } from '../../design/table'
import { number, percent } from '../../format/number'
import { useKeys } from '../../keys'
import { named } from '../../messages/catalogue'
import { models as messages } from '../../messages/models'
import { go, href, param, path } from '../../router'
import { FILTERS, grouped, matches, passes, type Filter, type Group } from './choose'
import { ModelPanel } from './panel'
import './models.css'

const filter = param('f', 'all')
const sector = param('sector')
const typed = param('q')

export default function ModelsScreen() {
  const m = messages.value
  const resource = useResource('models', (signal) => get<Models>('/api/v1/models', {}, signal))
  const all = resource.data?.items ?? []
  const chosen = FILTERS.find((name) => name === filter.value) ?? 'all'
  const groups = grouped(
    all.filter((row) => passes(row, chosen) && (!sector.value || row.sector === sector.value) && matches(typed.value, row.vi, row.en, row.type)),
    resource.data?.sectors ?? {},
  )
  const keys = groups.flatMap((group) => group.rows.map((row) => row.type))
  const openType = path.value[1] ?? null
  const [cursor, setCursor] = useState<string | null>(null)
  const open = (type: string) => go(address(type), kept(), { replace: openType !== null })
  useListKeys(keys, openType ?? cursor, (type) => (openType ? open(type) : setCursor(type)), m)
  useKeys([{ press: 'Enter', shown: 'Enter', label: () => messages.value.open, run: () => cursor && open(cursor) }])
  const known = all.find((row) => row.type === openType)
  return (
    <Split
      panelLabel={known ? named(known.vi, known.en) : m.title}
      onClose={() => {
        setCursor(openType)
        go('/models', kept())
      }}
      panel={openType && <ModelPanel key={openType} type={openType} onChange={resource.reload} />}
      list={
        <div class="page">
          <header class="page-head">
            <div>
              <h1>{m.title}</h1>
              <p>{m.question}</p>
            </div>
            {resource.data && <Summary models={resource.data} />}
          </header>
          <Filters models={resource.data} chosen={chosen} />
          {resource.problem && <ProblemBox problem={resource.problem} onRetry={resource.reload} />}
          {resource.data
            ? groups.map((group) => <Sector key={group.sector} group={group} selected={openType ?? cursor} onOpen={open} />)
            : resource.loading && <Loading />}
          {resource.data && groups.length === 0 && <Empty title={m.emptyFilter} text={m.emptyFilterText} />}
          {resource.data && resource.data.unmodelled.length > 0 && chosen !== 'faulty' && <Unmodelled models={resource.data} />}
        </div>
      }
    />
  )
}

function address(type: string): string {
  return `/models/${encodeURIComponent(type)}`
}

/** The address parts that stay while one moves from model to model. */
function kept() {
  return { f: filter.peek() === 'all' ? null : filter.peek(), sector: sector.peek(), q: typed.peek(), tab: param('tab').peek() }
}

function Summary({ models }: { models: Models }) {
  const m = messages.value.summary
  const looked = models.looked_at + models.passed_by
  return (
    <p class="model-summary" role="status">
      <span>{m.models(number(models.items.length))}</span>
      <span>{m.used(number(models.items.filter((row) => passes(row, 'used')).length))}</span>
      <span>{m.faulty(number(models.items.filter((row) => passes(row, 'faulty')).length))}</span>
      {models.passed_by > 0 && <span>{m.sampled(percent(models.looked_at / looked))}</span>}
    </p>
  )
}

function Filters({ models, chosen }: { models: Models | undefined; chosen: Filter }) {
  const m = messages.value
  const names = grouped(models?.items ?? [], models?.sectors ?? {})
  return (
    <div class="list-filters">
      <nav class="segments" aria-label={m.filters}>
        {FILTERS.map((name) => (
          <a key={name} class="segment" href={href('', { f: name === 'all' ? null : name })} aria-current={chosen === name ? 'true' : undefined}>
            {m.filter[name]} <span class="num">{(models?.items ?? []).filter((row) => passes(row, name)).length}</span>
          </a>
        ))}
      </nav>
      <Select
        label={m.sector}
        value={sector.value}
        options={[{ value: '', label: m.everySector }, ...names.map((group) => ({ value: group.sector, label: group.name }))]}
        onChange={(value) => go('', { sector: value }, { replace: true })}
      />
      <Field label={m.search} type="search" value={typed.value} onInput={(value) => go('', { q: value }, { replace: true })} />
    </div>
  )
}

interface SectorProps {
  group: Group
  selected: string | null
  onOpen: (type: string) => void
}

function Sector({ group, selected, onOpen }: SectorProps) {
  const m = messages.value
  return (
    <section class="model-sector">
      <h2>
        {group.name} <span class="muted num">{group.rows.length}</span>
      </h2>
      <Table
        label={m.list(group.name)}
        columns={columns()}
        rows={group.rows}
        rowKey={(row) => row.type}
        selected={selected}
        onOpen={(row) => onOpen(row.type)}
      />
    </section>
  )
}

function columns(): Column<ModelRow>[] {
  const m = messages.value
  return [
    { key: 'type', head: m.column.type, cell: (row) => <TypeName row={row} />, title: true },
    {
      key: 'attributes',
      head: m.column.attributes,
      numeric: true,
      wide: true,
      cell: (row) => <span class="num">{number(row.attributes)}</span>,
    },
    { key: 'entities', head: m.column.entities, numeric: true, cell: (row) => <span class="num">{number(row.entities)}</span> },
    { key: 'faulty', head: m.column.faulty, numeric: true, cell: (row) => <Faulty row={row} /> },
    { key: 'mode', head: m.column.mode, cell: (row) => <span class={row.mode === 'reject' ? 'strong' : ''}>{m.mode[row.mode]}</span> },
  ]
}

function TypeName({ row }: { row: ModelRow }) {
  return (
    <span class="two-lines">
      <a class="strong" href={href(address(row.type), kept())}>
        {named(row.vi, row.en)}
      </a>
      <span class="muted small">
        <span class="mono">{row.type}</span>
        {row.own && ` · ${messages.value.own}`}
      </span>
    </span>
  )
}

/** A share always names its denominator. */
function Faulty({ row }: { row: ModelRow }) {
  const m = messages.value
  if (row.checked === 0) return <span class="muted">{m.notLooked}</span>
  return <span class={row.faulty > 0 ? 'num strong' : 'num muted'}>{m.faultyOf(number(row.faulty), number(row.checked))}</span>
}

function Unmodelled({ models }: { models: Models }) {
  const m = messages.value.unmodelled
  return (
    <section class="model-sector">
      <h2>{m.title}</h2>
      <p class="muted">{m.text}</p>
      <ul class="model-others">
        {models.unmodelled.map((one) => (
          <li key={one.type}>
            <span class="mono">{one.type}</span> <span class="muted small num">{m.entities(number(one.entities))}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
