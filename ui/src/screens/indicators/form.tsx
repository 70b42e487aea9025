// A form of a unit and a period: its figures typed or brought back as a workbook, then handed in, approved, locked.
import { useRef, useState } from 'preact/hooks'
import { get, newKey, send, upload } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { useResource } from '../../api/resource'
import { Button, Field } from '../../design/controls'
import { Chip, Mark } from '../../design/mark'
import { Loading, ProblemBox, Simulated, toast } from '../../design/notice'
import { dateTime } from '../../format/time'
import { useKeys } from '../../keys'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { indicators as messages } from '../../messages/indicators'
import { go, href, path } from '../../router'
import { Grid, type Drafts } from './form-grid'
import { changesOf } from './form-drafts'
import { Clock } from './owed'
import type { Compared, OpenedForm } from './types'
import { Workbook } from './workbook'

/** Acts that say why; the others are one key. */
const SAYS_WHY = new Set(['return', 'unlock'])
/** What is typed outlives the page, by form: who comes back need not type it again. */
const kept = new Map<number, Drafts>()

export default function FormPage() {
  const id = path.value[2] ?? ''
  const form = useResource(id || null, (signal) => get<OpenedForm>(`/api/v1/indicators/submissions/${encodeURIComponent(id)}`, {}, signal))
  if (form.problem && !form.data) return <ProblemBox problem={form.problem} onRetry={form.reload} />
  return form.data ? <Opened key={form.data.id} of={form.data} onChanged={form.reload} /> : <Loading />
}

