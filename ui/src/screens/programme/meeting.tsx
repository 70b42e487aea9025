// One meeting, from its desk: its facts, the pack as paper, the way to the room, its decisions, and concluding it.
import { useState } from 'preact/hooks'
import { get, newKey, send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { useResource } from '../../api/resource'
import { Button, Field } from '../../design/controls'
import { Empty, Loading, ProblemBox, Simulated, toast } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { number } from '../../format/number'
import { date } from '../../format/time'
import { common } from '../../messages/common'
import { meeting as messages } from '../../messages/meeting'
import { href, path } from '../../router'
import { Units } from '../../tasks/acts'
import { Lacks } from './meeting-decisions'
import type { Decision, Meeting, Slides } from './meeting-types'
import { useTold } from './parts'
import './meeting.css'

const FORMS = { docx: 'Word', pdf: 'PDF' } as const

export default function MeetingPage() {
  const m = messages.value
  const id = path.value[2] ?? ''
  const found = useResource(`meeting ${id}`, (signal) => get<Meeting>(`/api/v1/programme/meetings/${id}`, {}, signal))
  useTold(found.reload)
  if (!found.data) return found.problem ? <ProblemBox problem={found.problem} onRetry={found.reload} /> : <Loading />
  const meeting = found.data
  const put = (after: Meeting) => found.put(() => after)
  return (
    <div class="page">
      <header class="page-head">
        <div>
          <p class="small">
            <a href={href('/programme/meetings', { program: String(meeting.program_id) })}>{m.back}</a>
          </p>
          <h1>{meeting.title}</h1>
          <p>
            {meeting.program.name} · <span class="num">{date(meeting.held_on)}</span> · {m.states[meeting.state]}{' '}
            {meeting.program.simulated && <Simulated short />}
          </p>
        </div>
      </header>
      <Pack meeting={meeting} onChange={put} />
      <Decisions meeting={meeting} />
      {meeting.state === 'concluded' ? <Concluded meeting={meeting} /> : meeting.acts.includes('conclude') && <Conclude meeting={meeting} onChange={put} />}
      {meeting.acts.includes('change') && <Facts key={meeting.version} meeting={meeting} onChange={put} />}
    </div>
  )
}

function paper(meeting: Meeting, what: 'pack' | 'conclusion', form: keyof typeof FORMS): string {
  return `/api/v1/programme/meetings/${meeting.id}/${what}?format=${form}`
}

function Papers({ meeting, what }: { meeting: Meeting; what: 'pack' | 'conclusion' }) {
  return (
    <>
      {(Object.keys(FORMS) as (keyof typeof FORMS)[]).map((form) => (
        <a key={form} class="button button-plain" href={paper(meeting, what, form)} download>
          {FORMS[form]}
        </a>
      ))}
    </>
  )
}

/** The pack: read it as paper, issue it, show it; and what it will say, part by part. */
function Pack({ meeting, onChange }: { meeting: Meeting; onChange: (after: Meeting) => void }) {
  const m = messages.value
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const issue = async () => {
    setBusy(true)
    setProblem(null)
    try {
      const after = await send<Meeting>('POST', `/api/v1/programme/meetings/${meeting.id}/issue`, undefined, {
        version: meeting.version,
        key: newKey(),
      })
      toast(m.issued(after.number))
      onChange(after)
    } catch (error) {
      setProblem(asProblem(error))
    }
    setBusy(false)
  }
  const room = `/programme/meeting/${meeting.id}`
  return (
    <section aria-label={m.pack}>
      <h2>{m.pack}</h2>
      <p>{meeting.issued_at ? m.packFrozen(meeting.number, date(meeting.issued_at)) : m.packLive}</p>
      {meeting.sha256 && (
        <p class="muted small">
          {m.hash}: <span class="mono broken">{meeting.sha256}</span>
        </p>
      )}
      <div class="form-foot">
        <Papers meeting={meeting} what="pack" />
        {meeting.acts.includes('issue') && (
          <Button kind="primary" busy={busy} onClick={() => void issue()}>
            {m.issue}
          </Button>
        )}
        <a class="button button-plain" href={href(room, { kiosk: '1' })}>
          {m.room}
        </a>
        {meeting.acts.includes('decide') && (
          <a class="button button-plain" href={href(room, { write: '1' })}>
            {m.secretary}
          </a>
        )}
      </div>
      {problem && <ProblemBox problem={problem} />}
      <Parts meeting={meeting} />
    </section>
  )
}

/** What the meeting will be told, with how much there is of it. */
function Parts({ meeting }: { meeting: Meeting }) {
  const m = messages.value
  const told = useResource(`slides ${meeting.id} ${meeting.version}`, (signal) =>
    get<Slides>(`/api/v1/programme/meetings/${meeting.id}/slides`, {}, signal),
  )
  if (!told.data) return told.problem ? <ProblemBox problem={told.problem} onRetry={told.reload} /> : <Loading />
  return (
    <ul class="meeting-parts">
      {told.data.slides.map((slide) => (
        <li key={slide.part}>
          {m.parts[slide.part]} {'rows' in slide && <span class="muted num">({number(slide.rows.length)})</span>}
        </li>
      ))}
    </ul>
  )
}

function Decisions({ meeting }: { meeting: Meeting }) {
  const m = messages.value
  return (
    <section aria-label={m.decisions}>
      <h2>{m.decisions}</h2>
      <Table
        label={m.decisions}
        columns={columns()}
        rows={meeting.decisions}
        rowKey={(row) => String(row.id)}
        empty={<Empty title={m.noDecisions} />}
      />
    </section>
  )
}

function columns(): Column<Decision>[] {
  const m = messages.value
  return [
    {
      key: 'text', head: m.write.text, title: true,
      cell: (row) => (
        <span class="two-lines">
          <span class="broken">{row.text}</span>
          {row.project_name && (
            <a class="plain-link muted small" href={href(`/programme/projects/${row.project_id}`)}>
              {row.project_name}
            </a>
          )}
        </span>
      ),
    },
    { key: 'lead', head: m.write.lead, cell: (row) => row.lead_name ?? common.value.none },
    { key: 'product', head: m.write.product, wide: true, cell: (row) => row.product || common.value.none },
    {
      key: 'state', head: m.column.state,
      cell: (row) =>
        row.directive_id ? <a href={href(`/directives/${row.directive_id}`)}>{m.directive}</a> : row.lacks.length > 0 ? <Lacks decision={row} /> : '✓',
    },
  ]
}

/** One act, which nobody undoes: it says so, and what is still missing keeps it shut. */
function Conclude({ meeting, onChange }: { meeting: Meeting; onChange: (after: Meeting) => void }) {
  const m = messages.value
  const [chair, setChair] = useState(meeting.chair)
  const [office, setOffice] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const wanting = meeting.decisions.filter((each) => each.lacks.length > 0).length
  const conclude = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    setProblem(null)
    try {
      const body = { chair, owner_org: office ? Number(office) : null }
      const after = await send<{ meeting: Meeting; document: { number: string } }>(
        'POST', `/api/v1/programme/meetings/${meeting.id}/conclude`, body, { version: meeting.version, key: newKey() },
      )
      toast(m.concluded(after.document.number))
      onChange(after.meeting)
    } catch (error) {
      setProblem(asProblem(error))
    }
    setBusy(false)
  }
  return (
    <form class="form inset" onSubmit={(event) => void conclude(event)} aria-label={m.conclude}>
      <h2>{m.conclude}</h2>
      <p>{m.concludeText}</p>
      <div class="meeting-fields">
        <Field label={m.field.chair} value={chair} onInput={setChair} fault={problem?.fault('chair')} />
        <Units label={m.office} none={m.ownOffice} value={office} fault={problem?.fault('owner_org')} onChange={setOffice} />
      </div>
      {wanting > 0 && <p class="strong">{m.wanting(wanting)}</p>}
      {problem && <ProblemBox problem={problem} beside={['chair', 'owner_org']} />}
      <div class="form-foot">
        <Button type="submit" kind="primary" busy={busy} disabled={meeting.decisions.length === 0 || wanting > 0}>
          {m.conclude}
        </Button>
      </div>
    </form>
  )
}

