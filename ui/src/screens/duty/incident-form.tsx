// The forms of an incident's acts.
import { useState } from 'preact/hooks'
import { Field, Select } from '../../design/controls'
import { named } from '../../messages/catalogue'
import { duty as messages } from '../../messages/duty'
import { ActFrame, Choice, WordsForm } from './act-form'
import { actOnIncident, actWord, form, refused } from './doing'
import { useKinds } from './new-incident'
import { board } from './store'
import { Units } from './units'
import type { Incident } from './types'

export function IncidentForm({ incident }: { incident: Incident }) {
  const m = messages.value
  const act = form.value
  const [choice, setChoice] = useState('')
  if (!act || !incident.acts?.includes(act)) return null
  const send = (facts: Record<string, unknown>) => void actOnIncident(incident, { act, ...facts })
  const label = actWord(act)
  switch (act) {
    case 'verify':
      return (
        <WordsForm act={act} label={label} text={m.form.text} onSend={(text) => send({ text, by_means: choice || 'camera' })}>
          <Choice label={m.form.verifiedBy} words={m.form.means} value={choice || 'camera'} onChange={setChoice} />
        </WordsForm>
      )
    case 'classify':
      return <Classify incident={incident} />
    case 'describe':
      return <Describe incident={incident} />
    case 'on_scene':
      return <WordsForm act={act} label={label} text={m.form.text} required={false} onSend={(text) => send({ text })} />
    case 'reject':
      return (
        <WordsForm act={act} label={label} text={m.form.text} onSend={(text) => send({ text, reason: choice || 'false_alarm' })}>
          <Choice label={m.form.rejected} words={m.form.rejections} value={choice || 'false_alarm'} onChange={setChoice} />
        </WordsForm>
      )
    case 'escalate':
      return (
        <WordsForm act={act} label={label} text={m.form.text} onSend={(text) => send({ text, to: choice || 'head' })}>
          <Choice label={m.form.level} words={m.form.levels} value={choice || 'head'} onChange={setChoice} />
        </WordsForm>
      )
    case 'merge':
      return <Merge incident={incident} />
    case 'split':
      return <Split incident={incident} />
    case 'invite':
      return <Invite incident={incident} />
    default:
      return <WordsForm act={act} label={label} text={act === 'close' ? m.form.result : m.form.text} onSend={(text) => send({ text })} />
  }
}

/** What and where it is, better known than at first. */
function Describe({ incident }: { incident: Incident }) {
  const m = messages.value
  const [title, setTitle] = useState(incident.title)
  const [place, setPlace] = useState(incident.place ?? '')
  const [text, setText] = useState(incident.text ?? '')
  const send = () => {
    const said = { title: title.trim(), place: place.trim(), text: text.trim() }
    const facts = Object.fromEntries(Object.entries(said).filter(([, words]) => words))
    void actOnIncident(incident, { act: 'describe', ...facts })
  }
  return (
    <ActFrame label={m.acts.describe} onSubmit={send}>
      <Field label={m.form.title} value={title} onInput={setTitle} fault={refused.value?.fault('title')} required />
      <Field label={m.form.place} value={place} onInput={setPlace} fault={refused.value?.fault('place')} />
      <Field label={m.form.text} value={text} onInput={setText} lines={3} fault={refused.value?.fault('text')} />
    </ActFrame>
  )
}

function Classify({ incident }: { incident: Incident }) {
  const m = messages.value
  const kinds = useKinds()
  const [kind, setKind] = useState(incident.kind)
  const [severity, setSeverity] = useState(String(incident.severity))
  const [text, setText] = useState('')
  const options = kinds.length > 0 ? kinds : [{ kind: incident.kind, vi: incident.kind_vi, en: incident.kind_en }]
  return (
    <ActFrame label={m.acts.classify} onSubmit={() => void actOnIncident(incident, { act: 'classify', kind, severity: Number(severity), text: text.trim() })}>
      <Select label={m.form.kind} value={kind} options={options.map((each) => ({ value: each.kind, label: named(each.vi, each.en) }))} onChange={setKind} />
      <Choice label={m.form.severity} words={m.form.severities} value={severity} onChange={setSeverity} />
      <Field label={m.form.text} value={text} onInput={setText} lines={2} fault={refused.value?.fault('text')} />
    </ActFrame>
  )
}

function Merge({ incident }: { incident: Incident }) {
  const m = messages.value
  const others = (board.value?.incidents ?? []).filter((other) => other.id !== incident.id && other.is_exercise === incident.is_exercise)
  const [into, setInto] = useState(String(others[0]?.id ?? ''))
  const [text, setText] = useState('')
  return (
    <ActFrame label={m.acts.merge} onSubmit={() => into && void actOnIncident(incident, { act: 'merge', into: Number(into), text: text.trim() })}>
      <Select
        label={m.form.mergeInto}
        value={into}
        options={others.map((other) => ({ value: String(other.id), label: `${other.code} ${other.title}` }))}
        onChange={setInto}
      />
      <Field label={m.form.reason} value={text} onInput={setText} lines={2} />
    </ActFrame>
  )
}

/** A part is something else: the links that are chosen go with it. */
function Split({ incident }: { incident: Incident }) {
  const m = messages.value
  const [title, setTitle] = useState('')
  const [text, setText] = useState('')
  const [taken, setTaken] = useState<ReadonlySet<string>>(new Set())
  const links = incident.links.filter(({ kind, ref }) => taken.has(`${kind} ${ref}`)).map(({ kind, ref }) => ({ kind, ref }))
  const toggle = (key: string) => {
    const next = new Set(taken)
    if (!next.delete(key)) next.add(key)
    setTaken(next)
  }
  return (
    <ActFrame
      label={m.acts.split}
      onSubmit={() => title.trim() && text.trim() && void actOnIncident(incident, { act: 'split', title: title.trim(), text: text.trim(), links })}
    >
      <Field label={m.form.newTitle} value={title} onInput={setTitle} required />
      <Field label={m.form.reason} value={text} onInput={setText} lines={2} required />
      {incident.links.map((link) => (
        <label class="check" key={`${link.kind} ${link.ref}`}>
          <input type="checkbox" checked={taken.has(`${link.kind} ${link.ref}`)} onChange={() => toggle(`${link.kind} ${link.ref}`)} />
          {(m.links as Record<string, string>)[link.kind] ?? link.kind} {link.name ?? link.ref}
        </label>
      ))}
    </ActFrame>
  )
}

function Invite({ incident }: { incident: Incident }) {
  const m = messages.value
  const [org, setOrg] = useState('')
  const [text, setText] = useState('')
  return (
    <ActFrame label={m.acts.invite} onSubmit={() => org && void actOnIncident(incident, { act: 'invite', orgs: [Number(org)], text: text.trim() })}>
      <Units label={m.form.orgs} value={org} onChange={setOrg} />
      <Field label={m.form.text} value={text} onInput={setText} lines={2} />
    </ActFrame>
  )
}
