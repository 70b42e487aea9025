// The records of one kind: their list, and the form that adds one or amends one. The address says which form is open.
import type { ComponentChildren } from 'preact'
import { useMemo } from 'preact/hooks'
import { get, send } from '../../api/client'
import { useResource, type Resource } from '../../api/resource'
import { Button } from '../../design/controls'
import { Loading, ProblemBox } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { project as messages } from '../../messages/project'
import { go, param } from '../../router'
import { useTold } from './parts'
import { said, type Described, type Draft, type Facts, type FieldSpec, type KindSpec } from './project-fields'
import { EntryForm, type Row } from './project-form'
import { useLimit } from './project-limit'
import { forgetRecords, useNames, type Where } from './project-names'

/** The form that is open: a kind, or a kind and the number of a row: `milestone:7`. */
export const form = param('form')

export function openForm(word: string | null): void {
  go('', { form: word }, { replace: true })
}

export function useDescribed(): Resource<Described> {
  return useResource('fields', (signal) => get<Described>('/api/v1/programme/fields', {}, signal))
}

export function useRecords<T extends Row>(where: Where, kind: string): Resource<{ items: T[] }> {
  const asked = `${where}/records/${kind}`
  const resource = useResource(asked, (signal) => get<{ items: T[] }>(asked, {}, signal))
  useTold(resource.reload)
  return resource
}

/** What a section needs to know of the project around it. */
export interface Around {
  where: Where
  described: Described
  mayEdit: boolean
}

interface Props<T extends Row> {
  around: Around
  kind: string
  title?: string
  /** Absent: columns are made from the described fields. */
  columns?: readonly Column<T>[]
  resource?: Resource<{ items: T[] }>
  /** Rows that are shown, in their order; absent: all as they came. */
  pick?: (rows: readonly T[]) => readonly T[]
  empty?: ComponentChildren
  begin?: Facts
  addLabel?: string
  children?: (rows: readonly T[]) => ComponentChildren
  hideTable?: boolean
}

export function specOf(described: Described, kind: string): KindSpec | undefined {
  return described.records.find((each) => each.kind === kind)
}

export function Records<T extends Row>(props: Props<T>) {
  const { around, kind, columns, pick, empty } = props
  const own = useRecords<T>(around.where, kind)
  const resource = props.resource ?? own
  const spec = specOf(around.described, kind)
  const m = messages.value.form
  const rows = resource.data ? (pick?.(resource.data.items) ?? resource.data.items) : []
  const limited = useLimit(rows)
  const shown = useMemo(() => columns ?? (spec ? plainColumns<T>(spec) : []), [columns, spec])
  if (!spec) return null
  const title = props.title ?? named(spec.vi, spec.en)
  const edit: Column<T> = { key: 'edit', head: '', headCell: <span class="hidden-text">{m.edit}</span>, cell: (row) => <EditButton kind={kind} row={row} title={title} /> }
  return (
    <section class="block-section" aria-label={title}>
      <div class="section-head">
        <h2>{title}</h2>
        {around.mayEdit && <AddButton word={kind} label={props.addLabel ?? m.add} title={named(spec.vi, spec.en)} />}
      </div>
      <RecordForm around={around} spec={spec} rows={resource.data?.items ?? []} reload={resource.reload} begin={props.begin} />
      {resource.problem && <ProblemBox problem={resource.problem} onRetry={resource.reload} />}
      {resource.data && props.children?.(resource.data.items)}
      {resource.data ? (
        !props.hideTable && (
          <Table
            label={title}
            columns={around.mayEdit && spec.amend ? [...shown, edit] : shown}
            rows={limited.shown}
            rowKey={(row) => String(row.id)}
            empty={empty ?? <p class="muted">{m.nothing}</p>}
          />
        )
      ) : (
        resource.loading && <Loading />
      )}
      {!props.hideTable && limited.more}
    </section>
  )
}

