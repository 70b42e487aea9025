// Issuing: what becomes tasks now, what still lacks something, who follows it up. Nothing is issued without this step.
import { useState } from 'preact/hooks'
import { get, newKey, send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { useResource } from '../../api/resource'
import { Button, Field } from '../../design/controls'
import { ProblemBox, toast } from '../../design/notice'
import { listed } from '../../format/fold'
import { common } from '../../messages/common'
import { directives as messages } from '../../messages/directives'
import { above, drafts } from './doing'
import type { Candidate, DirectiveDocument, Meeting } from './types'
import { UnitPicker } from './unit-picker'

interface Props {
  document: DirectiveDocument
  list: readonly Candidate[]
  onChoose: (id: number) => void
  onDone: () => void
}

interface Draft {
  /** null: nothing typed; the chair of the meeting, else whoever signed. */
  givenBy: string | null
  givenOn: string
  monitor: number[]
  key: string
}

export function IssueForm({ document, list, onChoose, onDone }: Props) {
  const m = messages.value.confirm
  const name = `${-document.id} issue`
  const [draft, setDraft] = useState<Draft>(
    () =>
      (drafts.get(name) as Draft | undefined) ?? {
        givenBy: null,
        givenOn: document.issued_on ?? '',
        monitor: [],
        key: newKey(),
      },
  )
  const meeting = useResource(document.meeting ? `chair ${document.meeting.id}` : null, (signal) =>
    get<Meeting>(`/api/v1/meetings/${document.meeting?.id}`, {}, signal),
  )
  const givenBy = draft.givenBy ?? (meeting.data?.chair || document.signatory)
  const leaders = useResource('directive leaders', (signal) =>
    get<{ items: string[] }>('/api/v1/directive-leaders', {}, signal),
  )
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const accepted = list.filter(({ state }) => state === 'accepted')
  const lacking = accepted.filter(({ missing }) => missing.length > 0)
  const ready = accepted.filter(({ missing }) => missing.length === 0)
  const left = list.filter(({ state }) => state === 'open').length
  const set = (change: Partial<Draft>) => {
    const next = { ...draft, ...change, key: newKey() }
    drafts.set(name, next)
    setDraft(next)
  }
  const submit = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    setProblem(null)
    const body = {
      candidate_ids: ready.map(({ id }) => id),
      ...(givenBy.trim() ? { given_by: givenBy.trim() } : {}),
      ...(draft.givenOn ? { given_on: draft.givenOn } : {}),
      ...(draft.monitor[0] ? { monitor_org: draft.monitor[0] } : {}),
    }
    try {
      const made = await send<{ directives: unknown[]; tasks: unknown[] | number }>(
        'POST',
        `/api/v1/directive-documents/${document.id}/issue`,
        body,
        { version: document.version, key: draft.key },
      )
      drafts.delete(name)
      const tasks = Array.isArray(made.tasks) ? made.tasks.length : made.tasks
      toast(m.issue.done(made.directives.length, tasks))
      above.value = null
      onDone()
    } catch (error) {
      setProblem(asProblem(error))
      setBusy(false)
    }
  }
  return (
    <form class="form inset" onSubmit={(event) => void submit(event)} aria-label={m.issue.title}>
      <p class="strong">{accepted.length > 0 ? m.issue.text(ready.length) : m.issue.none}</p>
      {left > 0 && <p class="muted">{m.issue.left(left)}</p>}
      {lacking.length > 0 && (
        <div>
          <p>{m.issue.lacking(lacking.length)}</p>
          <ul>
            {lacking.map((each) => (
              <li key={each.id}>
                <button type="button" class="add-line" onClick={() => onChoose(each.id)}>
                  {each.no}. {m.missing(listed(each.missing.map((word) => messages.value.missing[word])))}
                </button>
              </li>
            ))}
          </ul>
        </div>
      )}
      {ready.length > 0 && (
        <>
          <div class="form-row">
            <Field
              label={m.issue.givenBy}
              value={givenBy}
              offered={leaders.data?.items}
              onInput={(givenBy) => set({ givenBy })}
              fault={problem?.fault('given_by')}
              inputRef={(element) => {
                if (element && !element.dataset['seen']) {
                  element.dataset['seen'] = 'yes'
                  element.focus()
                }
              }}
            />
            <Field label={m.issue.givenOn} type="date" value={draft.givenOn} onInput={(givenOn) => set({ givenOn })} fault={problem?.fault('given_on')} />
          </div>
          <UnitPicker label={`${m.issue.monitor} (${m.issue.noMonitor})`} single chosen={draft.monitor} onChange={(monitor) => set({ monitor })} />
        </>
      )}
      {problem && <ProblemBox problem={problem} beside={['given_by', 'given_on']} />}
      <div class="form-foot">
        {ready.length > 0 && (
          <Button type="submit" kind="primary" busy={busy}>
            {m.issue.do(ready.length)}
          </Button>
        )}
        <Button onClick={() => (above.value = null)}>{common.value.cancel}</Button>
      </div>
    </form>
  )
}
