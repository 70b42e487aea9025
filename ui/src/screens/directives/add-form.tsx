// Adding by the keyboard what was not proposed: the sentences of the document that stand in no candidate.
import { useEffect, useMemo, useState } from 'preact/hooks'
import { Button, Field } from '../../design/controls'
import { Empty } from '../../design/notice'
import { fold } from '../../format/fold'
import { common } from '../../messages/common'
import { directives as messages } from '../../messages/directives'
import { points, slice, uncovered, type Span } from './spans'
import type { Candidate, DirectiveDocument } from './types'

const SHOWN = 40

interface Props {
  document: DirectiveDocument
  list: readonly Candidate[]
  onAdd: (span: Span) => void
  onClose: () => void
}

export function AddForm({ document, list, onAdd, onClose }: Props) {
  const m = messages.value.confirm
  const [typed, setTyped] = useState('')
  const letters = useMemo(() => points(document.text ?? ''), [document.text])
  const all = useMemo(() => uncovered(letters, list).map((span) => ({ span, words: slice(letters, span) })), [letters, list])
  const sought = fold(typed)
  const found = all.filter(({ words }) => fold(words).includes(sought)).slice(0, SHOWN)
  useEffect(() => window.document.querySelector<HTMLElement>('.add-form input')?.focus(), [])
  return (
    <form
      class="form inset add-form"
      aria-label={m.addTitle}
      onSubmit={(event) => {
        event.preventDefault()
        if (found[0] && typed.trim()) onAdd(found[0].span)
      }}
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
    >
      <p class="strong">{m.addTitle}</p>
      <Field label={m.addFind} value={typed} onInput={setTyped} type="search" />
      {found.length === 0 && <Empty title={m.addNone} />}
      <ul class="add-list">
        {found.map(({ span, words }) => (
          <li key={span.start}>
            <button type="button" class="add-line" onClick={() => onAdd(span)}>
              <span class="clamp">{words}</span>
            </button>
          </li>
        ))}
      </ul>
      <div class="form-foot">
        <Button onClick={onClose}>{common.value.cancel}</Button>
      </div>
    </form>
  )
}
