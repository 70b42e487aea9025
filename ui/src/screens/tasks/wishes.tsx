// Where I am told of my tasks beyond the screen, and what I was told.
import { useEffect, useState } from 'preact/hooks'
import { get, send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { useResource } from '../../api/resource'
import type { Page } from '../../api/types'
import { Button, Field } from '../../design/controls'
import { Chip } from '../../design/mark'
import { Empty, Loading, ProblemBox, toast } from '../../design/notice'
import { dateTime } from '../../format/time'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { tasks as messages } from '../../messages/tasks'
import { href } from '../../router'

interface Wishes {
  version: number
  email: string | null
  phone: string | null
  webhook: string | null
  channels: string[]
  quiet_start: string | null
  quiet_end: string | null
  digest: boolean
}

interface Notice {
  id: number
  task_id: number | null
  vi: string
  en: string
  made_at: string
  read_at: string | null
  to_unit: boolean
}

const URL = '/api/v1/task-preferences'

export function WishesPanel() {
  const m = messages.value.wish
  const resource = useResource('wishes', (signal) => get<Wishes>(URL, {}, signal))
  return (
    <>
      <h2>{m.title}</h2>
      {resource.problem && <ProblemBox problem={resource.problem} onRetry={resource.reload} />}
      {resource.data ? <WishesForm key={resource.data.version} kept={resource.data} onSaved={(data) => resource.put(() => data)} /> : <Loading />}
      <Told />
    </>
  )
}

function WishesForm({ kept, onSaved }: { kept: Wishes; onSaved: (wishes: Wishes) => void }) {
  const m = messages.value.wish
  const [wanted, setWanted] = useState(kept)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const set = (changes: Partial<Wishes>) => setWanted({ ...wanted, ...changes })
  const toggle = (channel: string) =>
    set({
      channels: wanted.channels.includes(channel)
        ? wanted.channels.filter((other) => other !== channel)
        : [...wanted.channels, channel],
    })
  const submit = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    setProblem(null)
    const { version, ...rest } = wanted
    const body = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, value === '' ? null : value]))
    for (const name of ['quiet_start', 'quiet_end']) if (body[name]) body[name] = `${String(body[name]).slice(0, 5)}:00`
    try {
      onSaved(await send<Wishes>('PUT', URL, body, { version }))
      toast(m.saved)
    } catch (error) {
      setProblem(asProblem(error))
    }
    setBusy(false)
  }
  const channels = [
    ['email', m.email, 'email', m.emailAddress],
    ['sms', m.sms, 'phone', m.phone],
    ['webhook', m.webhook, 'webhook', m.webhookAddress],
  ] as const
  return (
    <form class="form" onSubmit={(event) => void submit(event)}>
      <p class="muted">{m.text}</p>
      {channels.map(([channel, word, field, label]) => (
        <div key={channel}>
          <label class="check">
            <input type="checkbox" checked={wanted.channels.includes(channel)} onChange={() => toggle(channel)} />
            {word}
          </label>
          {(wanted.channels.includes(channel) || wanted[field]) && (
            <Field label={label} value={wanted[field] ?? ''} fault={problem?.fault(field)} onInput={(value) => set({ [field]: value })} />
          )}
        </div>
      ))}
      <div class="form-row">
        <Field label={m.quietStart} value={(wanted.quiet_start ?? '').slice(0, 5)} onInput={(value) => set({ quiet_start: value })} />
        <Field
          label={m.quietEnd}
          value={(wanted.quiet_end ?? '').slice(0, 5)}
          fault={problem?.fault('quiet_end')}
          onInput={(value) => set({ quiet_end: value })}
        />
      </div>
      <p class="field-hint">{m.quietHint}</p>
      <label class="check">
        <input type="checkbox" checked={wanted.digest} onChange={() => set({ digest: !wanted.digest })} />
        {m.digest}
      </label>
      {problem && <ProblemBox problem={problem} beside={['email', 'phone', 'webhook', 'quiet_end']} />}
      <div class="form-foot">
        <Button type="submit" kind="primary" busy={busy}>
          {common.value.save}
        </Button>
      </div>
    </form>
  )
}

function Told() {
  const m = messages.value.wish
  const resource = useResource('notices', (signal) => get<Page<Notice> & { unread: number }>('/api/v1/notices', { limit: 30 }, signal))
  const [problem, setProblem] = useState<Problem | null>(null)
  const unread = resource.data?.items.filter((each) => !each.read_at).map((each) => each.id) ?? []
  useEffect(() => setProblem(null), [resource.data])
  const read = async () => {
    try {
      await send('POST', '/api/v1/notices/read', { ids: unread })
      resource.reload()
    } catch (error) {
      setProblem(asProblem(error))
    }
  }
  if (resource.problem) return <ProblemBox problem={resource.problem} onRetry={resource.reload} />
  if (!resource.data) return <Loading />
  return (
    <section>
      <h3>
        {m.told} {resource.data.unread > 0 && <Chip>{m.unread(resource.data.unread)}</Chip>}
      </h3>
      {resource.data.items.length === 0 && <Empty title={m.none} />}
      <ol class="task-list">
        {resource.data.items.map((each) => (
          <li key={each.id} class={each.read_at ? 'muted' : ''}>
            <span class="num muted">{dateTime(each.made_at)}</span>{' '}
            {each.task_id ? <a href={href(`/tasks/${each.task_id}`)}>{named(each.vi, each.en)}</a> : named(each.vi, each.en)}{' '}
            {each.to_unit && <Chip>{m.toUnit}</Chip>}
          </li>
        ))}
      </ol>
      {unread.length > 0 && <Button onClick={() => void read()}>{m.read}</Button>}
      {problem && <ProblemBox problem={problem} />}
    </section>
  )
}
