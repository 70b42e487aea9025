// Rules of alerts: what makes an operator act, how each runs, and what it would have come to.
import { useState } from 'preact/hooks'
import { get, send } from '../../api/client'
import { asProblem } from '../../api/problem'
import { useResource } from '../../api/resource'
import type { RuleMode, RuleRow, Rules } from '../../api/rules'
import { sectorName } from '../../api/sectors'
import { may } from '../../api/session'
import { Button, Field, Select, Tabs } from '../../design/controls'
import { Priority } from '../../design/mark'
import { Empty, Loading, ProblemBox, toast } from '../../design/notice'
import { Split, Table, useListKeys, type Column } from '../../design/table'
import { fold } from '../../format/fold'
import { number } from '../../format/number'
import { duration, time } from '../../format/time'
import { useKeys } from '../../keys'
import { named } from '../../messages/catalogue'
import { rules as messages } from '../../messages/rules'
import { go, href, param, path } from '../../router'
import { MaintenancePart } from './maintenance'
import { RulePanel } from './panel'
import { QualityPart } from './quality'
import './rules.css'

const FILTERS = ['all', 'on', 'trial', 'off'] as const
const filter = param('f', 'all')
const sector = param('sector')
const typed = param('q')

const VIEWS = ['rules', 'quality', 'maintenance'] as const
const view = param('view', 'rules')

export default function RulesScreen() {
  const m = messages.value
  if (view.value === 'rules' || path.value[1]) return <RuleList />
  return (
    <div class="page">
      <header class="page-head">
        <div>
          <h1>{m.title}</h1>
          <p>{m.question}</p>
        </div>
      </header>
      <Views />
      {view.value === 'quality' ? <QualityPart /> : <MaintenancePart />}
    </div>
  )
}

function Views() {
  const m = messages.value.views
  const tabs = VIEWS.map((id) => ({ id, label: m[id], href: href('/rules', { view: id === 'rules' ? null : id }) }))
  return <Tabs label={m.label} tabs={tabs} current={view.value} />
}

function RuleList() {
  const m = messages.value
  const resource = useResource('rules', (signal) => get<Rules>('/api/v1/alert-rules', {}, signal))
  const all = resource.data?.items ?? []
  const rows = all.filter(fits)
  const sectors = [...new Set(rows.map((row) => row.sector))].sort()
  const ordered = sectors.flatMap((name) => rows.filter((row) => row.sector === name))
  const openRule = path.value[1] ?? null
  const [cursor, setCursor] = useState<string | null>(null)
  const open = (rule: string) => go(`/rules/${rule}`, kept(), { replace: openRule !== null })
  useListKeys(ordered.map((row) => row.rule), openRule ?? cursor, (rule) => (openRule ? open(rule) : setCursor(rule)), m)
  useKeys([{ press: 'Enter', shown: 'Enter', label: () => messages.value.open, run: () => cursor && open(cursor) }])
  const known = all.find((row) => row.rule === openRule)
  return (
    <Split
      panelLabel={known ? named(known.title_vi, known.title_en) : m.title}
      onClose={() => {
        setCursor(openRule)
        go('/rules', { ...kept(), tab: null })
      }}
      panel={openRule && <RulePanel key={openRule} name={openRule} onChange={resource.reload} />}
      list={
        <div class="page">
          <header class="page-head">
            <div>
              <h1>{m.title}</h1>
              <p>{m.question}</p>
            </div>
            <div class="page-tools">
              {resource.data && <Summary rules={resource.data} />}
              {may('alert.rule') && <Reload onDone={resource.reload} />}
            </div>
          </header>
          <Views />
          {resource.data && <Faults rules={resource.data} />}
          <Filters all={all} />
          {resource.problem && <ProblemBox problem={resource.problem} onRetry={resource.reload} />}
          {!resource.data && resource.loading && <Loading />}
          {sectors.map((name) => (
            <section key={name} class="rule-sector">
              <h2>
                {sectorName(name)} <span class="muted num">{rows.filter((row) => row.sector === name).length}</span>
              </h2>
              <Table
                label={m.list(sectorName(name))}
                columns={columns()}
                rows={rows.filter((row) => row.sector === name)}
                rowKey={(row) => row.rule}
                selected={openRule ?? cursor}
                onOpen={(row) => open(row.rule)}
              />
            </section>
          ))}
          {resource.data && rows.length === 0 && <Empty title={m.empty} text={m.emptyText} />}
        </div>
      }
    />
  )
}