function Concluded({ meeting }: { meeting: Meeting }) {
  const m = messages.value
  return (
    <section aria-label={m.notice}>
      <h2>{m.notice}</h2>
      <div class="form-foot">
        <Papers meeting={meeting} what="conclusion" />
        <a class="button button-plain" href={href(`/directives/documents/${meeting.document_id}`)}>
          {m.noticeOpen}
        </a>
      </div>
    </section>
  )
}

function Facts({ meeting, onChange }: { meeting: Meeting; onChange: (after: Meeting) => void }) {
  const m = messages.value
  const [facts, setFacts] = useState({
    title: meeting.title, held_on: meeting.held_on, cutoff: meeting.cutoff, chair: meeting.chair, place: meeting.place,
    questions: meeting.questions.join('\n'),
  })
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const set = (name: keyof typeof facts) => (value: string) => setFacts({ ...facts, [name]: value })
  const isFrozen = meeting.state !== 'planned'
  const save = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    setProblem(null)
    try {
      const questions = facts.questions.split('\n').map((line) => line.trim()).filter(Boolean)
      const body = { ...facts, questions }
      const after = await send<Meeting>('PATCH', `/api/v1/programme/meetings/${meeting.id}`, body, { version: meeting.version, key: newKey() })
      toast(m.saved)
      onChange(after)
    } catch (error) {
      setProblem(asProblem(error))
    }
    setBusy(false)
  }
  return (
    <form class="form inset" onSubmit={(event) => void save(event)} aria-label={m.facts}>
      <h2>{m.facts}</h2>
      <div class="meeting-fields">
        <Field label={m.field.title} value={facts.title} onInput={set('title')} fault={problem?.fault('title')} required />
        <Field label={m.field.chair} value={facts.chair} onInput={set('chair')} />
        <Field label={m.field.place} value={facts.place} onInput={set('place')} />
        {!isFrozen && <Field label={m.field.held} type="date" value={facts.held_on} onInput={set('held_on')} fault={problem?.fault('held_on')} required />}
        {!isFrozen && <Field label={m.field.cutoff} type="date" value={facts.cutoff} onInput={set('cutoff')} fault={problem?.fault('cutoff')} required />}
      </div>
      {!isFrozen && (
        <Field label={m.field.questions} hint={m.field.questionsHint} value={facts.questions} onInput={set('questions')} lines={3} fault={problem?.fault('questions')} />
      )}
      {problem && <ProblemBox problem={problem} beside={['title', 'held_on', 'cutoff', 'questions']} />}
      <div class="form-foot">
        <Button type="submit" busy={busy}>
          {m.save}
        </Button>
      </div>
    </form>
  )
}
