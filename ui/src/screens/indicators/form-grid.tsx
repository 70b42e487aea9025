// The figures of a form in a grid: one line for each indicator and place, the period before beside it.
import { Table, type Column } from '../../design/table'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { indicators as messages } from '../../messages/indicators'
import { shown } from './figure'
import { keyOf, standing, type Draft, type Drafts } from './form-drafts'
import type { Line, OpenedForm } from './types'

export type { Drafts } from './form-drafts'

interface Props {
  of: OpenedForm
  drafts: Drafts
  faults: ReadonlySet<string>
  onDraft: (drafts: Drafts) => void
}

export function Grid({ of, drafts, faults, onDraft }: Props) {
  const m = messages.value.form
  const set = (line: Line, change: Partial<Draft>) =>
    onDraft({ ...drafts, [keyOf(line)]: { ...(drafts[keyOf(line)] ?? standing(line)), ...change } })
  const columns: Column<Line>[] = [
    {
      key: 'indicator',
      head: m.indicator,
      title: true,
      cell: (line) => (
        <span class="two-lines">
          <span>
            {named(line.indicator.vi, line.indicator.en)} <span class="muted small">({line.indicator.unit})</span>
          </span>
          <span class="muted small">{line.place.name}</span>
        </span>
      ),
    },
    { key: 'before', head: m.before, numeric: true, cell: (line) => <span class="num muted">{shown(line.before, line.indicator.decimals)}</span> },
    {
      key: 'value',
      head: m.value,
      numeric: true,
      cell: (line) => (of.may_enter ? <Typed line={line} draft={drafts[keyOf(line)]} isFaulty={faults.has(keyOf(line))} onDraft={set} /> : <Stands line={line} />),
    },
    ...(of.may_enter ? [{ key: 'why', head: m.why, cell: (line: Line) => <Why line={line} draft={drafts[keyOf(line)]} onDraft={set} /> }] : []),
    {
      key: 'source',
      head: m.source,
      wide: true,
      cell: (line) => <span class="muted small">{line.now ? named(line.now.source_vi, line.now.source_en) : common.value.none}</span>,
    },
  ]
  return <Table label={named(of.form_vi, of.form_en)} columns={columns} rows={of.lines} rowKey={keyOf} />
}

function Stands({ line }: { line: Line }) {
  return (
    <span class="num strong">
      {shown(line.now, line.indicator.decimals)}
      {line.now?.flags.includes('estimate') && <span class="muted small"> {messages.value.form.estimate}</span>}
    </span>
  )
}

interface CellProps {
  line: Line
  draft: Draft | undefined
  onDraft: (line: Line, change: Partial<Draft>) => void
}

function Typed({ line, draft, isFaulty, onDraft }: CellProps & { isFaulty: boolean }) {
  const m = messages.value.form
  const { value, missing, isEstimate } = draft ?? standing(line)
  const name = `${named(line.indicator.vi, line.indicator.en)}, ${line.place.name}`
  return (
    <span class="figure-typed">
      <input
        class="num"
        inputMode="decimal"
        autocomplete="off"
        aria-label={name}
        aria-invalid={isFaulty || undefined}
        disabled={missing !== ''}
        value={draft ? value : value && shown(line.now, line.indicator.decimals)}
        onInput={(event) => onDraft(line, { value: event.currentTarget.value })}
      />
      <label class="small">
        <input
          type="checkbox"
          checked={isEstimate}
          disabled={missing !== ''}
          onChange={(event) => onDraft(line, { isEstimate: event.currentTarget.checked, ...(draft ? {} : { value }) })}
        />{' '}
        {m.estimate}
      </label>
      {isFaulty && <span class="field-fault">{m.notNumber}</span>}
    </span>
  )
}

function Why({ line, draft, onDraft }: CellProps) {
  const m = messages.value
  const { missing } = draft ?? standing(line)
  return (
    <select
      value={missing}
      aria-label={`${m.form.why}: ${named(line.indicator.vi, line.indicator.en)}, ${line.place.name}`}
      onChange={(event) => onDraft(line, { missing: event.currentTarget.value })}
    >
      <option value="">{m.form.whyNone}</option>
      {Object.entries(m.missing).map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  )
}