function Opened({ of, onChanged }: { of: OpenedForm; onChanged: () => void }) {
  const m = messages.value.form
  const [drafts, setDrafts] = useState<Drafts>(() => kept.get(of.id) ?? {})
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [act, setAct] = useState<string | null>(null)
  const [compared, setCompared] = useState<{ name: string; diff: Compared } | null>(null)
  const chooser = useRef<HTMLInputElement>(null)
  const draft = (next: Drafts) => (kept.set(of.id, next), setDrafts(next))
  const { entries, faults } = changesOf(of.lines, drafts)
  const back = () => go('/indicators/owed')
  useKeys([{ press: 'Escape', shown: 'Esc', label: () => common.value.back, run: () => (act ? setAct(null) : back()) }])

  const doing = async (work: () => Promise<string>) => {
    setBusy(true)
    setProblem(null)
    try {
      toast(await work())
      onChanged()
    } catch (error) {
      setProblem(asProblem(error))
    }
    setBusy(false)
  }
  const save = () =>
    doing(async () => {
      await send('POST', `/api/v1/indicators/submissions/${of.id}/values`, { entries }, { key: newKey() })
      draft({})
      return m.saved(entries.length)
    })
  const perform = (name: string, said: Record<string, string>) =>
    doing(async () => {
      await send('POST', `/api/v1/indicators/submissions/${of.id}/acts`, { do: { act: name, ...said } }, { version: of.version, key: newKey() })
      setAct(null)
      return m.done[name] ?? name
    })
  const compare = async (file: File | undefined) => {
    if (!file) return
    setProblem(null)
    setBusy(true)
    try {
      setCompared({ name: file.name, diff: await upload<Compared>('/api/v1/indicators/workbooks/compare', file, newKey()) })
    } catch (error) {
      setProblem(asProblem(error))
    }
    setBusy(false)
  }
  return (
    <div class="page">
      <header class="page-head">
        <div>
          <h1>
            {named(of.form_vi, of.form_en)}, {named(of.period_vi, of.period_en)} {of.simulated && <Simulated short />}
          </h1>
          <p>{of.org.name}</p>
        </div>
        <Button icon="back" onClick={back}>
          {m.back} (Esc)
        </Button>
      </header>
      <p class="index-facts">
        <Chip>{named(of.state_vi, of.state_en)}</Chip>
        <Clock of={of} />
        <span>
          {m.due} <span class="num">{dateTime(of.due_at)}</span> <span class="muted small">({named(of.due_rule.vi, of.due_rule.en)})</span>
        </span>
        {of.submitted_at && <span class="muted num">{m.submitted(dateTime(of.submitted_at))}</span>}
        {of.approved_at && <span class="muted num">{m.approved(dateTime(of.approved_at))}</span>}
        {of.locked_at && <span class="muted num">{m.locked(dateTime(of.locked_at))}</span>}
        {of.lacking !== null && of.expected !== null && <span class="muted">{m.lacking(of.lacking, of.expected)}</span>}
        {of.task_id !== null && (
          <a class="plain-link" href={href(`/tasks/${of.task_id}`)}>
            {messages.value.owed.task(of.task_id)}
          </a>
        )}
      </p>
      {of.reason && (
        <p class="index-summary">
          <Mark shape="triangle" sign="!" tone="p2" /> {of.reason}
        </p>
      )}
      <div class="form-foot">
        {of.may
          .filter((name) => name in m.acts)
          .map((name) => (
            <Button
              key={name}
              kind={SAYS_WHY.has(name) ? 'plain' : 'primary'}
              busy={busy}
              disabled={name === 'submit' && entries.length > 0}
              label={name === 'submit' && entries.length > 0 ? m.unsaved : m.acts[name] ?? name}
              expanded={SAYS_WHY.has(name) ? act === name : false}
              onClick={() => (SAYS_WHY.has(name) ? setAct(act === name ? null : name) : void perform(name, {}))}
            >
              {m.acts[name]}
            </Button>
          ))}
        {of.may_enter && (
          <>
            <a class="button button-plain" href={`/api/v1/indicators/submissions/${of.id}/workbook`} download>
              {m.workbook}
            </a>
            <Button icon="document" busy={busy} onClick={() => chooser.current?.click()}>
              {m.upload}
            </Button>
            <input
              ref={chooser}
              class="hidden-text"
              type="file"
              accept=".xlsx"
              tabIndex={-1}
              aria-label={m.upload}
              onChange={(event) => {
                void compare(event.currentTarget.files?.[0])
                event.currentTarget.value = ''
              }}
            />
          </>
        )}
      </div>
      {act && <Why act={act} busy={busy} problem={problem} onDo={(said) => void perform(act, said)} />}
      {problem && <ProblemBox problem={problem} beside={['reason', 'document', 'do.reason', 'do.document']} />}
      {compared && (
        <Workbook
          of={of}
          name={compared.name}
          diff={compared.diff}
          onDone={(count) => {
            setCompared(null)
            toast(m.saved(count))
            onChanged()
          }}
          onDrop={() => setCompared(null)}
        />
      )}
      <Grid of={of} drafts={drafts} faults={faults} onDraft={draft} />
      {of.may_enter && entries.length > 0 && (
        <div class="form-foot form-sticky">
          <Button kind="primary" busy={busy} disabled={faults.size > 0} onClick={() => void save()}>
            {m.save(entries.length)}
          </Button>
        </div>
      )}
    </div>
  )
}

interface WhyProps {
  act: string
  busy: boolean
  problem: Problem | null
  onDo: (said: Record<string, string>) => void
}

function Why({ act, busy, problem, onDo }: WhyProps) {
  const m = messages.value.form
  const [reason, setReason] = useState('')
  const [document, setDocument] = useState('')
  const submit = (event: Event) => {
    event.preventDefault()
    onDo({ reason: reason.trim(), ...(act === 'unlock' ? { document: document.trim() } : {}) })
  }
  return (
    <form class="form inset" aria-label={m.acts[act] ?? act} onSubmit={submit}>
      <Field label={m.reason} value={reason} lines={2} required autofocus fault={problem?.fault('do.reason')} onInput={setReason} />
      {act === 'unlock' && <Field label={m.document} value={document} required fault={problem?.fault('do.document')} onInput={setDocument} />}
      <div class="form-foot">
        <Button type="submit" kind="primary" busy={busy}>
          {m.acts[act]}
        </Button>
      </div>
    </form>
  )
}
