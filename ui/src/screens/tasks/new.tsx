// Giving a task, and handing a part of one on within the unit.
import { useState } from 'preact/hooks'
import { get, newKey, send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { useResource } from '../../api/resource'
import type { Org } from '../../api/types'
import { Button, Field, Select } from '../../design/controls'
import { ProblemBox, toast } from '../../design/notice'
import { common } from '../../messages/common'
import { tasks as messages } from '../../messages/tasks'
import { Units } from '../../tasks/acts'
import { DueField, dueBody, useDue } from '../../tasks/due-field'
import type { Task } from '../../tasks/types'

const BESIDE = ['title', 'owner_org', 'monitor_org', 'due', 'due.on', 'due.at', 'due.count', 'due.event']

export function NewTask({ onMade }: { onMade: (task: Task) => void }) {
  const m = messages.value
  const [title, setTitle] = useState('')
  const [owner, setOwner] = useState('')
  const [monitor, setMonitor] = useState('')
  const [coop, setCoop] = useState<readonly string[]>([])
  const [description, setDescription] = useState('')
  const [product, setProduct] = useState('')
  const [document, setDocument] = useState('')
  const [priority, setPriority] = useState('3')
  const [draft, setDraft] = useState(false)
  const [due, setDue] = useDue()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [key] = useState(newKey)
  const submit = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    setProblem(null)
    const body = {
      title: title.trim(),
      owner_org: Number(owner),
      due: dueBody(due),
      description: description.trim(),
      product: product.trim(),
      by_document: document.trim(),
      priority: Number(priority),
      coop_orgs: coop.map(Number),
      draft,
      ...(monitor ? { monitor_org: Number(monitor) } : {}),
    }
    try {
      // A new key for each new wording; the same one while the same is sent again.
      const made = await send<Task>('POST', '/api/v1/tasks', body, { key: `${key}-${fingerprint(JSON.stringify(body))}` })
      toast(m.done(m.add))
      onMade(made)
    } catch (error) {
      setProblem(asProblem(error))
      setBusy(false)
    }
  }
  const priorities = Object.entries(m.priority).map(([value, label]) => ({ value, label: `${value} · ${label}` }))
  return (
    <>
      <h2>{m.add}</h2>
      <form class="form" onSubmit={(event) => void submit(event)}>
        <Field label={m.form.title} value={title} onInput={setTitle} fault={problem?.fault('title')} required autofocus />
        <Units label={m.form.owner} value={owner} fault={problem?.fault('owner_org')} onChange={setOwner} />
        <DueField draft={due} problem={problem} onChange={setDue} />
        <Field label={m.form.description} value={description} onInput={setDescription} lines={4} />
        <Field label={m.form.expected} hint={m.form.expectedHint} value={product} onInput={setProduct} />
        <Select label={m.form.priority} value={priority} options={priorities} onChange={setPriority} />
        <Several label={m.form.coop} chosen={coop} without={owner} onChange={setCoop} />
        <Units
          label={m.form.monitor}
          none={m.form.noMonitor}
          value={monitor}
          fault={problem?.fault('monitor_org')}
          onChange={setMonitor}
        />
        <Field label={m.form.document} value={document} onInput={setDocument} />
        <label class="check">
          <input type="checkbox" checked={draft} onChange={(event) => setDraft(event.currentTarget.checked)} />
          {m.form.draft}
        </label>
        {problem && <ProblemBox problem={problem} beside={BESIDE} />}
        <div class="form-foot">
          <Button type="submit" kind="primary" busy={busy} disabled={!owner}>
            {m.add}
          </Button>
        </div>
      </form>
    </>
  )
}

/** A short sum of a text, so that another wording is another intent. */
function fingerprint(text: string): string {
  let sum = 5381
  for (const letter of text) sum = ((sum * 33) ^ letter.charCodeAt(0)) >>> 0
  return sum.toString(16)
}

interface SeveralProps {
  label: string
  chosen: readonly string[]
  without: string
  onChange: (chosen: readonly string[]) => void
}

function Several({ label, chosen, without, onChange }: SeveralProps) {
  const orgs = useResource('units', (signal) => get<{ items: Org[] }>('/api/v1/orgs', {}, signal))
  const units = (orgs.data?.items ?? []).filter((org) => String(org.id) !== without)
  const toggle = (id: string) =>
    onChange(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id])
  return (
    <details class="task-several">
      <summary>
        {label}
        {chosen.length > 0 && <span class="num"> ({chosen.length})</span>}
      </summary>
      <div class="task-several-list">
        {units.map((org) => (
          <label class="check" key={org.id}>
            <input type="checkbox" checked={chosen.includes(String(org.id))} onChange={() => toggle(String(org.id))} />
            {org.name}
          </label>
        ))}
      </div>
    </details>
  )
}

interface PartProps {
  task: Task
  onMade: () => void
  onCancel: () => void
}

export function NewPart({ task, onMade, onCancel }: PartProps) {
  const m = messages.value
  const [title, setTitle] = useState('')
  const [owner, setOwner] = useState('')
  const [due, setDue] = useDue()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const submit = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    setProblem(null)
    const body = { title: title.trim(), due: dueBody(due), ...(owner ? { owner_org: Number(owner) } : {}) }
    try {
      await send('POST', `/api/v1/tasks/${task.id}/children`, body, { version: task.version })
      toast(m.done(m.split))
      onMade()
    } catch (error) {
      setProblem(asProblem(error))
      setBusy(false)
    }
  }
  return (
    <form class="form inset" onSubmit={(event) => void submit(event)}>
      <Field label={m.form.title} value={title} onInput={setTitle} fault={problem?.fault('title')} required autofocus />
      <Units label={m.form.owner} none={task.owner.name} value={owner} onChange={setOwner} />
      <DueField draft={due} problem={problem} onChange={setDue} />
      {problem && <ProblemBox problem={problem} beside={BESIDE} />}
      <div class="form-foot">
        <Button type="submit" kind="primary" busy={busy}>
          {m.split}
        </Button>
        <Button onClick={onCancel}>{common.value.cancel}</Button>
      </div>
    </form>
  )
}
