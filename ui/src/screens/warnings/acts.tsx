// What can be done with a warning now, and what happens where somebody else was quicker.
import type { ComponentChildren } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { newKey, send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { isConflict } from '../../design/conflict'
import { Button, Field } from '../../design/controls'
import { ProblemBox, toast } from '../../design/notice'
import { common } from '../../messages/common'
import { warnings as messages } from '../../messages/warnings'
import type { ActName, Warning } from './types'

const WITH_REASON: readonly ActName[] = ['refuse', 'cancel']
const MAIN: readonly ActName[] = ['submit', 'approve', 'send']

interface Props {
  warning: Warning
  children?: ComponentChildren
  onChange: (warning: Warning) => void
  onReload: () => void
}

export function Acts({ warning, children, onChange, onReload }: Props) {
  const m = messages.value
  const [chosen, setChosen] = useState<'refuse' | 'cancel' | null>(null)
  const [reason, setReason] = useState('')
  const [busy, setBusy] = useState<ActName | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const intent = useRef({ what: '', key: '' })
  const perform = async (act: ActName, facts: Record<string, string> = {}) => {
    setBusy(act)
    setProblem(null)
    const body = { do: { act, ...facts } }
    const what = `${warning.version} ${JSON.stringify(body)}`
    if (intent.current.what !== what) intent.current = { what, key: newKey() } // the same again has the same key
    const options = { version: warning.version, key: intent.current.key }
    try {
      const after = await send<Warning>('POST', `/api/v1/warnings/${warning.id}/acts`, body, options)
      toast(m.done(m.acts[act]))
      setChosen(null)
      setReason('')
      onChange(after)
    } catch (error) {
      setProblem(asProblem(error))
    }
    setBusy(null)
  }
  const open = chosen && warning.acts.includes(chosen) ? chosen : null
  return (
    <section class="warning-acts" aria-label={m.acts.title}>
      {warning.acts.length === 0 && !children && <p class="muted">{m.acts.none}</p>}
      <div class="form-foot">
        {warning.acts.map((act) => (
          <Button
            key={act}
            kind={MAIN.includes(act) ? 'primary' : 'plain'}
            busy={busy === act}
            expanded={WITH_REASON.includes(act) ? act === open : undefined}
            onClick={() => {
              if (act === 'refuse' || act === 'cancel') setChosen(act === open ? null : act)
              else void perform(act)
            }}
          >
            {m.acts[act]}
          </Button>
        ))}
        {children}
      </div>
      {open && (
        <form
          class="form inset"
          aria-label={m.acts[open]}
          onSubmit={(event) => {
            event.preventDefault()
            void perform(open, { reason: reason.trim() })
          }}
        >
          <Field label={m.reason[open]} value={reason} onInput={setReason} lines={3} required />
          <div class="form-foot">
            <Button type="submit" kind="primary" busy={busy === open} disabled={!reason.trim()}>
              {m.acts[open]}
            </Button>
            <Button onClick={() => setChosen(null)}>{common.value.cancel}</Button>
          </div>
        </form>
      )}
      {problem && <Refused problem={problem} onReload={() => (setProblem(null), onReload())} />}
    </section>
  )
}

/** A refusal; where somebody else was quicker, the way to see what they did. */
export function Refused({ problem, beside, onReload }: { problem: Problem; beside?: readonly string[]; onReload: () => void }) {
  const m = messages.value
  return (
    <>
      <ProblemBox problem={problem} beside={beside} />
      {isConflict(problem) && (
        <p>
          {m.conflict} <Button onClick={onReload}>{m.reload}</Button>
        </p>
      )}
    </>
  )
}
