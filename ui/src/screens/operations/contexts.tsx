// JSON-LD contexts: which are held here, what they define, who uses them.
import { useState } from 'preact/hooks'
import { get, newKey, send } from '../../api/client'
import type { HeldContext } from '../../api/operations'
import { asProblem, type Problem } from '../../api/problem'
import { usePolled } from '../../api/resource'
import { may } from '../../api/session'
import { Button, Field } from '../../design/controls'
import { Chip } from '../../design/mark'
import { Empty, Loading, ProblemBox, toast } from '../../design/notice'
import { Split, Table, useListKeys, type Column } from '../../design/table'
import { number } from '../../format/number'
import { date, duration } from '../../format/time'
import { useKeys } from '../../keys'
import { common } from '../../messages/common'
import { operations as messages } from '../../messages/operations'
import { go, href } from '../../router'
import { ContextPanel } from './context'
import { type PartProps } from './part'
import { Figure } from './parts'

const EVERY_MS = 15_000

export function Contexts({ head, openId }: PartProps) {
  const m = messages.value.contexts
  const resource = usePolled('contexts', EVERY_MS, (signal) => get<{ items: HeldContext[] }>('/api/v1/contexts', {}, signal))
  const [adding, setAdding] = useState(false)
  const [cursor, setCursor] = useState<string | null>(null)
  const rows = resource.data?.items ?? []
  const opened = rows.find((one) => keyOf(one) === openId)
  const open = (key: string) => go(`/operations/contexts/${encodeURIComponent(key)}`, {}, { replace: openId !== null })
  const close = () => {
    setCursor(openId)
    go('/operations/contexts')
  }
  useListKeys(rows.map(keyOf), openId ?? cursor, (key) => (openId ? open(key) : setCursor(key)), messages.value)
  useKeys([{ press: 'Enter', shown: 'Enter', label: () => messages.value.open, run: () => cursor && open(cursor) }])
  return (
    <Split
      panelLabel={opened?.url ?? m.list}
      onClose={close}
      panel={
        openId &&
        (opened ? (
          <ContextPanel
            key={openId}
            context={opened}
            onChange={resource.reload}
            onRemoved={() => {
              close()
              resource.reload()
            }}
          />
        ) : (
          resource.data && <Empty title={m.gone} />
        ))
      }
      list={
        <div class="page">
          {head}
          <div class="list-filters">
            <p class="muted">{m.text}</p>
            {may('entity.write') && !adding && (
              <Button icon="plus" onClick={() => setAdding(true)}>
                {m.add}
              </Button>
            )}
          </div>
          {adding && (
            <AddForm
              onCancel={() => setAdding(false)}
              onAdded={() => {
                setAdding(false)
                resource.reload()
              }}
            />
          )}
          {resource.problem && <ProblemBox problem={resource.problem} onRetry={resource.reload} />}
          {resource.data ? (
            <Table
              label={m.list}
              columns={columns()}
              rows={rows}
              rowKey={keyOf}
              selected={openId ?? cursor}
              onOpen={(one) => open(keyOf(one))}
            />
          ) : (
            resource.loading && <Loading />
          )}
          <p class="muted small">{messages.value.updated(duration(EVERY_MS / 1000))}</p>
        </div>
      }
    />
  )
}

/** Contexts of the table have an id of their own; the others are known by their address. */
function keyOf(one: HeldContext): string {
  return one.id ?? one.url
}

function columns(): Column<HeldContext>[] {
  const m = messages.value.contexts
  return [
    { key: 'kind', head: m.column.kind, cell: (one) => <Chip>{m.kind[one.kind]}</Chip> },
    {
      key: 'url',
      head: m.column.url,
      title: true,
      cell: (one) => (
        <a class="mono broken" href={href(`/operations/contexts/${encodeURIComponent(keyOf(one))}`)}>
          {one.url}
        </a>
      ),
    },
    {
      key: 'owner',
      head: m.column.owner,
      wide: true,
      cell: (one) => one.owner_org_name ?? <span class="muted">{common.value.none}</span>,
    },
    { key: 'terms', head: m.column.terms, numeric: true, cell: (one) => <Figure value={one.terms} /> },
    {
      key: 'users',
      head: m.column.users,
      cell: (one) =>
        one.used_by.length ? (
          <span class="num">{m.users(number(one.used_by.length))}</span>
        ) : (
          <span class="muted">{m.nobody}</span>
        ),
    },
    {
      key: 'created',
      head: m.column.created,
      wide: true,
      cell: (one) =>
        one.created_at ? <span class="num">{date(one.created_at)}</span> : <span class="muted">{common.value.none}</span>,
    },
  ]
}

function AddForm({ onAdded, onCancel }: { onAdded: () => void; onCancel: () => void }) {
  const m = messages.value.contexts
  const [text, setText] = useState('')
  const [fault, setFault] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [key] = useState(newKey)
  const submit = async (event: Event) => {
    event.preventDefault()
    setProblem(null)
    setFault('')
    const body = parsed(text)
    if (body === undefined) {
      setFault(m.notJson)
      return
    }
    setBusy(true)
    try {
      await send('POST', '/ngsi-ld/v1/jsonldContexts', body, { key })
      toast(m.added)
      onAdded()
    } catch (error) {
      setProblem(asProblem(error))
      setBusy(false)
    }
  }
  return (
    <form class="form card card-body" onSubmit={(event) => void submit(event)}>
      <h2>{m.add}</h2>
      <Field label={m.body} hint={m.bodyHint} value={text} onInput={setText} lines={8} fault={fault} required />
      {problem && <ProblemBox problem={problem} />}
      <div class="form-foot">
        <Button type="submit" kind="primary" busy={busy}>
          {m.add}
        </Button>
        <Button onClick={onCancel}>{common.value.cancel}</Button>
      </div>
    </form>
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
