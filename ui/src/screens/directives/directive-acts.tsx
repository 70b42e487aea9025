// What the office does with a directive itself: a forced review, and replacing it where the document was corrected.
import { useState } from 'preact/hooks'
import { newKey, send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { isConflict } from '../../design/conflict'
import { Button, Field } from '../../design/controls'
import { ProblemBox, toast } from '../../design/notice'
import { common } from '../../messages/common'
import { directives as messages } from '../../messages/directives'
import { go } from '../../router'
import type { Directive } from './types'

/** Do an act of a directive; true: it was done. What somebody else did first is fetched, and the typed text stays. */
export function useDirectiveAct(directive: Directive, onChange: () => void) {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const perform = async (body: Record<string, unknown>, words: string): Promise<Directive | null> => {
    setBusy(true)
    setProblem(null)
    let after: Directive | null = null
    try {
      after = await send<Directive>(
        'POST',
        `/api/v1/directives/${directive.id}/acts`,
        { do: body },
        { version: directive.version, key: newKey() },
      )
      toast(words)
      onChange()
    } catch (error) {
      const found = asProblem(error)
      setProblem(found)
      if (isConflict(found)) onChange()
    }
    setBusy(false)
    return after
  }
  return { busy, problem, perform }
}

export function DirectiveActs({ directive, onChange }: { directive: Directive; onChange: () => void }) {
  const m = messages.value.directive
  const [form, setForm] = useState<'review' | 'replace' | null>(null)
  const [text, setText] = useState('')
  const [fact, setFact] = useState('')
  const { busy, problem, perform } = useDirectiveAct(directive, onChange)
  const acts = (['review', 'replace'] as const).filter((act) => directive.acts.includes(act))
  if (acts.length === 0) return null
  const submit = async (event: Event) => {
    event.preventDefault()
    const reason = text.trim()
    const after =
      form === 'review'
        ? await perform({ act: 'review', text: reason, review_on: fact }, m.reviewed)
        : await perform({ act: 'replace', text: reason, candidate_id: Number(fact.replace('#', '')) }, m.replaced)
    if (!after) return
    setForm(null)
    setText('')
    setFact('')
    if (after.id !== directive.id) go(`/directives/${after.id}`)
  }
  return (
    <section class="directive-acts">
      <div class="form-foot">
        {acts.map((act) => (
          <Button key={act} expanded={form === act} onClick={() => setForm(form === act ? null : act)}>
            {m[act]}
          </Button>
        ))}
      </div>
      {form && (
        <form class="form inset" onSubmit={(event) => void submit(event)} aria-label={m[form]}>
          {form === 'replace' && <p class="muted small">{m.replaceText}</p>}
          <Field label={form === 'review' ? m.reviewText : m.replaceReason} value={text} onInput={setText} lines={2} required />
          {form === 'review' ? (
            <Field label={m.reviewOn} type="date" value={fact} onInput={setFact} required fault={problem?.fault('review_on')} />
          ) : (
            <Field label={m.replaceBy} value={fact} onInput={setFact} required fault={problem?.fault('candidate_id')} />
          )}
          {problem && <ProblemBox problem={problem} beside={['review_on', 'candidate_id']} />}
          {problem && isConflict(problem) && <p>{messages.value.moved}</p>}
          <div class="form-foot">
            <Button type="submit" kind="primary" busy={busy}>
              {form === 'review' ? m.review : m.replaceDo}
            </Button>
            <Button onClick={() => setForm(null)}>{common.value.cancel}</Button>
          </div>
        </form>
      )}
    </section>
  )
}
