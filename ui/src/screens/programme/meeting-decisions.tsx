// Decisions beside the slide: written down as drafts of the meeting, changed and dropped until it is concluded.
import { useEffect, useRef, useState } from 'preact/hooks'
import { get, newKey, send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { useResource } from '../../api/resource'
import type { Org } from '../../api/types'
import { isConflict } from '../../design/conflict'
import { Button, Field, Select } from '../../design/controls'
import { Mark } from '../../design/mark'
import { ProblemBox, toast } from '../../design/notice'
import { meeting as messages } from '../../messages/meeting'
import { Units } from '../../tasks/acts'
import { DueField, dueBody, EMPTY_DUE, type DueDraft } from '../../tasks/due-field'
import type { Precision } from '../../tasks/types'
import type { Decision, Meeting, PartName } from './meeting-types'
import { useTold } from './parts'

interface PaneProps {
  id: string
  part: PartName
  /** Projects of the slide: the first to choose from. */
  projects: readonly number[]
  onChange: () => void
}

export function DecisionPane({ id, part, projects, onChange }: PaneProps) {
  const m = messages.value.write
  const meeting = useResource(`meeting ${id}`, (signal) => get<Meeting>(`/api/v1/programme/meetings/${id}`, {}, signal))
  useTold(meeting.reload)
  const [edited, setEdited] = useState<Decision | null>(null)
  const put = (after: Meeting) => {
    meeting.put(() => after)
    setEdited(null)
    onChange()
  }
  if (!meeting.data) return <aside class="room-pane">{meeting.problem && <ProblemBox problem={meeting.problem} onRetry={meeting.reload} />}</aside>
  const { decisions, acts } = meeting.data
  return (
    <aside class="room-pane" aria-label={m.title}>
      {acts.includes('decide') && (
        <DecisionForm
          key={edited ? `${edited.id} ${edited.version}` : 'new'}
          meeting={meeting.data}
          part={part}
          near={projects}
          edited={edited}
          onDone={put}
          onCancel={() => setEdited(null)}
          onReload={() => {
            setEdited(null)
            meeting.reload()
          }}
        />
      )}
      <DecisionList decisions={decisions} mayEdit={acts.includes('decide')} onEdit={setEdited} onDone={put} />
    </aside>
  )
}

interface FormProps {
  meeting: Meeting
  part: PartName
  near: readonly number[]
  edited: Decision | null
  onDone: (after: Meeting) => void
  onCancel: () => void
  onReload: () => void
}

/** What a due of the server is as a draft of the form. */
function draftOf(due: Record<string, unknown> | null): DueDraft {
  if (!due) return EMPTY_DUE
  const text = (name: string) => (due[name] === undefined || due[name] === null ? '' : String(due[name]))
  return {
    ...EMPTY_DUE, precision: (text('precision') || 'day') as Precision, on: text('on'), count: text('count'), event: text('event'),
    every: text('every') || 'month', until: text('until'), text: text('text'),
  }
}

function isDueGiven(due: DueDraft): boolean {
  return Boolean(due.on || due.count || due.event || ['urgent', 'open', 'recurring'].includes(due.precision))
}

function DecisionForm({ meeting, part, near, edited, onDone, onCancel, onReload }: FormProps) {
  const m = messages.value.write
  const [text, setText] = useState(edited?.text ?? '')
  const [project, setProject] = useState(String(edited?.project_id ?? ''))
  const [lead, setLead] = useState(String(edited?.lead_org ?? ''))
  const [coops, setCoops] = useState<number[]>(edited?.coop_orgs ?? [])
  const [due, setDue] = useState<DueDraft>(draftOf(edited?.due ?? null))
  const [product, setProduct] = useState(edited?.product ?? '')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const first = useRef<HTMLElement | null>(null)
  useEffect(() => first.current?.focus(), [])
  const submit = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    setProblem(null)
    const body = {
      text, product, coop_orgs: coops, project_id: project ? Number(project) : null, lead_org: lead ? Number(lead) : null,
      due: isDueGiven(due) ? dueBody(due) : null,
    }
    try {
      const after = edited
        ? await send<Meeting>('PATCH', `/api/v1/programme/meeting-decisions/${edited.id}`, body, { version: edited.version, key: newKey() })
        : await send<Meeting>('POST', `/api/v1/programme/meetings/${meeting.id}/decisions`, { ...body, slide: part }, { key: newKey() })
      toast(edited ? m.edited : m.added)
      if (!edited) for (const clear of [setText, setProject, setLead, setProduct]) clear('')
      if (!edited) setCoops([])
      if (!edited) setDue(EMPTY_DUE)
      setBusy(false)
      first.current?.focus()
      onDone(after)
    } catch (error) {
      const found = asProblem(error)
      setBusy(false)
      if (isConflict(found)) {
        toast(m.taken)
        onReload()
      } else setProblem(found)
    }
  }
  return (
    <form class="form" onSubmit={(event) => void submit(event)} aria-label={edited ? m.edit : m.title}>
      <h2>{edited ? m.edit : m.title}</h2>
      <Field
        label={m.text}
        value={text}
        onInput={setText}
        lines={3}
        required
        fault={problem?.fault('text')}
        inputRef={(element) => (first.current = element)}
      />
      <Projects meeting={meeting} near={near} value={project} fault={problem?.fault('project_id')} onChange={setProject} />
      <Units label={m.lead} none={project && !edited ? m.leadOfProject : m.none} value={lead} fault={problem?.fault('lead_org')} onChange={setLead} />
      <Coops value={coops} onChange={setCoops} />
      <DueField draft={due} problem={problem} onChange={setDue} />
      <Field label={m.product} value={product} onInput={setProduct} fault={problem?.fault('product')} />
      {problem && <ProblemBox problem={problem} beside={['text', 'project_id', 'lead_org', 'product', 'due.on', 'due.count', 'due.event']} />}
      <div class="form-foot">
        <Button type="submit" kind="primary" busy={busy}>
          {edited ? m.change : m.add}
        </Button>
        {edited && <Button onClick={onCancel}>{m.cancel}</Button>}
      </div>
    </form>
  )
}