export function AddButton({ word, label, title }: { word: string; label: string; title: string }) {
  const isOpen = form.value === word
  return (
    <Button icon="plus" expanded={isOpen} label={messages.value.form.addKind(title)} onClick={() => openForm(isOpen ? null : word)}>
      {label}
    </Button>
  )
}

export function EditButton({ kind, row, title }: { kind: string; row: Row; title: string }) {
  const m = messages.value.form
  const word = `${kind}:${row.id}`
  return (
    <Button kind="ghost" label={m.editOf(`${title} #${row.id}`)} expanded={form.value === word} onClick={() => openForm(form.value === word ? null : word)}>
      {m.edit}
    </Button>
  )
}

interface RecordFormProps {
  around: Around
  spec: KindSpec
  rows: readonly Row[]
  reload: () => void
  begin?: Facts | undefined
  follow?: (draft: Draft, name: string) => Partial<Record<string, string>>
  asks?: (field: FieldSpec, draft: Draft) => boolean
}

/** The form of a kind where the address asks for it. */
export function RecordForm({ around, spec, rows, reload, begin, follow, asks }: RecordFormProps) {
  const m = messages.value.form
  const [kind, number] = form.value.split(':')
  if (kind !== spec.kind || !around.mayEdit) return null
  const row = number ? rows.find((each) => String(each.id) === number) : undefined
  if (number && (!row || !spec.amend)) return null
  const records = `${around.where}/records/${spec.kind}`
  const name = named(spec.vi, spec.en)
  const done = () => {
    forgetRecords(around.where)
    openForm(null)
    reload()
  }
  return (
    <EntryForm
      key={form.value}
      id={`${around.where} ${form.value}`}
      title={row ? m.editKind(name) : m.addKind(name)}
      fields={spec.fields}
      where={around.where}
      {...(row ? { row } : {})}
      {...(begin ? { begin } : {})}
      {...(follow ? { follow } : {})}
      {...(asks ? { asks } : {})}
      send={(body, version, key) =>
        row
          ? send('PATCH', `/api/v1/programme/records/${spec.kind}/${row.id}`, body, { ...(version === undefined ? {} : { version }), key })
          : send('POST', records, body, { key })
      }
      reread={async () => (await get<{ items: Row[] }>(records)).items.find((each) => each.id === row?.id) ?? null}
      done={row ? m.saved : m.added}
      sendLabel={row ? common.value.save : m.add}
      onDone={done}
    />
  )
}

const TITLES = new Set(['name', 'subject', 'system_name', 'document', 'minutes', 'contract_no', 'org_id'])

/** A list of any kind: what names a row first, what is written at length below it. */
function plainColumns<T extends Row>(spec: KindSpec): Column<T>[] {
  const named_ = spec.fields.find((field) => TITLES.has(field.name)) ?? spec.fields[0]
  const long = spec.fields.filter((field) => field.type === 'long')
  const rest = spec.fields.filter((field) => field !== named_ && field.type !== 'long').slice(0, 6)
  const title: Column<T>[] = named_
    ? [{
        key: named_.name,
        head: named(named_.vi, named_.en),
        title: true,
        cell: (row) => (
          <span class="two-lines">
            <span class="strong"><FieldWords field={named_} row={row} /></span>
            {long.map((field) => (row[field.name] ? <span key={field.name} class="muted small broken">{String(row[field.name])}</span> : null))}
          </span>
        ),
      }]
    : []
  return [
    ...title,
    ...rest.map((field): Column<T> => ({
      key: field.name,
      head: named(field.vi, field.en),
      numeric: field.type === 'dong' || field.type === 'number',
      cell: (row) => <FieldWords field={field} row={row} />,
    })),
  ]
}

export function FieldWords({ field, row, where = '' }: { field: FieldSpec; row: Facts; where?: Where }) {
  const names = useNames(where, where || field.type === 'org' ? [field] : [])
  const words = said(field, row, names)
  return words ? <span class={field.type === 'dong' || field.type === 'date' ? 'num' : 'broken'}>{words}</span> : <span class="muted">{common.value.none}</span>
}
