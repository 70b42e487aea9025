// Writing a warning: from a template or freely, where it holds, how long. Saving lets nothing leave.
import { useState } from 'preact/hooks'
import { newKey, send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { serverNow } from '../../api/time'
import { Button, Field, Select } from '../../design/controls'
import { Loading, toast } from '../../design/notice'
import { asField, fromField } from '../../format/time'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { warnings as messages } from '../../messages/warnings'
import { param } from '../../router'
import { Refused } from './acts'
import { AreaField, areaOf, areaText, badLine, type AreaText } from './areas'
import type { Choices, Draft, Template, Warning, Word, Words } from './types'

const incident = param('incident')
const HOURS = 6
const EMPTY: Words = { language: 'vi-VN', event: '', headline: '', description: '', instruction: '' }
/** Fields whose fault stands beside them. */
const BESIDE = ['texts.0.event', 'texts.0.headline', 'texts.0.description', 'expires', 'onset', 'severity', 'restriction',
  'addresses', 'note', 'web', 'template', 'status', 'scope', 'areas.0.codes', 'areas.0.description', 'areas.0.polygons.0']

interface NewProps {
  choices: Choices | undefined
  onMade: (warning: Warning) => void
}

export function NewWarning({ choices, onMade }: NewProps) {
  const m = messages.value
  if (!choices) return <Loading />
  const path = incident.value ? `/api/v1/incidents/${incident.value}/warnings` : '/api/v1/warnings'
  return (
    <>
      <h2>{m.add}</h2>
      {incident.value && <p class="muted">{m.form.ofIncident(incident.value)}</p>}
      <Form
        choices={choices}
        before={{ ...blank(), expires: new Date(serverNow() + HOURS * 3_600_000).toISOString() }}
        ofIncident={incident.value !== ''}
        save={(draft, key) => send<Warning>('POST', path, draft, { key })}
        onMade={onMade}
      />
    </>
  )
}

interface EditProps extends NewProps {
  warning: Warning
  onCancel: () => void
  onReload: () => void
}

export function EditWarning({ warning, choices, onMade, onCancel, onReload }: EditProps) {
  if (!choices) return <Loading />
  return (
    <Form
      choices={choices}
      before={warning.content}
      ofIncident={warning.incident_id !== null || warning.msg_type !== 'Alert'}
      save={(draft, key) => send<Warning>('PUT', `/api/v1/warnings/${warning.id}`, draft, { key, version: warning.version })}
      onMade={onMade}
      onCancel={onCancel}
      onReload={onReload}
    />
  )
}

function blank(): Draft {
  return {
    categories: ['Safety'],
    response_types: [],
    urgency: 'Immediate',
    severity: 'Severe',
    certainty: 'Observed',
    texts: [EMPTY],
    areas: [],
  }
}

interface FormProps {
  choices: Choices
  before: Draft
  /** Its status is settled by what it belongs to. */
  ofIncident: boolean
  save: (draft: Draft, key: string) => Promise<Warning>
  onMade: (warning: Warning) => void
  onCancel?: () => void
  onReload?: () => void
}

function Form({ choices, before, ofIncident, save, onMade, onCancel, onReload }: FormProps) {
  const m = messages.value
  const [draft, setDraft] = useState<Draft>({ ...before, texts: before.texts.length > 0 ? before.texts : [EMPTY] })
  const [area, setArea] = useState<AreaText>(() => areaText(before.areas[0]))
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [intent, setIntent] = useState({ what: '', key: newKey() })
  const set = (facts: Partial<Draft>) => setDraft({ ...draft, ...facts })
  const template = choices.templates.find((each) => each.template === draft.template)
  const submit = async (event: Event) => {
    event.preventDefault()
    const first = areaOf(area, before.areas[0])
    if (first === null) return
    const isAnywhere = first.codes.length > 0 || first.polygons.length > 0 || first.description !== ''
    const whole = { ...draft, areas: [...(isAnywhere ? [first] : []), ...before.areas.slice(1)] }
    const what = JSON.stringify(whole)
    const key = intent.what === what ? intent.key : newKey() // the same again has the same key
    setIntent({ what, key })
    setBusy(true)
    setProblem(null)
    try {
      const made = await save(whole, key)
      toast(m.done(m.form.save))
      onMade(made)
    } catch (error) {
      setProblem(asProblem(error))
      setBusy(false)
    }
  }
  const faultAt = (field: string) => problem?.fault(field) ?? ''
  return (
    <form class="form" onSubmit={(event) => void submit(event)}>
      <TemplateField draft={draft} template={template} choices={choices} faultAt={faultAt} onChange={set} />
      {!template && <Texts draft={draft} faultAt={faultAt} onChange={set} />}
      <AreaField area={area} faultAt={faultAt} onChange={setArea} />
      <Gravity draft={draft} choices={choices} faultAt={faultAt} onChange={set} />
      <Times draft={draft} faultAt={faultAt} onChange={set} />
      <More draft={draft} choices={choices} ofIncident={ofIncident} faultAt={faultAt} onChange={set} />
      {problem && <Refused problem={problem} beside={BESIDE} onReload={() => (setProblem(null), onReload?.())} />}
      <div class="form-foot">
        <Button type="submit" kind="primary" busy={busy} disabled={badLine(area.polygon) > 0}>
          {m.form.save}
        </Button>
        {onCancel && <Button onClick={onCancel}>{common.value.cancel}</Button>}
      </div>
    </form>
  )
}

interface PartProps {
  draft: Draft
  faultAt: (field: string) => string
  onChange: (facts: Partial<Draft>) => void
}

interface TemplateProps extends PartProps {
  template: Template | undefined
  choices: Choices
}

function TemplateField({ draft, template, choices, faultAt, onChange }: TemplateProps) {
  const m = messages.value.form
  const options = choices.templates.map((each) => ({ value: each.template, label: named(each.vi, each.en) }))
  const choose = (name: string) => {
    const found = choices.templates.find((each) => each.template === name)
    if (!found) return onChange({ template: '', fill: {} })
    const { categories, response_types, urgency, severity, certainty, hours } = found
    const expires = new Date(serverNow() + hours * 3_600_000).toISOString()
    return onChange({ template: name, fill: {}, categories, response_types, urgency, severity, certainty, expires, risk_level: null })
  }
  const fill = draft.fill ?? {}
  return (
    <>
      <Select
        label={m.template}
        value={draft.template ?? ''}
        options={[{ value: '', label: m.noTemplate }, ...options]}
        fault={faultAt('template')}
        onChange={choose}
      />
      {template && (
        <>
          {Object.entries(template.places).map(([name, place]) => (
            <Field
              key={name}
              label={named(place.vi, place.en)}
              value={fill[name] ?? ''}
              fault={faultAt(`fill.${name}`)}
              required
              onInput={(value) => onChange({ fill: { ...fill, [name]: value } })}
            />
          ))}
          <div class="warning-template">
            <p class="strong">{filled(template.texts[0]?.headline, fill)}</p>
            <p>{filled(template.texts[0]?.description, fill)}</p>
            <p>{filled(template.texts[0]?.instruction, fill)}</p>
          </div>
          <div class="form-foot">
            <Button onClick={() => onChange({ template: '', fill: {}, texts: template.texts.map((text) => whole(text, fill)) })}>
              {m.detach}
            </Button>
          </div>
        </>
      )}
    </>
  )
}

/** A template's text with what has been typed in its places; what is open stays as it is. */
function filled(text: string | undefined, fill: Record<string, string>): string {
  return (text ?? '').replace(/\{([a-z0-9_]+)\}/g, (open, name: string) => fill[name]?.trim() || open)
}

function whole(words: Words, fill: Record<string, string>): Words {
  return {
    language: words.language,
    event: filled(words.event, fill),
    headline: filled(words.headline, fill),
    description: filled(words.description, fill),
    instruction: filled(words.instruction, fill),
  }
}

function Texts({ draft, faultAt, onChange }: PartProps) {
  const m = messages.value.form
  const at = draft.texts.findIndex((text) => text.language.startsWith('en'))
  const change = (index: number, facts: Partial<Words>) =>
    onChange({ texts: draft.texts.map((text, number) => (number === index ? { ...text, ...facts } : text)) })
  const toggle = () =>
    onChange({ texts: at > 0 ? draft.texts.filter((_, number) => number !== at) : [...draft.texts, { ...EMPTY, language: 'en-US' }] })
  return (
    <>
      <Text label={m.text} index={0} words={draft.texts[0] ?? EMPTY} faultAt={faultAt} onChange={(facts) => change(0, facts)} />
      <label class="check">
        <input type="checkbox" checked={at > 0} onChange={toggle} />
        {m.withEnglish}
      </label>
      {at > 0 && (
        <Text label={m.english} index={at} words={draft.texts[at] ?? EMPTY} faultAt={faultAt} onChange={(facts) => change(at, facts)} />
      )}
    </>
  )
}

interface TextProps {
  label: string
  index: number
  words: Words
  faultAt: (field: string) => string
  onChange: (facts: Partial<Words>) => void
}

function Text({ label, index, words, faultAt, onChange }: TextProps) {
  const m = messages.value.form
  const field = (name: 'event' | 'headline' | 'description' | 'instruction', lines: number) => (
    <Field
      label={m[name]}
      lines={lines}
      value={words[name]}
      fault={faultAt(`texts.${index}.${name}`)}
      onInput={(value) => onChange({ [name]: value })}
    />
  )
  return (
    <fieldset class="warning-area">
      <legend>{label}</legend>
      {field('event', 1)}
      {field('headline', 1)}
      {field('description', 4)}
      {field('instruction', 3)}
    </fieldset>
  )
}

interface ChoiceProps extends PartProps {
  choices: Choices
}

function options(words: readonly Word[]) {
  return words.map(({ word, vi, en }) => ({ value: word, label: named(vi, en) }))
}

/** The chosen word in the first place; what a template has put behind it stays. */
function first(word: string, before: readonly string[]): string[] {
  return [word, ...before.slice(1).filter((other) => other !== word)]
}

function Gravity({ draft, choices, faultAt, onChange }: ChoiceProps) {
  const m = messages.value.form
  const { words } = choices
  const levels = [1, 2, 3, 4, 5].map((level) => ({ value: String(level), label: m.riskLevel(level) }))
  return (
    <div class="warning-row">
      <Select
        label={m.category}
        value={draft.categories[0] ?? 'Safety'}
        options={options(words.category)}
        onChange={(value) => onChange({ categories: first(value, draft.categories) })}
      />
      <Select
        label={m.urgency}
        value={draft.urgency}
        options={options(words.urgency)}
        onChange={(urgency) => onChange({ urgency })}
      />
      <Select
        label={m.severity}
        value={draft.severity}
        options={options(words.severity)}
        fault={faultAt('severity')}
        onChange={(severity) => onChange({ severity })}
      />
      <Select
        label={m.certainty}
        value={draft.certainty}
        options={options(words.certainty)}
        onChange={(certainty) => onChange({ certainty })}
      />
      <Select
        label={m.risk}
        value={String(draft.risk_level ?? '')}
        options={[{ value: '', label: m.noRisk }, ...levels]}
        onChange={(value) => onChange({ risk_level: value ? Number(value) : null })}
      />
      <Select
        label={m.response}
        value={draft.response_types[0] ?? 'None'}
        options={options(words.response_type)}
        onChange={(value) => onChange({ response_types: value === 'None' ? [] : first(value, draft.response_types) })}
      />
    </div>
  )
}

function Times({ draft, faultAt, onChange }: PartProps) {
  const m = messages.value.form
  const instant = (text: string) => {
    const at = fromField(text)
    return Number.isNaN(at) ? null : new Date(at).toISOString()
  }
  const field = (name: 'onset' | 'expires') => (
    <Field
      label={m[name]}
      type="datetime-local"
      value={draft[name] ? asField(draft[name]) : ''}
      fault={faultAt(name)}
      onInput={(value) => onChange({ [name]: instant(value) })}
    />
  )
  return (
    <div class="warning-row">
      {field('onset')}
      {field('expires')}
    </div>
  )
}

function More({ draft, choices, ofIncident, faultAt, onChange }: ChoiceProps & { ofIncident: boolean }) {
  const m = messages.value.form
  const status = draft.status ?? 'Actual'
  const scope = draft.scope ?? (status === 'Actual' || status === 'System' ? 'Public' : 'Restricted')
  return (
    <details class="warning-more" open={draft.status != null && draft.status !== 'Actual'}>
      <summary>{m.more}</summary>
      <div class="form">
        {!ofIncident && (
          <Select
            label={m.status}
            value={status}
            options={options(choices.words.status)}
            fault={faultAt('status')}
            onChange={(value) => onChange({ status: value, scope: null, restriction: '' })}
          />
        )}
        <Select
          label={m.scope}
          value={scope}
          options={options(choices.words.scope)}
          fault={faultAt('scope')}
          onChange={(value) => onChange({ scope: value, restriction: '' })}
        />
        {scope === 'Restricted' && (
          <Field
            label={m.restriction}
            value={draft.restriction ?? ''}
            fault={faultAt('restriction')}
            onInput={(restriction) => onChange({ restriction })}
          />
        )}
        {scope === 'Private' && (
          <Field
            label={m.addresses}
            lines={3}
            value={(draft.addresses ?? []).join('\n')}
            fault={faultAt('addresses')}
            onInput={(value) => onChange({ addresses: value.split('\n').filter((line) => line.trim()) })}
          />
        )}
        <Field label={m.contact} value={draft.contact ?? ''} onInput={(contact) => onChange({ contact })} />
        <Field label={m.web} value={draft.web ?? ''} fault={faultAt('web')} onInput={(web) => onChange({ web })} />
        <Field label={m.note} lines={2} value={draft.note ?? ''} fault={faultAt('note')} onInput={(note) => onChange({ note })} />
        <label class="check">
          <input
            type="checkbox"
            checked={draft.abroad_confirmed ?? false}
            onChange={(event) => onChange({ abroad_confirmed: event.currentTarget.checked })}
          />
          {m.abroad}
        </label>
      </div>
    </details>
  )
}
