// Rows that were not taken, each with its field, its reason and its original text, until somebody has looked at them.
import { useState } from 'preact/hooks'
import { get, newKey, send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { attributeName } from '../../api/labels'
import { useResource } from '../../api/resource'
import { may } from '../../api/session'
import type { Feed, Page, RefusedRow } from '../../api/types'
import { Button, Field } from '../../design/controls'
import { Chip } from '../../design/mark'
import { Empty, Loading, ProblemBox, toast } from '../../design/notice'
import { number } from '../../format/number'
import { dateTime } from '../../format/time'
import { common } from '../../messages/common'
import { feeds as messages } from '../../messages/feeds'
import { lang } from '../../preferences'
import { go, param } from '../../router'

const showing = param('rows', 'open')

interface Props {
  feed: Feed
  onChange: (feed: Feed) => void
}

export function RefusedRows({ feed, onChange }: Props) {
  const m = messages.value.refused
  const url = `/api/v1/feeds/${encodeURIComponent(feed.name)}/refused`
  const openOnly = showing.value === 'open'
  const query = { open: openOnly ? true : null, limit: 50 }
  const resource = useResource(`${feed.name} ${openOnly}`, (signal) => get<Page<RefusedRow>>(url, query, signal))

  const loadMore = async () => {
    const page = await get<Page<RefusedRow>>(url, { ...query, cursor: resource.data?.next })
    resource.put((data) => ({ items: [...data.items, ...page.items], next: page.next }))
  }
  const looked = (row: RefusedRow) => {
    resource.put((data) => ({ ...data, items: data.items.map((other) => (other.id === row.id ? row : other)) }))
    onChange({ ...feed, refused_open: Math.max(0, feed.refused_open - 1) })
  }

  return (
    <>
      <label class="check">
        <input
          type="checkbox"
          checked={openOnly}
          onChange={(event) => go('', { rows: event.currentTarget.checked ? null : 'all' }, { replace: true })}
        />
        {m.openOnly}
      </label>
      {resource.problem && <ProblemBox problem={resource.problem} onRetry={resource.reload} />}
      {!resource.data && resource.loading && <Loading />}
      {resource.data?.items.length === 0 && <Empty title={openOnly ? m.noneOpen : m.none} />}
      {resource.data && resource.data.items.length > 0 && (
        <>
          <p class="muted small">{m.keepOpen}</p>
          <ol class="refused-list">
            {resource.data.items.map((row) => (
              <Row key={row.id} row={row} type={feed.entity_type} url={url} onLooked={looked} />
            ))}
          </ol>
        </>
      )}
      {resource.data?.next && <Button onClick={() => void loadMore()}>{common.value.more}</Button>}
    </>
  )
}

interface RowProps {
  row: RefusedRow
  /** What the source's rows become, by which their fields are named. */
  type: string
  url: string
  onLooked: (row: RefusedRow) => void
}

function Row({ row, type, url, onLooked }: RowProps) {
  const m = messages.value.refused
  const [noting, setNoting] = useState(false)
  return (
    <li class={`refused${row.looked_at ? ' refused-looked' : ''}`}>
      <header class="refused-head">
        <h3 class="num">{m.row(number(row.row_no, 0))}</h3>
        <Chip>{m.kind[row.kind]}</Chip>
        <span class="num muted small">{dateTime(row.at)}</span>
      </header>
      <ul class="refused-faults">
        {row.faults.map((fault, index) => (
          <li key={index}>
            <span class="refused-field" title={fault.field}>
              {attributeName(fault.field, type)}
            </span>
            <span>{lang.value === 'en' ? fault.en : fault.vi}</span>
            {/[\p{L}\d]/u.test(fault.value ?? '') && (
              <span class="refused-value">
                <span class="hidden-text">{m.value}: </span>
                <q>{fault.value}</q>
              </span>
            )}
          </li>
        ))}
      </ul>
      <figure>
        <figcaption class="muted small">{m.original}</figcaption>
        <pre class="refused-original" tabIndex={0} aria-label={m.original}>
          {row.original}
        </pre>
      </figure>
      {row.looked_at ? (
        <p class="small">
          <span class="muted">✓ {m.lookedBy(row.looked_by ?? common.value.none, dateTime(row.looked_at))}</span>
          {row.note && <> {row.note}</>}
        </p>
      ) : noting ? (
        <LookedForm row={row} url={url} onLooked={onLooked} onCancel={() => setNoting(false)} />
      ) : (
        may('feed.run') && (
          <Button icon="check" onClick={() => setNoting(true)}>
            {m.looked}
          </Button>
        )
      )}
    </li>
  )
}

interface LookedProps {
  row: RefusedRow
  url: string
  onLooked: (row: RefusedRow) => void
  onCancel: () => void
}

function LookedForm({ row, url, onLooked, onCancel }: LookedProps) {
  const m = messages.value.refused
  const [note, setNote] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [key] = useState(newKey)
  const submit = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    setProblem(null)
    try {
      onLooked(await send<RefusedRow>('POST', `${url}/${row.id}/looked`, { note: note.trim() }, { key, version: row.version }))
      toast(m.done)
    } catch (error) {
      setProblem(asProblem(error))
      setBusy(false)
    }
  }
  return (
    <form class="form" onSubmit={(event) => void submit(event)}>
      <Field
        label={m.note}
        hint={m.noteHint}
        value={note}
        onInput={setNote}
        lines={2}
        fault={problem?.fault('note')}
        inputRef={(element) => {
          if (element && document.activeElement !== element && !note) element.focus()
        }}
      />
      {problem && <ProblemBox problem={problem} />}
      <div class="form-foot">
        <Button type="submit" kind="primary" busy={busy}>
          {m.confirm}
        </Button>
        <Button onClick={onCancel}>{common.value.cancel}</Button>
      </div>
    </form>
  )
}
