// What differs for single entities: other values, or not looked at; each with its reason.
import { useState } from 'preact/hooks'
import { newKey, send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import type { Override, Rule } from '../../api/rules'
import { may } from '../../api/session'
import { Button, Field } from '../../design/controls'
import { ProblemBox, toast } from '../../design/notice'
import { dateTime } from '../../format/time'
import { rules as messages } from '../../messages/rules'
import { href } from '../../router'
import { fieldsOf } from './condition'

export function Overrides({ rule, onChange }: { rule: Rule; onChange: () => void }) {
  const m = messages.value.override
  return (
    <section class="rule-overrides">
      <p class="muted">{m.text}</p>
      {rule.overrides.length === 0 && <p>{m.none}</p>}
      <ul class="rule-times">
        {rule.overrides.map((one) => (
          <One key={one.entity} rule={rule.rule} one={one} onChange={onChange} />
        ))}
      </ul>
      {may('alert.rule') && <NewOverride rule={rule} onChange={onChange} />}
    </section>
  )
}

function One({ rule, one, onChange }: { rule: string; one: Override; onChange: () => void }) {
  const m = messages.value.override
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const end = async () => {
    setBusy(true)
    try {
      const path = `/api/v1/alert-rules/${encodeURIComponent(rule)}/overrides?entity=${encodeURIComponent(one.entity)}`
      await send('DELETE', path, undefined, { version: one.version })
      toast(m.ended)
      onChange()
    } catch (error) {
      setProblem(asProblem(error))
    }
    setBusy(false)
  }
  const set = Object.entries(one.set).map(([name, value]) => `${name}: ${String(value)}`)
  return (
    <li>
      <p>
        <a class="mono small rule-entity" href={href(`/city/${encodeURIComponent(one.entity)}`)}>
          {one.entity}
        </a>{' '}
        <span class="strong">{one.off ? m.offWords : set.join(', ')}</span> {one.until && m.until(dateTime(one.until))}
      </p>
      <p class="muted small">
        {one.reason} · {dateTime(one.at)}
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

function NewOverride({ rule, onChange }: { rule: Rule; onChange: () => void }) {
  const m = messages.value.override
  const [entity, setEntity] = useState('')
  const [off, setOff] = useState(false)
  const [text, setText] = useState('')
  const [reason, setReason] = useState('')
  const [fault, setFault] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [key, setKey] = useState(newKey)
  const submit = async (event: Event) => {
    event.preventDefault()
    setFault('')
    setProblem(null)
    setBusy(true)
    try {
      const body = { entity: entity.trim(), off, set: off ? {} : fieldsOf(text), reason: reason.trim() }
      await send('PUT', `/api/v1/alert-rules/${encodeURIComponent(rule.rule)}/overrides`, body, { version: 0, key })
      toast(m.added)
      onChange()
    } catch (error) {
      if (error instanceof SyntaxError) setFault(m.badLine(error.message))
      else setProblem(asProblem(error))
      setKey(newKey())
    }
    setBusy(false)
  }
  return (
    <form class="rule-new" onSubmit={(event) => void submit(event)}>
      <Field label={m.entity} value={entity} onInput={setEntity} required placeholder="urn:ngsi-ld:…" />
      <label class="check">
        <input type="checkbox" checked={off} onChange={(event) => setOff(event.currentTarget.checked)} />
        <span>{m.off}</span>
      </label>
      {!off && <Field label={m.set} value={text} onInput={setText} lines={3} hint={m.setHint} fault={fault} required />}
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
