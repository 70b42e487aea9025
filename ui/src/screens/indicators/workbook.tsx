// What a filled workbook would change, cell by cell, before a person lets it be written.
import { useState } from 'preact/hooks'
import { newKey, send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { Button } from '../../design/controls'
import { Chip } from '../../design/mark'
import { ProblemBox } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { number } from '../../format/number'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { indicators as messages } from '../../messages/indicators'
import type { Compared, OpenedForm } from './types'

type Row = Compared['rows'][number]
const KINDS = ['changed', 'conflict', 'refused', 'unchanged', 'absent'] as const

interface Props {
  of: OpenedForm
  name: string
  diff: Compared
  onDone: (count: number) => void
  onDrop: () => void
}

export function Workbook({ of, name, diff, onDone, onDrop }: Props) {
  const m = messages.value.form
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const changed = diff.rows.filter(({ kind }) => kind === 'changed')
  const isOther = diff.submission !== of.id
  const apply = async (andSubmit: boolean) => {
    setBusy(true)
    setProblem(null)
    const rows = changed.map(({ key, revision, after, missing, is_estimate }) => ({
      key,
      revision,
      ...(after === null ? {} : { value: after }),
      ...(missing === null ? {} : { missing }),
      ...(is_estimate ? { is_estimate } : {}),
    }))
    try {
      await send('POST', `/api/v1/indicators/submissions/${of.id}/workbook`, { sha256: diff.sha256, rows, ...(andSubmit ? { submit_version: of.version } : {}) }, { key: newKey() })
      onDone(rows.length)
    } catch (error) {
      setProblem(asProblem(error))
      setBusy(false)
    }
  }
  return (
    <section class="inset" aria-label={m.compared(name)}>
      <h2>{m.compared(name)}</h2>
      <p class="index-facts muted small num">
        {KINDS.filter((kind) => (diff.counts[kind] ?? 0) > 0).map((kind) => (
          <span key={kind}>
            {m.counts[kind]}: {number(diff.counts[kind] ?? 0)}
          </span>
        ))}
      </p>
      {isOther && <p class="field-fault">{m.otherForm}</p>}
      {problem && <ProblemBox problem={problem} />}
      <div class="form-foot">
        {!isOther && changed.length > 0 && (
          <Button kind="primary" busy={busy} onClick={() => void apply(false)}>
            {m.apply(changed.length)}
          </Button>
        )}
        {!isOther && of.may.includes('submit') && (diff.counts['refused'] ?? 0) === 0 && (diff.counts['conflict'] ?? 0) === 0 && (
          <Button busy={busy} onClick={() => void apply(true)}>
            {m.applySubmit}
          </Button>
        )}
        <Button onClick={onDrop}>{m.drop}</Button>
      </div>
      <Table label={m.compared(name)} columns={columns()} rows={diff.rows.filter(({ kind }) => kind !== 'unchanged')} rowKey={(row) => row.cell} />
    </section>
  )
}

function columns(): Column<Row>[] {
  const m = messages.value
  const said = (value: string | null, missing: string | null = null) =>
    value !== null ? number(Number(value)) : missing ? (m.missing[missing] ?? missing) : common.value.none
  return [
    { key: 'cell', head: m.form.cell, cell: (row) => <span class="mono">{row.cell}</span> },
    {
      key: 'name',
      head: m.form.indicator,
      title: true,
      cell: (row) => (
        <span class="two-lines">
          <span>{row.name || row.key}</span>
          {row.faults.map((fault) => (
            <span key={fault.cell + fault.vi} class="field-fault">
              {fault.cell}: {named(fault.vi, fault.en)} {fault.value && <span class="mono">{fault.value}</span>}
            </span>
          ))}
        </span>
      ),
    },
    { key: 'before', head: m.form.before, numeric: true, cell: (row) => <span class="num muted">{said(row.before)}</span> },
    { key: 'after', head: m.form.value, numeric: true, cell: (row) => <span class="num strong">{said(row.after, row.missing)}</span> },
    { key: 'kind', head: m.owed.state, cell: (row) => <Chip tone={row.kind === 'changed' ? 'plain' : 'hatched'}>{m.form.counts[row.kind]}</Chip> },
  ]
}