interface Named {
  id: number
  name: string
}

const PROJECTS_MAX = 5000

async function everyProject(program: number, signal: AbortSignal): Promise<{ items: Named[] }> {
  const items: Named[] = []
  let cursor: string | null = null
  do {
    const page: { items: Named[]; next: string | null } = await get('/api/v1/programme/projects', { program, limit: 200, cursor }, signal)
    items.push(...page.items)
    cursor = page.next
  } while (cursor !== null && items.length < PROJECTS_MAX)
  return { items }
}

interface ProjectsProps {
  meeting: Meeting
  near: readonly number[]
  value: string
  fault?: string | undefined
  onChange: (value: string) => void
}

/** Projects of the slide first, then all of the programme by name. */
function Projects({ meeting, near, value, fault, onChange }: ProjectsProps) {
  const m = messages.value.write
  const all = useResource(`projects ${meeting.program_id}`, (signal) =>
    everyProject(meeting.program_id, signal),
  )
  const place = new Map(near.map((id, at) => [id, at]))
  const sorted = [...(all.data?.items ?? [])].sort((a, b) => (place.get(a.id) ?? 1e6) - (place.get(b.id) ?? 1e6) || a.name.localeCompare(b.name, 'vi'))
  const options = sorted.map(({ id, name }) => ({ value: String(id), label: place.has(id) ? `• ${name}` : name }))
  return <Select label={m.project} value={value} options={[{ value: '', label: m.noProject }, ...options]} fault={fault} onChange={onChange} />
}

function Coops({ value, onChange }: { value: readonly number[]; onChange: (value: number[]) => void }) {
  const m = messages.value.write
  const orgs = useResource('units', (signal) => get<{ items: Org[] }>('/api/v1/orgs', {}, signal))
  const name = (id: number) => orgs.data?.items.find((org) => org.id === id)?.name ?? `#${id}`
  return (
    <>
      <Units label={m.coop} none={m.noCoop} value="" onChange={(id) => id && !value.includes(Number(id)) && onChange([...value, Number(id)])} />
      {value.length > 0 && (
        <ul class="room-coops">
          {value.map((id) => (
            <li key={id}>
              {name(id)} <Button icon="close" label={`${m.take} ${name(id)}`} onClick={() => onChange(value.filter((other) => other !== id))} />
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

interface ListProps {
  decisions: readonly Decision[]
  mayEdit: boolean
  onEdit: (decision: Decision) => void
  onDone: (after: Meeting) => void
}

function DecisionList({ decisions, mayEdit, onEdit, onDone }: ListProps) {
  const m = messages.value
  return (
    <section>
      <h2>{m.write.list(decisions.length)}</h2>
      <ol class="room-decisions">
        {decisions.map((decision) => (
          <li key={decision.id}>
            <p class="broken">{decision.text}</p>
            <p class="muted small">{[decision.project_name, decision.lead_name, decision.product].filter(Boolean).join(' · ')}</p>
            {decision.coop_names.length > 0 && (
              <p class="muted small">
                {m.write.with} {decision.coop_names.join(', ')}
              </p>
            )}
            <Lacks decision={decision} />
            {mayEdit && decision.directive_id === null && (
              <div class="form-foot">
                <Button onClick={() => onEdit(decision)}>{m.write.edit}</Button>
                <Drop decision={decision} onDone={onDone} />
              </div>
            )}
          </li>
        ))}
      </ol>
    </section>
  )
}

export function Lacks({ decision }: { decision: Decision }) {
  const m = messages.value
  if (decision.lacks.length === 0) return null
  return (
    <p class="small room-state">
      <Mark shape="triangle" sign="!" tone="p2" /> {decision.lacks.map((lack) => m.lacks[lack]).join(', ')}
    </p>
  )
}

/** Pressed twice: no question in between, and nothing is lost by one press. */
function Drop({ decision, onDone }: { decision: Decision; onDone: (after: Meeting) => void }) {
  const m = messages.value.write
  const [isSure, setSure] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const drop = async () => {
    try {
      onDone(await send<Meeting>('DELETE', `/api/v1/programme/meeting-decisions/${decision.id}`, undefined, { version: decision.version }))
    } catch (error) {
      setProblem(asProblem(error))
    }
  }
  return (
    <>
      <Button onClick={() => (isSure ? void drop() : setSure(true))}>{isSure ? m.dropSure : m.drop}</Button>
      {problem && <ProblemBox problem={problem} />}
    </>
  )
}
