// One form for whatever is written beside a project, made from the server's description of its fields. It opens in its
// place, Ctrl-Enter sends it, Escape closes it and keeps what was typed, and a quicker hand is shown side by side.
import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { newKey } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { Conflict, isConflict } from '../../design/conflict'
import { Button } from '../../design/controls'
import { ProblemBox, toast } from '../../design/notice'
import { useKeys } from '../../keys'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { project as messages } from '../../messages/project'
import { changedBody, draftOf, fingerprint, newBody, said, sides, type Draft, type Facts, type FieldSpec } from './project-fields'
import { Input } from './project-input'
import { useNames, type Where } from './project-names'

/** What was typed and not yet sent, by form: it is there again when the form is opened again. */
const kept = new Map<string, Draft>()

export interface Row extends Facts {
  id: number
  version: number
}

interface Props {
  /** Which form: its unsent text is kept under this word. */
  id: string
  title: string
  fields: readonly FieldSpec[]
  where: Where
  /** What the fields begin with. */
  begin?: Facts
  /** The row that is changed; absent: something new is made. */
  row?: Row
  /** The version that an act is done upon, and the row as it was seen then. */
  version?: number
  seen?: Row
  send: (body: Record<string, unknown>, version: number | undefined, key: string) => Promise<unknown>
  /** The row as it stands now, when somebody was quicker. */
  reread?: () => Promise<Row | null>
  done: string
  sendLabel?: string
  onDone: () => void
  /** Fields that follow from what was just typed, and which fields are asked for at all. */
  follow?: (draft: Draft, name: string) => Partial<Record<string, string>>
  asks?: (field: FieldSpec, draft: Draft) => boolean
  /** Fields of another kind, below the described ones, and what they add to the body. */
  more?: { part: (problem: Problem | null) => ComponentChildren; body: () => Record<string, unknown>; beside: readonly string[] }
  hint?: ComponentChildren
}

export function EntryForm(props: Props) {
  const { id, title, fields, where, row, begin, more } = props
  const before = row ?? props.seen
  const m = messages.value.form
  const asked = fields.filter((field) => field.type !== 'due' && !(row && field.fixed))
  const [draft, setDraft] = useState<Draft>(() => kept.get(id) ?? draftOf(asked, row ?? begin ?? {}))
  const [faults, setFaults] = useState<Record<string, string>>({})
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [theirs, setTheirs] = useState<Row | null>(null)
  const [key] = useState(newKey)
  const form = useRef<HTMLFormElement>(null)
  const names = useNames(where, fields)
  const set = (name: string) => (text: string) => {
    const typed = { ...draft, [name]: text }
    const next = { ...typed, ...props.follow?.(typed, name) } as Draft
    kept.set(id, next)
    setDraft(next)
  }
  const leave = () => {
    kept.delete(id)
    props.onDone()
  }
  const reading = () => (row ? changedBody(fields, row, draft) : newBody(asked, draft))
  const submit = async (version = row?.version ?? props.version) => {
    const { body, faults: found } = reading()
    setFaults(Object.fromEntries(Object.entries(found).map(([name, why]) => [name, m.faults[why]])))
    if (Object.keys(found).length > 0) return
    if (row && Object.keys(body).length === 0) return leave() // nothing is other than it was
    setBusy(true)
    setProblem(null)
    const whole = { ...body, ...more?.body() }
    try {
      await props.send(whole, version, `${key}-${fingerprint(JSON.stringify([whole, version]))}`)
      toast(props.done)
      leave()
    } catch (error) {
      const now = isConflict(error) ? ((await props.reread?.().catch(() => null)) ?? null) : null
      setTheirs(now)
      if (!now) setProblem(asProblem(error))
      setBusy(false)
    }
  }
  useKeys([
    { press: 'ctrl+Enter', shown: 'Ctrl Enter', label: () => messages.value.form.send, run: () => form.current?.requestSubmit(), inText: true },
    { press: 'Escape', shown: 'Esc', label: () => messages.value.form.close, run: props.onDone, inText: true },
  ])
  useEffect(() => {
    form.current?.querySelector<HTMLElement>('input, select, textarea')?.focus({ preventScroll: true })
    return form.current ? keepInView(form.current) : undefined
  }, [])
  const faultOf = (field: FieldSpec) => faults[field.name] || problem?.fault(field.name) || undefined
  return (
    <form
      ref={form}
      class="form inset entry"
      aria-label={title}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <h3>{title}</h3>
      {props.hint}
      {row && <Fixed fields={fields.filter((field) => field.fixed)} row={row} names={names} />}
      <div class="entry-fields">
        {asked.filter((field) => props.asks?.(field, draft) ?? true).map((field) => (
          <Input key={field.name} field={field} text={draft[field.name] ?? ''} where={where} fault={faultOf(field)} onInput={set(field.name)} />
        ))}
        {more?.part(problem)}
      </div>
      {problem && <ProblemBox problem={problem} beside={[...asked.map(({ name }) => name), ...(more?.beside ?? [])]} />}
      {theirs && before && (
        <Conflict
          sides={sides(asked, before, { ...before, ...reading().body }, theirs, names)}
          busy={busy}
          onMine={() => void submit(theirs.version)}
          onTheirs={leave}
        />
      )}
      <div class="form-foot">
        <Button type="submit" kind="primary" busy={busy}>
          {props.sendLabel ?? common.value.save}
        </Button>
        <Button onClick={leave}>{m.discard}</Button>
        <span class="muted small entry-keys">{m.keys}</span>
      </div>
    </form>
  )
}

/** What keeps as it was first said. */
function Fixed({ fields, row, names }: { fields: readonly FieldSpec[]; row: Facts; names: ReturnType<typeof useNames> }) {
  if (fields.length === 0) return null
  return (
    <dl class="facts">
      {fields.map((field) => (
        <FixedOne key={field.name} label={named(field.vi, field.en)} words={said(field, row, names)} />
      ))}
    </dl>
  )
}

function FixedOne({ label, words }: { label: string; words: string }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{words || common.value.none}</dd>
    </>
  )
}

/** Keep a form that was opened by its address in sight while what stands above it is still coming; a hand ends it. */
function keepInView(element: HTMLElement): () => void {
  const page = element.closest('.page') ?? element
  const show = () => element.scrollIntoView({ block: 'nearest' })
  const watch = new ResizeObserver(show)
  const hands = ['keydown', 'pointerdown', 'wheel', 'touchmove'] as const
  const end = () => {
    watch.disconnect()
    for (const hand of hands) removeEventListener(hand, end)
  }
  for (const hand of hands) addEventListener(hand, end, { passive: true })
  watch.observe(page)
  show()
  return end
}
