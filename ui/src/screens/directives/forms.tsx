// The forms of a card: what is missing, what is to be corrected, why it is rejected, where it is split. All in place; what is
// typed is kept with the candidate until it is saved.
import { useEffect, useMemo, useReducer, useRef } from 'preact/hooks'
import { Button, Field, Select } from '../../design/controls'
import { common } from '../../messages/common'
import { directives as messages } from '../../messages/directives'
import { useKeys } from '../../keys'
import { DueField, dueBody, type DueDraft } from '../../tasks/due-field'
import type { CardActs } from './card'
import { currentDefaults, drafts, form, pending, refused, selected, today, type Facts } from './doing'
import { dueDraft, dueWords, presetDue, PRESETS, type Preset } from './due'
import { cuts, points } from './spans'
import type { Candidate, Due } from './types'
import { UnitPicker, useUnits } from './unit-picker'

interface Props {
  candidate: Candidate
  acts: CardActs
}

interface Draft {
  leads: number[]
  coops: number[]
  /** `fan`, the id of the unit that answers, or '' where nothing is chosen. */
  responsible: string
  action: string
  product: string
  preset: Preset | ''
  due: DueDraft | null
  span: [number, number] | null
}

/** What was typed in a form of a candidate, as long as the page lives. */
function useDraft<T>(key: string, first: () => T): [T, (change: Partial<T>) => void] {
  const [, redraw] = useReducer((count: number) => count + 1, 0)
  if (!drafts.has(key)) drafts.set(key, first())
  return [
    drafts.get(key) as T,
    (change) => {
      drafts.set(key, { ...(drafts.get(key) as T), ...change })
      redraw(0)
    },
  ]
}

const ids = (parties: Candidate['lead']) => [...new Set(parties.flatMap((party) => (party.choice_needed ? [] : party.orgs.map(({ id }) => id))))]

function first(candidate: Candidate): Draft {
  return {
    leads: ids(candidate.lead),
    coops: ids(candidate.cooperating),
    responsible: candidate.principal ? String(candidate.principal) : candidate.fan_out ? 'fan' : '',
    action: candidate.action,
    product: candidate.product,
    preset: '',
    due: null,
    span: null,
  }
}

/** What of a draft differs from the candidate, as the server takes it. */
function factsOf(draft: Draft, candidate: Candidate): Facts {
  const was = first(candidate)
  const facts: Facts = {}
  const same = (a: readonly number[], b: readonly number[]) => a.length === b.length && a.every((id) => b.includes(id))
  if (!same(draft.leads, was.leads)) facts.lead_orgs = draft.leads
  if (!same(draft.coops, was.coops)) facts.cooperating_orgs = draft.coops
  if (draft.responsible !== was.responsible && draft.leads.length > 1) {
    facts.fan_out = draft.responsible === 'fan'
    facts.principal = draft.responsible && draft.responsible !== 'fan' ? Number(draft.responsible) : null
  }
  if (draft.action.trim() !== was.action) facts.action = draft.action.trim()
  if (draft.product.trim() !== was.product) facts.product = draft.product.trim()
  if (draft.due) facts.due = dueBody(draft.due)
  else if (draft.preset) facts.due = presetDue(draft.preset, today())
  if (draft.span) facts.text_span = draft.span
  return facts
}

function close(): void {
  form.value = null
}

/** Only what is missing, each with a first guess: a digit for the due and Enter are enough. */
export function FillForm({ candidate, acts }: Props) {
  const m = messages.value.confirm
  const lacks = (word: Candidate['missing'][number]) => candidate.missing.includes(word)
  const [draft, set] = useDraft<Draft>(`${candidate.id} fill`, () => ({
    ...first(candidate),
    product: candidate.product || currentDefaults().product,
    preset: '',
  }))
  const own = useRef<HTMLFormElement>(null)
  const isReady = (!lacks('time') || draft.preset || draft.due) && (!lacks('person') || draft.leads.length > 0)
  const submit = (event?: Event) => {
    event?.preventDefault()
    if (isReady) void acts.save(candidate, factsOf(draft, candidate), true)
  }
  useEffect(() => {
    const wanted = lacks('person') ? '.units input' : lacks('responsibility') ? 'select' : lacks('work') ? 'textarea' : null
    const field = wanted ? own.current?.querySelector<HTMLElement>(wanted) : null
    ;(field ?? own.current)?.focus({ preventScroll: true })
    own.current?.scrollIntoView({ block: 'nearest' })
  }, [])
  useKeys([
    ...PRESETS.map((preset, place) => ({
      press: `Digit${place + 1}`,
      shown: String(place + 1),
      label: () => messages.value.confirm.preset[preset],
      run: () => set({ preset, due: null }),
    })),
    { press: 'Enter', shown: 'Enter', label: () => messages.value.confirm.acceptAnyway, run: () => submit() },
    { press: 'Escape', shown: 'Esc', label: () => common.value.back, run: close, inText: true },
  ])
  return (
    <form ref={own} class="form card-form" tabIndex={-1} onSubmit={submit} aria-label={m.fillTitle}>
      <p>
        <span class="strong">{m.fillTitle}</span> {lacks('time') && <span class="muted small">{m.fillHint}</span>}
      </p>
      {lacks('person') && (
        <UnitPicker
          label={m.lead}
          chosen={draft.leads}
          onChange={(leads) => {
            set({ leads })
            own.current?.focus({ preventScroll: true }) // the next digit is the due, Enter saves
          }}
        />
      )}
      {(lacks('responsibility') || (lacks('person') && draft.leads.length > 1)) && <Responsible draft={draft} set={set} />}
      {lacks('work') && <Field label={m.action} value={draft.action} lines={2} onInput={(action) => set({ action })} />}
      {lacks('time') && <DueChoice draft={draft} set={set} candidate={candidate} />}
      {lacks('product') && <Field label={m.product} value={draft.product} onInput={(product) => set({ product })} />}
      <div class="form-foot">
        <Button type="submit" kind="primary" busy={pending.value.has(candidate.id)} disabled={!isReady}>
          {m.acceptAnyway}
        </Button>
        <Button onClick={close}>{common.value.cancel}</Button>
      </div>
    </form>
  )
}

