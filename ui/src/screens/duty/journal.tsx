// The log of an incident: only ever added to; a correction is a new entry that names the one it corrects.
import { useEffect, useState } from 'preact/hooks'
import { get, newKey, send } from '../../api/client'
import { useResource } from '../../api/resource'
import type { Page } from '../../api/types'
import { Button, Field } from '../../design/controls'
import { Empty, Loading, ProblemBox } from '../../design/notice'
import { dateTime, time, timeWithSeconds } from '../../format/time'
import { common } from '../../messages/common'
import { duty as messages } from '../../messages/duty'
import { actorWord, actWord, attempt, busy, refused } from './doing'
import { touched } from './store'
import type { Entry, Incident } from './types'

const PAGE = 100

export function Journal({ incident }: { incident: Incident }) {
  const m = messages.value.log
  const url = `/api/v1/incidents/${incident.id}/log`
  const resource = useResource(url, (signal) => get<Page<Entry>>(url, { limit: PAGE }, signal))
  const [older, setOlder] = useState<readonly Entry[]>([])
  const [more, setMore] = useState<string | null | undefined>(undefined)
  const [corrects, setCorrects] = useState<number | null>(null)
  const round = touched.value[`incident:${incident.id}`] ?? 0
  useEffect(() => {
    if (round > 0) resource.reload()
  }, [round])
  if (resource.problem && !resource.data) return <ProblemBox problem={resource.problem} onRetry={resource.reload} />
  if (!resource.data) return <Loading />
  const next = more === undefined ? resource.data.next : more
  const loadMore = async () => {
    const page = await get<Page<Entry>>(url, { limit: PAGE, cursor: next })
    setOlder([...older, ...page.items])
    setMore(page.next)
  }
  const entries = [...resource.data.items, ...older]
  return (
    <section class="duty-journal">
      {incident.acts?.includes('note') && (
        <Write
          url={url}
          corrects={corrects}
          onDone={() => {
            setCorrects(null)
            resource.reload()
          }}
          onCancel={() => setCorrects(null)}
        />
      )}
      <ol class="duty-log" aria-label={m.label}>
        {entries.map((entry) => (
          <li key={entry.no} data-no={entry.no}>
            <p>
              <time class="num muted" dateTime={entry.at} title={dateTime(entry.at)}>
                {timeWithSeconds(entry.at)}
              </time>{' '}
              <span class="strong">{entryWord(entry.kind)}</span> <span class="muted">{actorWord(entry.by)}</span>{' '}
              {entry.corrects !== null && <span class="muted small">{m.corrects(entry.corrects)}</span>}
              {entry.corrected_by !== null && <span class="muted small">{m.corrected(entry.corrected_by)}</span>}
            </p>
            {entry.text && <p class="duty-text">{entry.text}</p>}
            {incident.acts?.includes('note') && entry.kind === 'note' && (
              <button type="button" class="duty-link small" aria-label={`${m.correct} ${time(entry.at)}`} onClick={() => setCorrects(entry.no)}>
                {m.correct}
              </button>
            )}
          </li>
        ))}
      </ol>
      {entries.length === 0 && <Empty title={m.empty} />}
      {next && <Button onClick={() => void loadMore()}>{common.value.more}</Button>}
      <p class="muted small">{m.kept}</p>
    </section>
  )
}

interface WriteProps {
  url: string
  corrects: number | null
  onDone: () => void
  onCancel: () => void
}

function Write({ url, corrects, onDone, onCancel }: WriteProps) {
  const m = messages.value.log
  const [text, setText] = useState('')
  const submit = async (event: Event) => {
    event.preventDefault()
    if (!text.trim()) return
    const body = { text: text.trim(), ...(corrects === null ? {} : { corrects }) }
    const made = await attempt(() => send('POST', url, body, { key: newKey() }))
    if (!made) return
    setText('')
    onDone()
  }
  return (
    <form class="form duty-write" aria-label={m.add} onSubmit={(event) => void submit(event)}>
      <Field label={m.text} hint={corrects === null ? undefined : m.corrects(corrects)} value={text} onInput={setText} lines={2} fault={refused.value?.fault('text')} />
      <div class="form-foot">
        <Button type="submit" kind="primary" busy={busy.value}>
          {m.add}
        </Button>
        {corrects !== null && <Button onClick={onCancel}>{m.cancelCorrect}</Button>}
      </div>
    </form>
  )
}

function entryWord(kind: string): string {
  return actWord(kind.replace(/^incident\./, ''))
}
