// What is known of a document beyond its text: read by the engine, corrected by a person; its meeting and what it refers to.
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { get, newKey, send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { useResource } from '../../api/resource'
import type { Page } from '../../api/types'
import { Conflict, isConflict } from '../../design/conflict'
import { Button, Field, Select } from '../../design/controls'
import { ProblemBox, toast } from '../../design/notice'
import { bytes } from '../../format/number'
import { date, dateTime } from '../../format/time'
import { common } from '../../messages/common'
import { directives as messages } from '../../messages/directives'
import { go, href } from '../../router'
import { drafts } from './doing'
import { documentName } from './parts'
import type { DirectiveDocument, DocumentRow, Meeting } from './types'
import { UnitPicker } from './unit-picker'

interface Props {
  document: DirectiveDocument
  onChange: () => void
}

export function DocumentFacts({ document, onChange }: Props) {
  const m = messages.value
  const f = m.facts
  const rows: [string, ComponentChildren][] = [
    [f.signatory, document.signatory || f.untold],
    [f.owner, document.owner.name],
  ]
  if (document.file) {
    rows.push([
      f.file,
      <a href={`/api/v1/directive-documents/${document.id}/file`} download={document.file.name} data-external>
        {document.file.name} <span class="num">({bytes(document.file.size)})</span>
      </a>,
    ])
  }
  if (document.references.length > 0) {
    rows.push([
      f.references,
      <ul>
        {document.references.map((each) => {
          const known = each.document_id ?? each.document?.id
          const words = each.text || `${each.kind} ${each.number}`
          return <li key={each.start}>{known ? <a href={href(`/directives/documents/${known}`)}>{words}</a> : words}</li>
        })}
      </ul>,
    ])
  }
  if (document.referred_by && document.referred_by.length > 0) {
    rows.push([
      f.referredBy,
      <ul>
        {document.referred_by.map((each) => (
          <li key={each.id}>
            <a href={href(`/directives/documents/${each.id}`)}>
              {each.number || each.kind} {each.issued_on && <span class="num">· {date(each.issued_on)}</span>}
            </a>
          </li>
        ))}
      </ul>,
    ])
  }
  if (document.runs.length > 0) {
    rows.push([
      m.confirm.runs,
      <ul>
        {document.runs.map((run) => (
          <li key={run.id} class="small">
            <span class="num">{dateTime(run.at)}</span> · {m.confirm.run(run.items, run.engine)} {run.by && `· ${run.by}`}
          </li>
        ))}
      </ul>,
    ])
  }
  return (
    <section class="document-facts" aria-label={f.change}>
      {document.acts.includes('change') && <Form document={document} onChange={onChange} />}
      <div class="document-known">
        <dl class="facts">
          {rows.map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        {document.meeting && <SameMeeting document={document} meeting={document.meeting} />}
        {(['withdraw', 'make_secret'] as const).map(
          (act) => document.acts.includes(act) && <TakeAway key={act} act={act} document={document} onChange={onChange} />,
        )}
      </div>
    </section>
  )
}

function SameMeeting({ document, meeting }: { document: DirectiveDocument; meeting: Meeting }) {
  const m = messages.value
  const found = useResource(`meeting ${meeting.id}`, (signal) =>
    get<Page<DocumentRow>>('/api/v1/directive-documents', { meeting: meeting.id, limit: 50 }, signal),
  )
  const others = (found.data?.items ?? []).filter(({ id }) => id !== document.id)
  return (
    <section>
      <h3>{m.facts.sameMeeting}</h3>
      <p>
        {meeting.title} {meeting.held_on && <span class="muted num">· {date(meeting.held_on)}</span>}
      </p>
      <ul>
        {others.map((each) => (
          <li key={each.id}>
            <a href={href(`/directives/documents/${each.id}`)}>
              {documentName(each)}
            </a>
          </li>
        ))}
      </ul>
    </section>
  )
}

type Draft = Record<'number' | 'issued_on' | 'issuer' | 'signatory' | 'subject' | 'secrecy' | 'meeting_id', string> & {
  title: string
  held_on: string
  chair: string
  readers: number[]
}

const NEW = 'new'
const FIELDS = ['number', 'issued_on', 'issuer', 'signatory', 'subject', 'secrecy', 'meeting_id'] as const

function said(document: DirectiveDocument | DocumentRow): Record<(typeof FIELDS)[number], string> {
  const { number, issued_on, issuer, signatory, subject, secrecy, meeting } = document
  return { number, issued_on: issued_on ?? '', issuer, signatory, subject, secrecy, meeting_id: meeting ? String(meeting.id) : '' }
}

function readersOf(document: DirectiveDocument): number[] {
  return (document.readers ?? []).map(({ id }) => id)
}

function Form({ document, onChange }: Props) {
  const m = messages.value
  const f = m.facts
  const key = `${-document.id} facts`
  const [draft, setDraft] = useState<Draft>(
    () => (drafts.get(key) as Draft | undefined) ?? { ...said(document), title: '', held_on: '', chair: '', readers: readersOf(document) },
  )
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const meetings = useResource('meetings', (signal) => get<Page<Meeting>>('/api/v1/meetings', { limit: 100 }, signal))
  const set = (name: keyof Draft) => (value: string | number[]) => {
    const next = { ...draft, [name]: value }
    drafts.set(key, next)
    setDraft(next)
  }
  const choices = [
    { value: '', label: f.noMeeting },
    { value: NEW, label: f.newMeeting },
    ...(meetings.data?.items ?? []).map((each) => ({
      value: String(each.id),
      label: each.held_on ? `${date(each.held_on)} · ${each.title}` : each.title,
    })),
  ]
  if (document.meeting && !choices.some(({ value }) => value === String(document.meeting?.id))) {
    choices.push({ value: String(document.meeting.id), label: document.meeting.title })
  }
  const save = async (version: number) => {
    setBusy(true)
    setProblem(null)
    try {
      let meeting = draft.meeting_id
      if (meeting === NEW) {
        const body = { title: draft.title.trim(), chair: draft.chair.trim(), held_on: draft.held_on || null }
        meeting = String((await send<Meeting>('POST', '/api/v1/meetings', body, { key: newKey() })).id)
        set('meeting_id')(meeting)
      }
      const was = said(document)
      const change: Record<string, unknown> = {}
      for (const name of FIELDS) {
        const value = name === 'meeting_id' ? meeting : draft[name].trim()
        if (value === was[name]) continue
        change[name] = name === 'meeting_id' ? (value ? Number(value) : null) : name === 'issued_on' ? value || null : value
      }
      if (draft.secrecy === 'restricted' && draft.readers.join() !== readersOf(document).join()) change['readers'] = draft.readers
      else if (draft.secrecy === 'normal' && readersOf(document).length > 0) change['readers'] = []
      await send('PATCH', `/api/v1/directive-documents/${document.id}`, change, { version, key: newKey() })
      drafts.delete(key)
      toast(f.changed)
      go('', { facts: null }, { replace: true })
      onChange()
    } catch (error) {
      setProblem(asProblem(error))
      setBusy(false)
    }
  }
  const theirs = problem && isConflict(problem) ? (problem.document['current'] as DocumentRow | undefined) : undefined
  const labels = { number: f.number, issued_on: f.issuedOn, issuer: f.issuer, signatory: f.signatory, subject: f.subject }
  return (
    <form
      class="form"
      aria-label={f.change}
      onSubmit={(event) => {
        event.preventDefault()
        void save(document.version)
      }}
    >
      <div class="form-row">
        <Field label={f.number} value={draft.number} onInput={set('number')} fault={problem?.fault('number')} />
        <Field label={f.issuedOn} type="date" value={draft.issued_on} onInput={set('issued_on')} fault={problem?.fault('issued_on')} />
        <Field label={f.issuer} value={draft.issuer} onInput={set('issuer')} />
        <Field label={f.signatory} value={draft.signatory} onInput={set('signatory')} />
      </div>
      <Field label={f.subject} value={draft.subject} onInput={set('subject')} lines={2} />
      <div class="form-row">
        <Select label={f.meeting} value={draft.meeting_id} options={choices} onChange={set('meeting_id')} />
        <Select
          label={f.secrecy}
          value={draft.secrecy}
          options={(document.text === null ? (['normal', 'restricted', 'secret'] as const) : (['normal', 'restricted'] as const)).map((value) => ({
            value,
            label: m.secrecy[value],
          }))}
          fault={problem?.fault('secrecy')}
          onChange={set('secrecy')}
        />
      </div>
      {draft.secrecy === 'restricted' && (
        <UnitPicker label={f.readers} chosen={draft.readers} fault={problem?.fault('readers')} onChange={set('readers')} />
      )}
      {draft.meeting_id === NEW && (
        <div class="form-row">
          <Field label={f.meetingTitle} value={draft.title} onInput={set('title')} required fault={problem?.fault('title')} />
          <Field label={f.heldOn} type="date" value={draft.held_on} onInput={set('held_on')} />
          <Field label={f.chair} value={draft.chair} onInput={set('chair')} />
        </div>
      )}
      {problem && !theirs && <ProblemBox problem={problem} beside={['number', 'issued_on', 'title', 'secrecy']} />}
      {theirs && (
        <Conflict
          busy={busy}
          sides={Object.entries(labels).map(([name, label]) => ({
            label,
            mine: draft[name as 'number'],
            theirs: said(theirs)[name as 'number'],
          }))}
          onMine={() => void save(theirs.version)}
          onTheirs={() => {
            drafts.delete(key)
            setProblem(null)
            setDraft({ ...draft, ...said(theirs) })
            onChange()
          }}
        />
      )}
      <div class="form-foot">
        <Button type="submit" kind="primary" busy={busy}>
          {common.value.save}
        </Button>
      </div>
    </form>
  )
}

/** Take a document back, or take its text away because it turned out to be secret: both ask why, in place. */
function TakeAway({ act, document, onChange }: Props & { act: 'withdraw' | 'make_secret' }) {
  const m = messages.value.confirm
  const words = m.takeAway[act]
  const [why, setWhy] = useState<string | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const submit = async (event: Event) => {
    event.preventDefault()
    try {
      const body = { do: { act, reason: why?.trim() } }
      await send('POST', `/api/v1/directive-documents/${document.id}/acts`, body, { version: document.version, key: newKey() })
      toast(words.done)
      setWhy(null)
      onChange()
    } catch (error) {
      setProblem(asProblem(error))
    }
  }
  if (why === null) {
    return (
      <p>
        <Button onClick={() => setWhy('')}>{words.title}</Button>
      </p>
    )
  }
  return (
    <form class="form confirm" onSubmit={(event) => void submit(event)} aria-label={words.title}>
      <p>{words.text}</p>
      <Field label={m.why} value={why} onInput={setWhy} required autofocus />
      {problem && <ProblemBox problem={problem} />}
      <div class="form-foot">
        <Button type="submit">{words.title}</Button>
        <Button onClick={() => setWhy(null)}>{common.value.cancel}</Button>
      </div>
    </form>
  )
}
