// One act: its fields, its button, and what happens when somebody else was quicker.
import { useState } from 'preact/hooks'
import { get, newKey, send } from '../api/client'
import { asProblem, type Problem } from '../api/problem'
import { useResource } from '../api/resource'
import type { Org } from '../api/types'
import { isConflict } from '../design/conflict'
import { Button, Field, Select } from '../design/controls'
import { ProblemBox, toast } from '../design/notice'
import { dateTime } from '../format/time'
import { named } from '../messages/catalogue'
import { common } from '../messages/common'
import { tasks as messages } from '../messages/tasks'
import { DueField, dueBody, useDue } from './due-field'
import type { ActName, Task } from './types'
import './tasks.css'

/** The acts that need nothing but the decision to do them. */
const PLAIN: readonly ActName[] = ['give', 'receive', 'start', 'close']
/** Acts whose text may stay empty. */
const WORDLESS: readonly ActName[] = ['accept', 'decide_extension', 'suspend', 'resume']
const WITH_DOCUMENT: readonly ActName[] = ['ask_extension', 'set_due', 'cancel', 'transfer', 'suspend']
const WITH_DUE: readonly ActName[] = ['accept_partly', 'ask_extension', 'set_due']

interface Props {
  task: Task
  onChange: (task: Task) => void
  onReload: () => void
}

export function Acts({ task, onChange, onReload }: Props) {
  const m = messages.value
  const [chosen, setChosen] = useState<ActName | null>(null)
  const open = chosen && task.acts.includes(chosen) ? chosen : null
  if (task.acts.length === 0) return <p class="muted">{m.acts.none}</p>
  return (
    <section class="task-acts" aria-label={m.acts.title}>
      <div class="form-foot">
        {task.acts.map((act) =>
          PLAIN.includes(act) ? (
            <Plain key={act} act={act} task={task} onChange={onChange} onReload={onReload} />
          ) : (
            <Button key={act} expanded={act === open} onClick={() => setChosen(act === open ? null : act)}>
              {m.acts[act]}
            </Button>
          ),
        )}
      </div>
      {open && (
        <Form
          key={open}
          act={open}
          task={task}
          onReload={onReload}
          onChange={(after) => {
            setChosen(null)
            onChange(after)
          }}
          onCancel={() => setChosen(null)}
        />
      )}
    </section>
  )
}

/** Send an act; the key stays the same while the same intent is tried again. */
function useAct({ task, onChange }: Pick<Props, 'task' | 'onChange'>, act: ActName) {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const perform = async (facts: Record<string, unknown>) => {
    setBusy(true)
    setProblem(null)
    try {
      const after = await send<Task>(
        'POST',
        `/api/v1/tasks/${task.id}/acts`,
        { do: { act, ...facts } },
        { version: task.version, key: newKey() },
      )
      toast(messages.value.done(messages.value.acts[act]))
      onChange(after)
    } catch (error) {
      setProblem(asProblem(error))
      setBusy(false)
    }
  }
  return { busy, problem, perform, setProblem }
}

function Plain({ act, task, onChange, onReload }: Props & { act: ActName }) {
  const { busy, problem, perform, setProblem } = useAct({ task, onChange }, act)
  const m = messages.value
  return (
    <>
      <Button kind="primary" busy={busy} onClick={() => void perform({})}>
        {m.acts[act]}
      </Button>
      {problem && <Refused problem={problem} onReload={() => (setProblem(null), onReload())} />}
    </>
  )
}

/** A refusal; where somebody else was quicker, the way to see what they did, with what was typed kept. */
function Refused({ problem, onReload, beside }: { problem: Problem; onReload: () => void; beside?: readonly string[] }) {
  const m = messages.value
  return (
    <div class="task-refused">
      <ProblemBox problem={problem} beside={beside} />
      {isConflict(problem) && (
        <p>
          {m.conflict} <Button onClick={onReload}>{m.reload}</Button>
        </p>
      )}
    </div>
  )
}

/** What is asked for stands where it is decided: from when to when, why, in which document. */
function Asked({ task }: { task: Task }) {
  const asked = task.due_changes.find((change) => change.decision === null)
  if (!asked) return null
  const m = messages.value.dues
  const moment = (at: string | null) => (at ? dateTime(at) : common.value.none)
  return (
    <div class="task-asked">
      <p class="num strong">{m.fromTo(moment(asked.old_end), moment(asked.new_end))}</p>
      <p class="broken">{[asked.reason, asked.document].filter(Boolean).join(' · ')}</p>
      {!asked.in_time && <p class="strong small">{m.late}</p>}
    </div>
  )
}

