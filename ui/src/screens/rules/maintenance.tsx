// Maintenance: work on an entity during which its alerts are expected and disturb nobody.
import { useState } from 'preact/hooks'
import { get, newKey, send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { useResource } from '../../api/resource'
import type { Maintenance } from '../../api/rules'
import { may } from '../../api/session'
import { Button, Field } from '../../design/controls'
import { Loading, ProblemBox, toast } from '../../design/notice'
import { dateTime, fromField } from '../../format/time'
import { rules as messages } from '../../messages/rules'
import { href } from '../../router'

export function MaintenancePart() {
  const m = messages.value.maintenance
  const resource = useResource('maintenance', (signal) => get<{ items: Maintenance[] }>('/api/v1/alert-maintenance', {}, signal))
  return (
    <section class="rule-overrides rule-work">
      <p class="muted">{m.text}</p>
      {resource.problem && <ProblemBox problem={resource.problem} onRetry={resource.reload} />}
      {!resource.data && resource.loading && <Loading />}
      {resource.data?.items.length === 0 && <p>{m.none}</p>}
      <ul class="rule-times">
        {(resource.data?.items ?? []).map((one) => (
          <Work key={one.id} one={one} onChange={resource.reload} />
        ))}
      </ul>
      {may('alert.rule') && <NewWork onChange={resource.reload} />}
    </section>
  )
}

function Work({ one, onChange }: { one: Maintenance; onChange: () => void }) {
  const m = messages.value.maintenance
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const end = async () => {
    setBusy(true)
    try {
      await send('DELETE', `/api/v1/alert-maintenance/${one.id}`, undefined, { version: one.version })
      toast(m.ended)
      onChange()
    } catch (error) {
      setProblem(asProblem(error))
    }
    setBusy(false)
  }
  return (
    <li>
      <p>
        <a class="mono small rule-entity" href={href(`/city/${encodeURIComponent(one.entity_id)}`)}>
          {one.entity_id}
        </a>{' '}
        <span class="num">{m.span(dateTime(one.starts_at), dateTime(one.until))}</span>
      </p>
      <p class="muted small">
        {one.reason} · {one.rule ?? m.everyRule}
      </p>
      {problem && <ProblemBox problem={problem} />}
      {may('alert.rule') && (
        <Button kind="ghost" busy={busy} onClick={() => void end()}>
          {m.end}
        </Button>
      )}
    </li>
  )
}

function NewWork({ onChange }: { onChange: () => void }) {
  const m = messages.value.maintenance
  const [entity, setEntity] = useState('')
  const [from, setFrom] = useState('')
  const [until, setUntil] = useState('')
  const [reason, setReason] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [key, setKey] = useState(newKey)
  const submit = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    setProblem(null)
    const at = (text: string) => new Date(fromField(text)).toISOString()
    try {
      const body = { entity_id: entity.trim(), until: at(until), reason: reason.trim(), ...(from ? { starts_at: at(from) } : {}) }
      await send('POST', '/api/v1/alert-maintenance', body, { key })
      toast(m.added)
      setEntity('')
      setReason('')
      onChange()
    } catch (error) {
      setProblem(asProblem(error))
    }
    setKey(newKey())
    setBusy(false)
  }
  return (
    <form class="rule-new" onSubmit={(event) => void submit(event)}>
      <Field label={m.entity} value={entity} onInput={setEntity} required placeholder="urn:ngsi-ld:…" />
      <Field label={m.from} type="datetime-local" value={from} onInput={setFrom} />
      <Field label={m.until} type="datetime-local" value={until} onInput={setUntil} required />
      <Field label={m.reason} value={reason} onInput={setReason} required />
      {problem && <ProblemBox problem={problem} />}
      <div class="form-foot">
        <Button type="submit" busy={busy}>
          {m.add}
        </Button>
      </div>
    </form>
  )
}
