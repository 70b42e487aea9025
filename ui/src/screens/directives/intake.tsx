// Bringing documents in: drop files, choose them, paste a text, or register a secret one by its reference alone.
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { newKey } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { Button, Field, Select } from '../../design/controls'
import { Icon } from '../../design/icons'
import { Mark } from '../../design/mark'
import { ProblemBox, toast } from '../../design/notice'
import { common } from '../../messages/common'
import { directives as messages } from '../../messages/directives'
import { go, href } from '../../router'
import { clearUploads, register, takeIn, uploads, type Upload } from './uploads'

const ENDINGS = '.docx,.pdf,.html,.htm,.txt,.eml'

export function Intake({ onTaken }: { onTaken: () => void }) {
  const m = messages.value.intake
  const [over, setOver] = useState(false)
  const [form, setForm] = useState<'paste' | 'reference' | null>(null)
  const chooser = useRef<HTMLInputElement>(null)
  const take = (files: Iterable<File>) => takeIn([...files], 'normal', onTaken)
  const latest = useRef(take)
  latest.current = take
  // At once with the frame: what is dropped before the next paint must not be lost.
  useLayoutEffect(() => whileDragged(setOver, (files) => latest.current(files)), [])
  return (
    <section class="intake" aria-label={m.title}>
      <div class={`intake-drop${over ? ' intake-over' : ''}`}>
        <Icon name="document" size={24} />
        <p class="intake-words">
          <span class="strong">{over ? m.dropNow : m.drop}</span>
          <span class="muted small" id="intake-hint">
            {m.hint}
          </span>
        </p>
        <div class="intake-doors">
          <Button kind="primary" icon="plus" onClick={() => chooser.current?.click()}>
            {m.choose}
          </Button>
          <Button expanded={form === 'paste'} onClick={() => setForm(form === 'paste' ? null : 'paste')}>
            {m.paste}
          </Button>
          <Button expanded={form === 'reference'} onClick={() => setForm(form === 'reference' ? null : 'reference')}>
            {m.reference}
          </Button>
        </div>
        <input
          ref={chooser}
          class="hidden-text"
          type="file"
          multiple
          accept={ENDINGS}
          tabIndex={-1}
          aria-label={m.choose}
          onChange={(event) => {
            take(event.currentTarget.files ?? [])
            event.currentTarget.value = ''
          }}
        />
      </div>
      {form && <Register key={form} kind={form} onDone={() => (setForm(null), onTaken())} onCancel={() => setForm(null)} />}
      {uploads.value.length > 0 && <Uploads list={uploads.value} />}
    </section>
  )
}

/** Take files that fall anywhere on the page: one that misses the frame must not replace the page. */
function whileDragged(show: (over: boolean) => void, take: (files: Iterable<File>) => void): () => void {
  const over = (event: DragEvent) => {
    if (!event.dataTransfer?.types.includes('Files')) return
    event.preventDefault()
    show(true)
  }
  const leave = (event: DragEvent) => event.relatedTarget === null && show(false)
  const drop = (event: DragEvent) => {
    if (!event.dataTransfer?.files.length) return
    event.preventDefault()
    show(false)
    take(event.dataTransfer.files)
  }
  addEventListener('dragover', over)
  addEventListener('dragleave', leave)
  addEventListener('drop', drop)
  return () => {
    removeEventListener('dragover', over)
    removeEventListener('dragleave', leave)
    removeEventListener('drop', drop)
  }
}

function Uploads({ list }: { list: readonly Upload[] }) {
  const m = messages.value.intake
  const done = list.filter(({ state }) => state === 'done' || state === 'refused').length
  return (
    <div class="uploads">
      <p class="uploads-head">
        <progress max={list.length} value={done} aria-label={m.title} />
        <span class="num" role="status">
          {m.progress(done, list.length)}
        </span>
        {done === list.length && (
          <Button kind="ghost" onClick={clearUploads}>
            {m.clear}
          </Button>
        )}
      </p>
      <ul>
        {list.map((each) => (
          <li key={each.key} class={`upload upload-${each.state}`}>
            <UploadLine each={each} />
          </li>
        ))}
      </ul>
    </div>
  )
}

