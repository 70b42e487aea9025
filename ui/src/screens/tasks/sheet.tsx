// A filled workbook comes back: first what it would change, then, row by row approved, the change itself.
import { useState } from 'preact/hooks'
import { send, upload } from '../../api/client'
import { asProblem, Problem, type ProblemDocument } from '../../api/problem'
import { Button } from '../../design/controls'
import { Chip } from '../../design/mark'
import { ProblemBox, toast } from '../../design/notice'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { tasks as messages } from '../../messages/tasks'
import { href } from '../../router'
import type { SheetLine } from '../../tasks/types'

interface Diff {
  sha256: string
  counts: Record<SheetLine['kind'], number>
  rows: SheetLine[]
}

interface Applied {
  items: { id: number; version?: number; problem?: ProblemDocument }[]
}

export function Sheet({ onApplied }: { onApplied: () => void }) {
  const m = messages.value.sheet
  const [diff, setDiff] = useState<Diff | null>(null)
  const [taken, setTaken] = useState<ReadonlySet<number>>(new Set())
  const [busy, setBusy] = useState(false)
  const [problems, setProblems] = useState<readonly Problem[]>([])

  const attempt = async (work: () => Promise<void>) => {
    setBusy(true)
    setProblems([])
    try {
      await work()
    } catch (error) {
      setProblems([asProblem(error)])
    }
    setBusy(false)
  }
  const compare = (file: File) =>
    attempt(async () => {
      const found = await upload<Diff>('/api/v1/tasks/import/compare', file)
      setDiff(found)
      setTaken(new Set(found.rows.filter((row) => row.kind === 'changed').map((row) => row.row)))
    })
  const chosen = diff?.rows.filter((row) => taken.has(row.row) && row.id !== null) ?? []
  const apply = () =>
    attempt(async () => {
      const rows = chosen.map(({ id, version, after }) => ({ id, version, percent: after.percent ?? null, text: after.text ?? '' }))
      const answer = await send<Applied>('POST', '/api/v1/tasks/import', { sha256: diff?.sha256, rows })
      const refused = answer.items.flatMap((each) => (each.problem ? [new Problem(each.problem)] : []))
      toast(m.applied(answer.items.length - refused.length))
      setProblems(refused)
      setDiff(null)
      onApplied()
    })
  const toggle = (row: number) => {
    const next = new Set(taken)
    if (!next.delete(row)) next.add(row)
    setTaken(next)
  }
  return (
    <>
      <h2>{m.title}</h2>
      <p class="muted">{m.text}</p>
      <label class="field task-file">
        <span class="strong">{m.choose}</span>
        <input
          type="file"
          accept=".xlsx"
          disabled={busy}
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? []
            event.currentTarget.value = ''
            if (file) void compare(file)
          }}
        />
      </label>
      {problems.map((problem, index) => (
        <ProblemBox key={index} problem={problem} />
      ))}
      {diff && (
        <>
          <p role="status">{m.counts(diff.counts.changed, diff.counts.conflict, diff.counts.refused, diff.counts.unchanged)}</p>
          <ol class="task-list">
            {diff.rows
              .filter((row) => row.kind !== 'unchanged')
              .map((row) => (
                <DiffRow key={row.row} row={row} taken={taken.has(row.row)} onToggle={() => toggle(row.row)} />
              ))}
          </ol>
          <div class="form-foot">
            <Button kind="primary" busy={busy} disabled={chosen.length === 0} onClick={() => void apply()}>
              {m.apply(chosen.length)}
            </Button>
          </div>
        </>
      )}
    </>
  )
}

function DiffRow({ row, taken, onToggle }: { row: SheetLine; taken: boolean; onToggle: () => void }) {
  const m = messages.value.sheet
  const said = (side: SheetLine['before']) =>
    [side.percent == null ? null : messages.value.percent(side.percent), side.text].filter(Boolean).join(' · ') || common.value.none
  return (
    <li class={`sheet-${row.kind}`}>
      <p>
        <span class="num muted">{m.row(row.row)}</span> <Chip>{m.kind[row.kind]}</Chip>{' '}
        {row.id !== null && <a href={href(`/tasks/${row.id}`)}>{row.title}</a>}
      </p>
      {row.kind === 'refused' ? (
        <ul>
          {row.faults.map((fault, index) => (
            <li key={index}>
              <span class="mono">{fault.cell}</span> {named(fault.vi, fault.en)} {fault.value && <q>{fault.value}</q>}
            </li>
          ))}
        </ul>
      ) : (
        <>
          {row.kind === 'conflict' && <p class="strong small">{m.conflictText}</p>}
          <dl class="facts">
            <dt>{m.system}</dt>
            <dd>{said(row.before)}</dd>
            <dt>{m.file}</dt>
            <dd>{said(row.after)}</dd>
          </dl>
          <label class="check">
            <input type="checkbox" checked={taken} onChange={onToggle} />
            {m.take}
          </label>
        </>
      )}
    </li>
  )
}
