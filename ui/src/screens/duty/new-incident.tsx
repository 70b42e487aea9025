// Opening an incident: from an alert with what its rule suggests, or by hand, as after a phone call.
import { useState } from 'preact/hooks'
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import { may } from '../../api/session'
import { Field, Select } from '../../design/controls'
import { named } from '../../messages/catalogue'
import { duty as messages } from '../../messages/duty'
import { ActFrame, Choice } from './act-form'
import { draftOf, openIncident, refused, titleOf } from './doing'
import type { Alert } from './types'

export interface Kind {
  kind: string
  vi: string
  en: string
}

export function useKinds(): readonly Kind[] {
  const resource = useResource('incident kinds', (signal) => get<{ kinds: Kind[] }>('/api/v1/incident-kinds', {}, signal))
  return resource.data?.kinds ?? []
}

export function NewIncident({ alert }: { alert?: Alert }) {
  const m = messages.value
  const kinds = useKinds()
  const [kind, setKind] = useState(alert?.incident?.kind ?? 'other')
  const [severity, setSeverity] = useState(String(alert ? draftOf(alert)['severity'] : 3))
  const [title, setTitle] = useState(alert ? titleOf(alert) : '')
  const [place, setPlace] = useState(alert?.entity?.name ?? '')
  const [text, setText] = useState('')
  const [exercise, setExercise] = useState(false)
  const send = () => {
    if (!title.trim()) return
    const known = alert ? draftOf(alert) : {}
    void openIncident({
      ...known,
      kind,
      severity: Number(severity),
      title: title.trim(),
      ...(text.trim() ? { text: text.trim() } : {}),
      ...(place.trim() ? { place: place.trim() } : {}),
      is_exercise: exercise || alert?.is_exercise || false,
    })
  }
  return (
    <ActFrame label={m.acts.incident} submit={m.form.create} onSubmit={send}>
      <Select
        label={m.form.kind}
        value={kind}
        options={(kinds.length > 0 ? kinds : [{ kind, vi: kind, en: kind }]).map((each) => ({ value: each.kind, label: named(each.vi, each.en) }))}
        fault={refused.value?.fault('kind')}
        onChange={setKind}
      />
      <Choice label={m.form.severity} words={m.form.severities} value={severity} onChange={setSeverity} />
      <Field label={m.form.title} value={title} onInput={setTitle} fault={refused.value?.fault('title')} required />
      <Field label={m.form.place} value={place} onInput={setPlace} fault={refused.value?.fault('place')} />
      <Field label={m.form.text} value={text} onInput={setText} lines={2} />
      {may('exercise.run') && !alert && (
        <label class="check">
          <input type="checkbox" checked={exercise} onChange={(event) => setExercise(event.currentTarget.checked)} />
          {m.form.exercise}
        </label>
      )}
    </ActFrame>
  )
}
