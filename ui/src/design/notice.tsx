// What the product says back: problems in their place, short confirmations below, and the mark of simulated data.
import { signal } from '@preact/signals'
import type { Problem } from '../api/problem'
import { lang } from '../preferences'
import { common } from '../messages/common'
import { duration } from '../format/time'
import { Button } from './controls'
import { Mark } from './mark'

const TOAST_MS = 6000
const toasts = signal<readonly { id: number; text: string }[]>([])
let lastId = 0

/** Say that something was done. It is read aloud, leaves by itself, and never takes the focus. */
export function toast(text: string): void {
  const id = ++lastId
  toasts.value = [...toasts.value.slice(-2), { id, text }]
  setTimeout(() => dismiss(id), TOAST_MS)
}

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((other) => other.id !== id)
}

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ id, text }) => (
        <div class="toast" key={id}>
          <Mark shape="none" sign="✓" tone="quiet" />
          <span>{text}</span>
          <Button kind="ghost" icon="close" label={common.value.dismiss} onClick={() => dismiss(id)} />
        </div>
      ))}
    </div>
  )
}

interface ProblemProps {
  problem: Problem
  onRetry?: () => void
  /** Fields whose faults stand beside their inputs already. */
  beside?: readonly string[]
}

/** A refusal shown where it happened: what is wrong, in which field, and what to do. */
export function ProblemBox({ problem, onRetry, beside = [] }: ProblemProps) {
  const { retry_after_s } = problem.document
  const faults = problem.document.faults?.filter((fault) => !beside.includes(fault.field))
  return (
    <div class="problem" role="group" aria-label={problem.title}>
      <Mark shape="square" sign="!" tone="stale" />
      <div class="problem-text">
        <p class="strong">{problem.title}</p>
        {problem.detail && <p>{problem.detail}</p>}
        {retry_after_s !== undefined && <p class="num">{duration(retry_after_s)}</p>}
        {faults && faults.length > 0 && (
          <ul>
            {faults.map((fault, index) => (
              <li key={index}>
                <span class="mono">{fault.field}</span> {lang.value === 'en' ? fault.en : fault.vi}
              </li>
            ))}
          </ul>
        )}
        <p class="mono muted">{problem.code}</p>
      </div>
      {onRetry && <Button onClick={onRetry}>{common.value.retry}</Button>}
    </div>
  )
}

/** Nothing to show, and why. */
export function Empty({ title, text }: { title: string; text?: string }) {
  return (
    <div class="empty">
      <p class="strong">{title}</p>
      {text && <p class="muted">{text}</p>}
    </div>
  )
}

export function Loading() {
  return (
    <p class="loading muted" role="status">
      {common.value.loading}
    </p>
  )
}

/** `◇ Dữ liệu mô phỏng`, wherever simulated figures stand. */
export function Simulated({ short = false }: { short?: boolean }) {
  const text = common.value.simulated
  return (
    <span class="simulated" title={text}>
      <span aria-hidden={!short}>◇</span>
      {short ? <span class="hidden-text">{text}</span> : text}
    </span>
  )
}
