// What an act still needs, in its place: its words, a moment, a choice. Escape closes the form and keeps the selection.
import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { isConflict } from '../../design/conflict'
import { Button, Field, Select } from '../../design/controls'
import { ProblemBox } from '../../design/notice'
import { useKeys } from '../../keys'
import { common } from '../../messages/common'
import { duty as messages } from '../../messages/duty'
import { busy, form, refused } from './doing'

/** The last refusal; where somebody else was quicker, the way to see what they did. */
export function Refused({ onReload, beside }: { onReload: () => void; beside?: readonly string[] }) {
  const m = messages.value
  const problem = refused.value
  if (!problem) return null
  return (
    <div class="duty-refused">
      <ProblemBox problem={problem} beside={beside} />
      {isConflict(problem) && (
        <p>
          {m.conflict}{' '}
          <Button
            onClick={() => {
              refused.value = null
              onReload()
            }}
          >
            {m.reload}
          </Button>
        </p>
      )}
    </div>
  )
}

interface FormProps {
  label: string
  /** What the button says; the label where it is left out. */
  submit?: string
  children: ComponentChildren
  onSubmit: () => void
}

/** The frame of a form: the first field has the focus, Ctrl-Enter sends, Escape closes. */
export function ActFrame({ label, submit, children, onSubmit }: FormProps) {
  const element = useRef<HTMLFormElement>(null)
  const close = () => (form.value = null)
  useKeys([
    { press: 'Escape', shown: 'Esc', label: () => common.value.cancel, run: close, inText: true },
    { press: 'ctrl+Enter', shown: 'Ctrl Enter', label: () => submit ?? label, run: onSubmit, inText: true },
  ])
  useEffect(() => element.current?.querySelector<HTMLElement>('input, select, textarea')?.focus(), [])
  return (
    <form
      class="form inset-form"
      aria-label={label}
      ref={element}
      onSubmit={(event) => {
        event.preventDefault()
        onSubmit()
      }}
    >
      {children}
      <div class="form-foot">
        <Button type="submit" kind="primary" busy={busy.value}>
          {submit ?? label}
        </Button>
        <Button onClick={close}>{common.value.cancel}</Button>
      </div>
    </form>
  )
}

interface WordsProps {
  act: string
  label: string
  /** What the text is called. */
  text: string
  required?: boolean
  onSend: (text: string) => void
  children?: ComponentChildren
}

/** An act that needs its words and perhaps a choice before them. */
export function WordsForm({ label, text, required = true, onSend, children }: WordsProps) {
  const [words, setWords] = useState('')
  return (
    <ActFrame label={label} onSubmit={() => (words.trim() || !required) && onSend(words.trim())}>
      {children}
      <Field label={text} value={words} onInput={setWords} lines={2} required={required} fault={refused.value?.fault('text') || refused.value?.fault('reason')} />
    </ActFrame>
  )
}

interface ChoiceProps {
  label: string
  words: Readonly<Record<string, string>>
  value: string
  onChange: (value: string) => void
}

export function Choice({ label, words, value, onChange }: ChoiceProps) {
  return <Select label={label} value={value} options={Object.entries(words).map(([value, label]) => ({ value, label }))} onChange={onChange} />
}