export function CorrectForm({ candidate, acts }: Props) {
  const m = messages.value.confirm
  const [draft, set] = useDraft<Draft>(`${candidate.id} correct`, () => first(candidate))
  const own = useRef<HTMLFormElement>(null)
  const facts = factsOf(draft, candidate)
  const save = (accepting: boolean) => void acts.save(candidate, facts, accepting)
  const problem = refused.value.get(candidate.id)?.problem ?? null
  useEffect(() => {
    own.current?.querySelector<HTMLElement>('.units input')?.focus({ preventScroll: true })
    own.current?.scrollIntoView({ block: 'nearest' })
  }, [])
  useKeys([
    { press: 'Escape', shown: 'Esc', label: () => common.value.back, run: close, inText: true },
    { press: 'ctrl+Enter', shown: 'Ctrl Enter', label: () => messages.value.confirm.acceptAnyway, run: () => save(true), inText: true },
  ])
  return (
    <form
      ref={own}
      class="form card-form"
      onSubmit={(event) => {
        event.preventDefault()
        save(candidate.state === 'open')
      }}
      aria-label={m.correct}
    >
      <UnitPicker label={m.lead} chosen={draft.leads} onChange={(leads) => set({ leads })} fault={problem?.fault('do.lead_orgs')} />
      {draft.leads.length > 1 && <Responsible draft={draft} set={set} />}
      <UnitPicker label={m.cooperating} chosen={draft.coops} onChange={(coops) => set({ coops })} />
      <Field label={m.action} value={draft.action} lines={3} onInput={(action) => set({ action })} fault={problem?.fault('do.action')} />
      <Field label={m.product} value={draft.product} onInput={(product) => set({ product })} fault={problem?.fault('do.product')} />
      <DueChoice draft={draft} set={set} candidate={candidate} />
      <Passage draft={draft} set={set} />
      <div class="form-foot">
        <Button type="submit" kind="primary" busy={pending.value.has(candidate.id)}>
          {candidate.state === 'open' ? m.acceptAnyway : common.value.save}
        </Button>
        {candidate.state === 'open' && (
          <Button disabled={Object.keys(facts).length === 0} onClick={() => save(false)}>
            {common.value.save}
          </Button>
        )}
        <Button onClick={close}>{common.value.cancel}</Button>
      </div>
    </form>
  )
}

function Responsible({ draft, set }: { draft: Draft; set: (change: Partial<Draft>) => void }) {
  const m = messages.value.confirm
  const { name } = useUnits()
  const options = [
    { value: '', label: common.value.none },
    { value: 'fan', label: m.fanOutN(draft.leads.length) },
    ...(draft.leads.length <= 30 ? draft.leads.map((id) => ({ value: String(id), label: m.principalOf(name(id)) })) : []),
  ]
  return <Select label={m.principal} value={draft.responsible} options={options} onChange={(responsible) => set({ responsible })} />
}

interface DueProps {
  draft: Draft
  set: (change: Partial<Draft>) => void
  candidate: Candidate
}

function DueChoice({ draft, set, candidate }: DueProps) {
  const m = messages.value.confirm
  const current: Due | null = draft.due || draft.preset ? null : candidate.due
  return (
    <fieldset class="due-choice">
      <legend>{m.due}</legend>
      {current && <p>{dueWords(current)}</p>}
      <div class="presets" role="group" aria-label={m.presets}>
        {PRESETS.map((preset, place) => (
          <button
            key={preset}
            type="button"
            class="segment"
            aria-pressed={draft.preset === preset}
            onClick={(event) => {
              set({ preset, due: null })
              event.currentTarget.form?.focus() // Enter then means the form, not this button again
            }}
          >
            <kbd class="key">{place + 1}</kbd> {m.preset[preset]}
          </button>
        ))}
        <button
          type="button"
          class="segment"
          aria-pressed={draft.due !== null}
          onClick={() => set({ due: draft.due ? null : dueDraft(candidate.due), preset: '' })}
        >
          {m.otherDue}
        </button>
      </div>
      {draft.due && <DueField draft={draft.due} problem={refused.value.get(candidate.id)?.problem ?? null} onChange={(due) => set({ due })} />}
    </fieldset>
  )
}

