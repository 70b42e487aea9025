// The decision about a sheet: by which document it is taken, or why it is not. What was typed is never lost.
import { useState } from 'preact/hooks'
import { newKey, send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { Button, Field } from '../../design/controls'
import { ProblemBox, toast } from '../../design/notice'
import { common } from '../../messages/common'
import { programme as messages } from '../../messages/programme'
import type { Import, TakenRows } from './types'

interface Props {
  found: Import
  where: string
  taken: TakenRows
  onDone: () => void
}

export function Decide({ found, where, taken, onDone }: Props) {
  const m = messages.value
  const [draft, setDraft] = useState({ doc_number: '', signed_on: '', issuer: '', reason: '', refusal: '' })
  const [rejecting, setRejecting] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const [key, setKey] = useState(newKey)
  const { counts, hash } = found.diff
  const willWrite = counts.added + counts.changed
  const set = (name: keyof typeof draft) => (value: string) => {
    setKey(newKey())
    setDraft({ ...draft, [name]: value })
  }
  const decide = async (act: 'approve' | 'reject', body: unknown, said: string) => {
    setBusy(true)
    setProblem(null)
    try {
      await send('POST', `${where}/${act}`, body, { version: found.version, key })
      toast(said)
      onDone()
    } catch (error) {
      setProblem(asProblem(error))
      setKey(newKey()) // what is sent next may stand on another diff
    }
    setBusy(false)
  }
  const approve = (event: Event) => {
    event.preventDefault()
    const decision = { doc_number: draft.doc_number.trim(), signed_on: draft.signed_on, issuer: draft.issuer.trim() }
    const conflicts = [...taken].map(([row, project_id]) => ({ row, project_id }))
    void decide('approve', { diff: hash, decision, conflicts, reason: draft.reason.trim() }, m.approve.approved)
  }
  const reject = (event: Event) => {
    event.preventDefault()
    void decide('reject', { reason: draft.refusal.trim() }, m.approve.rejected)
  }
  const stale = problem?.code === 'programme-import-stale'
  return (
    <section class="block-section" id="decide" aria-label={m.approve.title}>
      <h2>{m.approve.title}</h2>
      {problem && (
        <>
          <ProblemBox problem={problem} beside={['decision.doc_number', 'decision.signed_on', 'reason']} />
          {stale && (
            <p class="settled">
              <span>{m.diff.stale}</span>
              <Button icon="refresh" onClick={() => (setProblem(null), onDone())}>
                {m.diff.reload}
              </Button>
            </p>
          )}
        </>
      )}
      {rejecting ? (
        <form class="form" onSubmit={reject}>
          <Field label={m.approve.rejectReason} value={draft.refusal} onInput={set('refusal')} lines={3} required fault={problem?.fault('reason')} />
          <div class="form-foot">
            <Button type="submit" kind="primary" busy={busy}>
              {m.approve.reject}
            </Button>
            <Button onClick={() => setRejecting(false)}>{common.value.cancel}</Button>
          </div>
        </form>
      ) : (
        <form class="form" onSubmit={approve}>
          <div class="form-row">
            <Field label={m.approve.number} value={draft.doc_number} onInput={set('doc_number')} required fault={problem?.fault('decision.doc_number')} />
            <Field label={m.approve.day} type="date" value={draft.signed_on} onInput={set('signed_on')} required fault={problem?.fault('decision.signed_on')} />
            <Field label={m.approve.issuer} value={draft.issuer} onInput={set('issuer')} />
          </div>
          {found.report.unreconciled > 0 && <Field label={m.approve.reason} value={draft.reason} onInput={set('reason')} lines={2} required fault={problem?.fault('reason')} />}
          <p class="muted">{willWrite + taken.size > 0 ? m.approve.willTake(willWrite, taken.size) : m.approve.nothing}</p>
          <div class="form-foot">
            <Button type="submit" kind="primary" busy={busy}>
              {m.approve.approve}
            </Button>
            <Button onClick={() => setRejecting(true)}>{m.approve.reject}</Button>
          </div>
        </form>
      )}
    </section>
  )
}