function UploadLine({ each }: { each: Upload }) {
  const m = messages.value.intake
  if (each.state === 'done' && each.document) {
    const to = href(`/directives/documents/${each.document.id}`)
    return (
      <>
        <Mark shape="none" sign="✓" tone="quiet" />
        <a class="strong broken" href={to}>
          {each.name}
        </a>
        <span class="muted">{m.found(each.found ?? 0)}</span>
      </>
    )
  }
  if (each.state !== 'refused' || !each.problem) {
    return (
      <>
        <Mark shape="none" sign="…" tone="quiet" />
        <span class="broken">{each.name}</span>
        <span class="muted">{each.state === 'reading' ? m.reading : m.waiting}</span>
      </>
    )
  }
  const { problem, knownId } = each
  return (
    <>
      <Mark shape="square" sign="!" tone="stale" label={m.refused} />
      <span class="two-lines">
        <span class="strong broken">{each.name}</span>
        <span>{knownId === undefined ? `${problem.title}. ${problem.detail}` : m.known}</span>
        {problem.document.faults?.map((fault) => (
          <span key={fault.field}>{problem.fault(fault.field)}</span>
        ))}
      </span>
      {knownId === undefined ? <span class="mono muted">{problem.code}</span> : <a href={href(`/directives/documents/${knownId}`)}>{m.openKnown}</a>}
    </>
  )
}

interface RegisterProps {
  kind: 'paste' | 'reference'
  onDone: () => void
  onCancel: () => void
}

/** What was typed outlives the form: closing it by mistake loses nothing. */
const typed: Record<'paste' | 'reference', Record<string, string>> = { paste: {}, reference: { secrecy: 'secret' } }

function Register({ kind, onDone, onCancel }: RegisterProps) {
  const m = messages.value
  const [, redraw] = useState(0)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [key, setKey] = useState(newKey)
  const draft = typed[kind]
  const value = (name: string) => draft[name] ?? ''
  const set = (name: string) => (text: string) => {
    draft[name] = text
    setKey(newKey())
    redraw((count) => count + 1)
  }
  const submit = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    setProblem(null)
    const facts = Object.fromEntries(
      ['number', 'issued_on', 'issuer', 'subject'].flatMap((name) => (value(name).trim() ? [[name, value(name).trim()]] : [])),
    )
    const secrecy = value('secrecy') || 'normal'
    const body = kind === 'paste' ? { text: value('text'), secrecy } : { reference_only: { ...facts, secrecy } }
    try {
      const { document } = await register(body, key)
      typed[kind] = kind === 'paste' ? {} : { secrecy: 'secret' }
      toast(m.intake.registered(document.number || document.subject))
      onDone()
      if (kind === 'paste') go(`/directives/documents/${document.id}`)
    } catch (error) {
      setProblem(asProblem(error))
      setBusy(false)
    }
  }
  const levels = (kind === 'paste' ? (['normal', 'restricted'] as const) : (['secret', 'restricted', 'normal'] as const)).map(
    (level) => ({ value: level, label: m.secrecy[level] }),
  )
  return (
    <form class="form inset" onSubmit={(event) => void submit(event)} aria-label={m.intake[kind]}>
      {kind === 'paste' ? (
        <Field label={m.intake.pasteLabel} value={value('text')} onInput={set('text')} lines={10} required fault={problem?.fault('text')} />
      ) : (
        <>
          <p class="muted small">{m.intake.referenceHint}</p>
          <div class="form-row">
            <Field label={m.facts.number} value={value('number')} onInput={set('number')} required fault={problem?.fault('reference_only.number')} />
            <Field label={m.facts.issuedOn} type="date" value={value('issued_on')} onInput={set('issued_on')} fault={problem?.fault('reference_only.issued_on')} />
            <Field label={m.facts.issuer} value={value('issuer')} onInput={set('issuer')} fault={problem?.fault('reference_only.issuer')} />
          </div>
          <Field label={m.facts.subject} value={value('subject')} onInput={set('subject')} fault={problem?.fault('reference_only.subject')} />
        </>
      )}
      <Select label={m.facts.secrecy} value={value('secrecy') || levels[0]?.value || 'normal'} options={levels} onChange={set('secrecy')} />
      {problem && <ProblemBox problem={problem} beside={['text', 'reference_only.number', 'reference_only.issued_on']} />}
      <div class="form-foot">
        <Button type="submit" kind="primary" busy={busy}>
          {m.intake.register}
        </Button>
        <Button onClick={onCancel}>{common.value.cancel}</Button>
      </div>
    </form>
  )
}