function Passage({ draft, set }: { draft: Draft; set: (change: Partial<Draft>) => void }) {
  const m = messages.value.confirm
  const taken = selected.value
  return (
    <div class="field">
      <span class="strong">{m.spanTitle}</span>
      <p class="field-hint">{draft.span ? `${draft.span[0]}–${draft.span[1]}` : m.spanText}</p>
      <div class="form-foot">
        <Button disabled={!taken} onClick={() => taken && set({ span: [taken.start, taken.end] })}>
          {m.spanTake}
        </Button>
      </div>
    </div>
  )
}

const REASONS = ['narrative', 'general', 'done', 'double', 'notOurs'] as const

export function RejectForm({ candidate, acts }: Props) {
  const m = messages.value.confirm
  const [draft, set] = useDraft<{ reason: string }>(`${candidate.id} reject`, () => ({ reason: '' }))
  const own = useRef<HTMLFormElement>(null)
  useEffect(() => {
    own.current?.focus({ preventScroll: true })
    own.current?.scrollIntoView({ block: 'nearest' })
  }, [])
  useKeys([
    ...REASONS.map((reason, place) => ({
      press: `Digit${place + 1}`,
      shown: String(place + 1),
      label: () => messages.value.confirm.reasons[reason],
      run: () => acts.reject(candidate, messages.peek().confirm.reasons[reason]),
    })),
    { press: 'Escape', shown: 'Esc', label: () => common.value.back, run: close, inText: true },
  ])
  return (
    <form
      ref={own}
      class="form card-form"
      tabIndex={-1}
      aria-label={m.reasonLabel}
      onSubmit={(event) => {
        event.preventDefault()
        if (draft.reason.trim()) acts.reject(candidate, draft.reason.trim())
      }}
    >
      <p class="strong">{m.reasonLabel}</p>
      <div class="presets">
        {REASONS.map((reason, place) => (
          <button key={reason} type="button" class="segment" onClick={() => acts.reject(candidate, m.reasons[reason])}>
            <kbd class="key">{place + 1}</kbd> {m.reasons[reason]}
          </button>
        ))}
      </div>
      <Field label={m.otherReason} value={draft.reason} onInput={(reason) => set({ reason })} />
      <div class="form-foot">
        <Button type="submit" disabled={!draft.reason.trim()}>
          {m.reject}
        </Button>
        <Button onClick={close}>{common.value.cancel}</Button>
      </div>
    </form>
  )
}

/** The text with a small button at each place where another directive may begin. */
export function SplitForm({ candidate, acts }: Props) {
  const m = messages.value.confirm
  const [draft, set] = useDraft<{ at: number[] }>(`${candidate.id} split`, () => ({ at: [] }))
  const letters = useMemo(() => points(candidate.text), [candidate.text])
  const places = useMemo(() => cuts(candidate.text), [candidate.text])
  const own = useRef<HTMLFormElement>(null)
  useEffect(() => {
    own.current?.querySelector<HTMLElement>('.cut')?.focus({ preventScroll: true })
    own.current?.scrollIntoView({ block: 'nearest' })
  }, [])
  useKeys([{ press: 'Escape', shown: 'Esc', label: () => common.value.back, run: close, inText: true }])
  const toggle = (place: number) =>
    set({ at: draft.at.includes(place) ? draft.at.filter((each) => each !== place) : [...draft.at, place].sort((a, b) => a - b) })
  return (
    <form
      ref={own}
      class="form card-form"
      aria-label={m.splitTitle}
      onSubmit={(event) => {
        event.preventDefault()
        if (draft.at.length > 0) acts.split(candidate, draft.at.map((place) => place + candidate.start))
      }}
    >
      <p class="strong">{places.length > 0 ? m.splitTitle : m.splitNone}</p>
      <p class="split-text">
        {[0, ...places].map((place, index) => {
          const words = letters.slice(place, places[index] ?? letters.length).join('')
          return (
            <span key={place}>
              {place > 0 && (
                <button
                  type="button"
                  class="cut"
                  aria-pressed={draft.at.includes(place)}
                  aria-label={m.splitHere(words.trim().slice(0, 40))}
                  onClick={() => toggle(place)}
                >
                  ⫶
                </button>
              )}
              {words}
            </span>
          )
        })}
      </p>
      <div class="form-foot">
        {places.length > 0 && (
          <Button type="submit" kind="primary" disabled={draft.at.length === 0}>
            {m.splitDo(draft.at.length + 1)}
          </Button>
        )}
        <Button onClick={close}>{common.value.cancel}</Button>
      </div>
    </form>
  )
}
