// The small things that every part of the screen is made of.
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Problem } from '../../api/problem'
import { asProblem } from '../../api/problem'
import { Button } from '../../design/controls'
import { Mark, type Shape } from '../../design/mark'
import { ProblemBox } from '../../design/notice'
import { number } from '../../format/number'
import { common } from '../../messages/common'
import { operations as messages } from '../../messages/operations'
import type { Verdict } from './state'

const LOOKS: Record<Verdict, { shape: Shape; sign: string; tone: 'p1' | 'p4' | 'quiet' | 'stale'; filled: boolean }> = {
  well: { shape: 'none', sign: '✓', tone: 'quiet', filled: false },
  watch: { shape: 'diamond', sign: '·', tone: 'p4', filled: false },
  act: { shape: 'square', sign: '!', tone: 'p1', filled: true },
  off: { shape: 'square', sign: '–', tone: 'stale', filled: false },
  absent: { shape: 'circle', sign: '?', tone: 'stale', filled: false },
}

/** The verdict by shape, sign and word; colour only repeats what they say. */
export function VerdictMark({ verdict, word }: { verdict: Verdict; word?: string }) {
  return (
    <span class={`verdict verdict-${verdict}`} data-verdict={verdict}>
      <Mark {...LOOKS[verdict]} />
      {word ?? messages.value.verdict[verdict]}
    </span>
  )
}

/** A figure that may be absent: then it says so, and is never zero. */
export function Figure({ value, show = number }: { value: number | null | undefined; show?: (value: number) => string }) {
  if (value === null || value === undefined) return <span class="muted">{messages.value.absent}</span>
  return <span class="num">{show(value)}</span>
}

interface ConfirmedProps {
  /** What the button says, and what is asked before it is done. */
  label: string
  question: string
  text: string
  confirm: string
  icon?: 'refresh' | 'close'
  kind?: 'plain' | 'primary'
  act: () => Promise<void>
}

/** An act that is asked about once more in its own place; no dialog covers what it is about. */
export function Confirmed({ label, question, text, confirm, icon, kind = 'plain', act }: ConfirmedProps) {
  const [asking, setAsking] = useState(false)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const run = async () => {
    setBusy(true)
    setProblem(null)
    try {
      await act()
      setAsking(false)
    } catch (error) {
      setProblem(asProblem(error))
    }
    setBusy(false)
  }
  if (!asking) {
    return (
      <Button kind={kind} {...(icon ? { icon } : {})} onClick={() => setAsking(true)}>
        {label}
      </Button>
    )
  }
  return (
    <div
      class="confirm"
      role="group"
      aria-label={question}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        setAsking(false)
      }}
    >
      <p class="strong">{question}</p>
      <p class="muted small">{text}</p>
      {problem && <ProblemBox problem={problem} />}
      <div class="form-foot" ref={focusFirst}>
        <Button kind="primary" busy={busy} onClick={() => void run()}>
          {confirm}
        </Button>
        <Button onClick={() => setAsking(false)}>{common.value.cancel}</Button>
      </div>
    </div>
  )
}

function focusFirst(element: HTMLElement | null): void {
  if (element && !element.contains(document.activeElement)) element.querySelector('button')?.focus()
}

/** A named group of figures. */
export function Facts({ rows }: { rows: readonly (readonly [string, ComponentChildren] | false | null)[] }) {
  return (
    <dl class="facts">
      {rows.map(
        (row) =>
          row && (
            <>
              <dt>{row[0]}</dt>
              <dd>{row[1]}</dd>
            </>
          ),
      )}
    </dl>
  )
}