function Form({ act, task, onChange, onReload, onCancel }: Props & { act: ActName; onCancel: () => void }) {
  const m = messages.value.form
  const { busy, problem, perform, setProblem } = useAct({ task, onChange }, act)
  const [text, setText] = useState('')
  const [extra, setExtra] = useState<Record<string, string>>({})
  const [due, setDue] = useDue()
  const [withDue, setWithDue] = useState(false)
  const set = (name: string) => (value: string) => setExtra({ ...extra, [name]: value })
  const field = (name: string) => extra[name] ?? ''
  const textLabel = (m.text as Record<string, string>)[act]

  const submit = (event: Event) => {
    event.preventDefault()
    const facts: Record<string, unknown> = {}
    if (textLabel && (text.trim() || !WORDLESS.includes(act))) facts['text'] = text.trim()
    if (WITH_DUE.includes(act) || (act === 'reopen' && withDue)) facts['due'] = dueBody(due)
    for (const [name, value] of Object.entries(extra)) if (value.trim()) facts[name] = value.trim()
    if (act === 'progress' && field('percent')) facts['percent'] = Number(field('percent'))
    if (act === 'assign') facts['assignee'] = field('assignee') ? Number(field('assignee')) : null
    if (act === 'decide_extension') facts['granted'] = field('granted') !== 'no'
    if (act === 'suspend') facts['reason'] = field('reason') || Object.keys(task.pauses)[0]
    for (const name of ['owner_org', 'proposed_org']) if (field(name)) facts[name] = Number(field(name))
    void perform(facts)
  }
  const faults = ['text', 'product', 'document', 'due', 'due.on', 'due.at', 'due.count', 'due.event', 'reason', 'owner_org']
  return (
    <form class="form inset" onSubmit={submit} aria-label={messages.value.acts[act]}>
      {act === 'assign' && <Colleagues task={task} value={field('assignee')} onChange={set('assignee')} />}
      {act === 'decide_extension' && <Asked task={task} />}
      {act === 'decide_extension' && (
        <Select
          label={m.granted}
          value={field('granted') || 'yes'}
          options={[
            { value: 'yes', label: m.yes },
            { value: 'no', label: m.no },
          ]}
          onChange={set('granted')}
        />
      )}
      {act === 'suspend' && (
        <Select
          label={m.reason}
          value={field('reason') || (Object.keys(task.pauses)[0] ?? '')}
          options={Object.entries(task.pauses).map(([value, { vi, en }]) => ({ value, label: named(vi, en) }))}
          fault={problem?.fault('reason')}
          onChange={set('reason')}
        />
      )}
      {act === 'transfer' && (
        <Units label={m.newOwner} value={field('owner_org')} fault={problem?.fault('owner_org')} onChange={set('owner_org')} />
      )}
      {act === 'refuse' && (
        <>
          <Field label={m.ground} value={field('ground')} onInput={set('ground')} lines={3} required />
          <Units label={m.proposed} none={m.noProposal} value={field('proposed_org')} onChange={set('proposed_org')} />
        </>
      )}
      {act === 'record_event' && (
        <Field label={m.happened} type="date" value={field('happened_on')} onInput={set('happened_on')} required />
      )}
      {act === 'review' && (
        <Field label={m.reviewOn} type="date" value={field('review_on')} onInput={set('review_on')} required />
      )}
      {textLabel && (
        <Field
          label={textLabel}
          value={text}
          onInput={setText}
          lines={3}
          required={!WORDLESS.includes(act)}
          fault={problem?.fault('text')}
          inputRef={(element) => {
            if (element && !element.dataset['seen']) {
              element.dataset['seen'] = 'yes'
              element.focus()
            }
          }}
        />
      )}
      {act === 'progress' && <Field label={m.percent} value={field('percent')} onInput={set('percent')} />}
      {act === 'report' && (
        <Field
          label={m.product}
          hint={task.product ? m.productWanted(task.product) : undefined}
          value={field('product')}
          fault={problem?.fault('product')}
          onInput={set('product')}
        />
      )}
      {act === 'accept_partly' && <Field label={m.rest} value={field('rest')} onInput={set('rest')} required />}
      {act === 'reopen' && (
        <label class="check">
          <input type="checkbox" checked={withDue} onChange={(event) => setWithDue(event.currentTarget.checked)} />
          {m.newDue}
        </label>
      )}
      {(WITH_DUE.includes(act) || withDue) && <DueField draft={due} problem={problem} onChange={setDue} />}
      {WITH_DOCUMENT.includes(act) && (
        <Field label={m.document} value={field('document')} fault={problem?.fault('document')} onInput={set('document')} />
      )}
      {problem && <Refused problem={problem} beside={faults} onReload={() => (setProblem(null), onReload())} />}
      <div class="form-foot">
        <Button type="submit" kind="primary" busy={busy}>
          {messages.value.acts[act]}
        </Button>
        <Button onClick={onCancel}>{common.value.cancel}</Button>
      </div>
    </form>
  )
}

function Colleagues({ task, value, onChange }: { task: Task; value: string; onChange: (value: string) => void }) {
  const m = messages.value
  const people = useResource(`colleagues ${task.id}`, (signal) =>
    get<{ items: { id: number; name: string }[] }>(`/api/v1/tasks/${task.id}/colleagues`, {}, signal),
  )
  const options = [
    { value: '', label: m.facts.nobody },
    ...(people.data?.items ?? []).map(({ id, name }) => ({ value: String(id), label: name })),
  ]
  return <Select label={m.form.assignee} value={value} options={options} onChange={onChange} />
}

interface UnitsProps {
  label: string
  value: string
  /** The wording of "none"; left out where a unit must be chosen. */
  none?: string
  fault?: string
  onChange: (value: string) => void
}

/** The units within one's sight, by name. */
export function Units({ label, value, none, fault, onChange }: UnitsProps) {
  const orgs = useResource('units', (signal) => get<{ items: Org[] }>('/api/v1/orgs', {}, signal))
  const options = (orgs.data?.items ?? []).map((org) => ({ value: String(org.id), label: org.name }))
  return (
    <Select
      label={label}
      value={value}
      options={[{ value: '', label: none ?? common.value.none }, ...options]}
      fault={fault}
      onChange={onChange}
    />
  )
}