function fits(row: RuleRow): boolean {
  if (filter.value !== 'all' && row.mode !== filter.value) return false
  if (sector.value && row.sector !== sector.value) return false
  const sought = fold(typed.value)
  return [row.title_vi, row.title_en, row.rule, row.type].some((text) => fold(text).includes(sought))
}

function kept() {
  return { f: filter.peek() === 'all' ? null : filter.peek(), sector: sector.peek(), q: typed.peek(), tab: param('tab').peek() }
}

function Summary({ rules }: { rules: Rules }) {
  const m = messages.value
  const on = rules.items.filter((row) => row.mode === 'on').length
  return (
    <p role="status" class="muted">
      {m.count(number(rules.items.length), number(on))}
      {rules.checked_until && ` · ${m.checked(time(rules.checked_until))}`}
    </p>
  )
}

function Reload({ onDone }: { onDone: () => void }) {
  const m = messages.value
  const [busy, setBusy] = useState(false)
  const reload = async () => {
    setBusy(true)
    try {
      const answer = await send<{ rules: number }>('POST', '/api/v1/alert-rules/reload', {})
      toast(m.reloaded(number(answer.rules)))
      onDone()
    } catch (error) {
      toast(asProblem(error).title)
    }
    setBusy(false)
  }
  return (
    <Button icon="refresh" busy={busy} onClick={() => void reload()}>
      {m.reload}
    </Button>
  )
}

/** What is wrong with packs stands above the list: nobody looks for a rule that was never taken. */
function Faults({ rules }: { rules: Rules }) {
  const m = messages.value
  if (rules.faults.length === 0 && rules.units_refused.length === 0) return null
  return (
    <section class="rule-faults" role="status">
      {rules.faults.length > 0 && <p class="strong">{m.faults}</p>}
      <ul>
        {rules.faults.map((one) => (
          <li key={`${one.field} ${one.vi}`}>
            <span class="mono">{one.field}</span> {named(one.vi, one.en)}
          </li>
        ))}
        {rules.units_refused.map((one) => (
          <li key={`${one.type} ${one.attr} ${one.unit}`}>
            {m.units}: <span class="mono">{`${one.type}.${one.attr} (${one.unit})`}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Filters({ all }: { all: readonly RuleRow[] }) {
  const m = messages.value
  const sectors = [...new Set(all.map((row) => row.sector))].sort()
  return (
    <div class="list-filters">
      <nav class="segments" aria-label={m.filters}>
        {FILTERS.map((name) => (
          <a key={name} class="segment" href={href('', { f: name === 'all' ? null : name })} aria-current={filter.value === name ? 'true' : undefined}>
            {m.filter[name]} <span class="num">{all.filter((row) => name === 'all' || row.mode === name).length}</span>
          </a>
        ))}
      </nav>
      <Select
        label={m.sector}
        value={sector.value}
        options={[{ value: '', label: m.everySector }, ...sectors.map((name) => ({ value: name, label: sectorName(name) }))]}
        onChange={(value) => go('', { sector: value }, { replace: true })}
      />
      <Field label={m.search} type="search" value={typed.value} onInput={(value) => go('', { q: value }, { replace: true })} />
    </div>
  )
}

function columns(): Column<RuleRow>[] {
  const m = messages.value
  return [
    {
      key: 'rule',
      head: m.column.rule,
      title: true,
      cell: (row) => (
        <span class="rule-name">
          <Priority level={row.priority} filled={row.mode === 'on'} label={m.priority[row.priority] ?? ''} />
          <span class="two-lines">
            <a class="strong" href={href(`/rules/${row.rule}`, kept())}>
              {named(row.title_vi, row.title_en)}
            </a>
            <span class="muted small mono">{row.rule}</span>
          </span>
        </span>
      ),
    },
    { key: 'type', head: m.column.type, wide: true, cell: (row) => <span class="mono small rule-type">{row.type}</span> },
    { key: 'respond', head: m.column.respond, cell: (row) => duration(row.respond_within_s) },
    {
      key: 'overrides',
      head: m.column.overrides,
      numeric: true,
      wide: true,
      cell: (row) => <span class={row.overrides ? 'num' : 'num muted'}>{number(row.overrides)}</span>,
    },
    { key: 'mode', head: m.column.mode, cell: (row) => <ModeWord mode={row.mode} /> },
  ]
}

function ModeWord({ mode }: { mode: RuleMode }) {
  return <span class={mode === 'on' ? '' : 'strong'}>{messages.value.mode[mode]}</span>
}
