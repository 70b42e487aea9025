// What a sheet would change in the register, row by row; where both disagree a person takes the sheet's side or leaves it.
import { useState } from 'preact/hooks'
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import { Button } from '../../design/controls'
import { Mark } from '../../design/mark'
import { Empty, Loading, ProblemBox } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { dong } from '../../format/money'
import { number } from '../../format/number'
import { date } from '../../format/time'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { programme as messages } from '../../messages/programme'
import { href, param } from '../../router'
import { DIFF_KINDS, type DiffKind, type DiffRow, type Import, type Phase, type PlanKind, type TakenRows } from './types'

const kind = param('kind')

interface Props {
  found: Import
  where: string
  taken: TakenRows
  onTaken: (taken: TakenRows) => void
}

export function Difference({ found, where, taken, onTaken }: Props) {
  const m = messages.value.diff
  const { counts, missing, hash } = found.diff
  const chosen = DIFF_KINDS.find((each) => each === kind.value)
  // The first page of all rows came with the sheet itself.
  const narrowed = useResource(chosen ? `${hash} ${chosen}` : null, (signal) => get<Import>(where, { kind: chosen }, signal))
  const first = chosen ? narrowed.data?.diff : found.diff
  const total = DIFF_KINDS.reduce((sum, each) => sum + counts[each], 0)
  const choose: Choose = (row, project) => {
    const next = new Map(taken)
    if (project === undefined) next.delete(row)
    else next.set(row, project)
    onTaken(next)
  }
  return (
    <section class="block-section" aria-label={m.title}>
      <h2>{m.title}</h2>
      {counts.conflict > 0 && found.state === 'compared' && <Conflicts count={counts.conflict} taken={taken.size} />}
      <nav class="segments" aria-label={m.filter}>
        {(['', ...DIFF_KINDS] as const).map((each) => (
          <a key={each} class="segment" href={href('', { kind: each })} aria-current={(chosen ?? '') === each ? 'true' : undefined}>
            {each === '' ? m.all : m.kinds[each]} <span class="num">{number(each === '' ? total : counts[each])}</span>
          </a>
        ))}
      </nav>
      {narrowed.problem && <ProblemBox problem={narrowed.problem} onRetry={narrowed.reload} />}
      {first ? (
        <Rows key={`${hash} ${chosen}`} first={first} where={where} chosen={chosen} taken={taken} choose={found.state === 'compared' ? choose : null} />
      ) : (
        <Loading />
      )}
      {missing.length > 0 && (
        <details class="fold">
          <summary>{m.missing(missing.length)}</summary>
          <ul class="plain-list">
            {missing.map((each) => (
              <li key={each.id}>
                <a href={href(`/programme/projects/${each.id}`)}>{each.name}</a>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  )
}

interface RowsProps {
  first: Import['diff']
  where: string
  chosen: DiffKind | undefined
  taken: TakenRows
  /** null: it is decided, nothing can be chosen any more. */
  choose: Choose | null
}

/** Take a row as a project, as it stands or as a new one (null), or leave it (undefined). */
type Choose = (row: number, project: number | null | undefined) => void

function Rows({ first, where, chosen, taken, choose }: RowsProps) {
  const m = messages.value.diff
  const [more, setMore] = useState<{ rows: DiffRow[]; next: string | null } | null>(null)
  const rows = [...first.rows, ...(more?.rows ?? [])]
  const next = more ? more.next : first.next
  const load = async () => {
    const page = await get<Import>(where, { kind: chosen, cursor: next })
    setMore({ rows: [...(more?.rows ?? []), ...page.diff.rows], next: page.diff.next })
  }
  return (
    <>
      <Table
        label={m.title}
        columns={columns(taken, choose)}
        rows={rows}
        rowKey={(row) => `${row.what} ${row.row}`}
        empty={<Empty title={m.empty} />}
      />
      {next && <Button onClick={() => void load()}>{common.value.more}</Button>}
    </>
  )
}

function columns(taken: TakenRows, choose: RowsProps['choose']): Column<DiffRow>[] {
  const m = messages.value.diff
  return [
    { key: 'row', head: m.row, numeric: true, cell: (row) => <span class="num muted">{row.row}</span> },
    {
      key: 'name',
      head: m.name,
      title: true,
      cell: (row) => (
        <span class="two-lines">
          <span>
            {row.number && <span class="num muted">{row.number} </span>}
            {row.name || common.value.none}
          </span>
          <span class="muted small">
            {m.what[row.what]}
            {row.owner && ` · ${row.owner}`}
          </span>
        </span>
      ),
    },
    {
      key: 'kind',
      head: m.kind,
      cell: (row) => (
        <span class="ask">
          {row.kind === 'refused' && <Mark shape="square" sign="!" tone="p2" />}
          {row.kind === 'conflict' && <Mark shape="triangle" sign="?" tone="p2" />}
          <span class={row.kind === 'unchanged' ? 'muted' : ''}>{m.kinds[row.kind]}</span>
        </span>
      ),
    },
    { key: 'change', head: m.change, cell: (row) => <Change row={row} taken={taken} choose={choose} /> },
  ]
}

function Change({ row, taken, choose }: { row: DiffRow; taken: TakenRows; choose: RowsProps['choose'] }) {
  const m = messages.value.diff
  const fields = Object.keys(row.after).filter((name) => !(row.kind === 'added' && (name === 'name' || name === 'owner_name')))
  return (
    <span class="change">
      {fields.map((name) => (
        <span key={name} class="change-line">
          <span class="muted small">{fieldName(name)}</span>{' '}
          {row.kind !== 'added' && row.candidates.length === 0 && <span class="num">{said(name, row.before[name])} → </span>}
          <span class="num">{said(name, row.after[name])}</span>
        </span>
      ))}
      {row.reasons.map((why) => (
        <span key={why.cell + why.code} class="change-line">
          <span class="mono">{why.cell}</span> {named(why.vi, why.en)}
          {why.value && <span class="mono muted"> “{why.value}”</span>}
        </span>
      ))}
      {row.kind === 'conflict' && choose && row.candidates.length > 0 && <Which row={row} taken={taken} choose={choose} />}
      {row.kind === 'conflict' && choose && row.candidates.length === 0 && row.id !== null && (
        <label class="take">
          <input type="checkbox" checked={taken.has(row.row)} onChange={() => choose(row.row, taken.has(row.row) ? undefined : null)} /> {m.take}
        </label>
      )}
      {fields.length === 0 && row.reasons.length === 0 && <span class="muted">{common.value.none}</span>}
    </span>
  )
}

/** A name that stands for several projects: a person says which one it is, that it is a new one, or leaves the row. */
function Which({ row, taken, choose }: { row: DiffRow; taken: TakenRows; choose: Choose }) {
  const m = messages.value.diff
  const now = taken.get(row.row)
  const options = [
    { key: 'leave', project: undefined, words: m.leave, note: '' },
    ...row.candidates.map((each) => ({ key: String(each.id), project: each.id, words: each.name, note: [each.public_id, each.owner, each.place].filter(Boolean).join(' · ') })),
    { key: 'new', project: null, words: m.asNew, note: '' },
  ]
  return (
    <fieldset class="which">
      <legend class="muted small">{m.which(row.candidates.length)}</legend>
      {options.map((each) => (
        <label key={each.key} class="take">
          <input type="radio" name={`row-${row.row}`} checked={now === each.project} onChange={() => choose(row.row, each.project)} />
          <span class="two-lines">
            <span>{each.words}</span>
            {each.note && <span class="muted small">{each.note}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  )
}

/** How many rows are in conflict, how many of them are taken, and what stays as it is. */
function Conflicts({ count, taken }: { count: number; taken: number }) {
  const m = messages.value.diff
  return (
    <p class="totals-note">
      <Mark shape="triangle" sign="?" tone="p2" />
      <span>
        {m.conflicts(count, taken)} <a href={href('', { kind: 'conflict' })}>{m.seeConflicts}</a>
      </span>
    </p>
  )
}

/** `plan:annual:all:2020` is `Kế hoạch năm 2020`. */
export function fieldName(name: string): string {
  const m = messages.value
  const [plan, planKind, source, years] = name.split(':')
  if (plan === 'plan' && planKind && years) {
    const words = m.planKinds[planKind as PlanKind] ?? planKind
    return `${words} ${years}${source && source !== 'all' ? ` · ${source}` : ''}`
  }
  return m.diff.fields[name as keyof typeof m.diff.fields] ?? name
}

/** A value of the difference as people read it. */
export function said(name: string, value: unknown): string {
  const m = messages.value
  if (value === null || value === undefined || value === '') return m.diff.nothingBefore
  if (typeof value === 'number') return dong(value)
  if (name === 'project_phase') return m.phases[value as Phase] ?? String(value)
  return name.endsWith('_on') ? date(String(value)) : String(value)
}
