// Long lists begin with their first rows; the rest is one press away, and sums always run over all of them.
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { Button } from '../../design/controls'
import { project as messages } from '../../messages/project'

export const STEP = 8

/** The rows to show, and the button that shows the others. */
export function useLimit<T>(rows: readonly T[], step = STEP): { shown: readonly T[]; more: ComponentChildren } {
  const [isWhole, setWhole] = useState(false)
  const hidden = rows.length - step
  if (isWhole || hidden <= 2) return { shown: rows, more: null }
  return {
    shown: rows.slice(0, step),
    more: (
      <div>
        <Button onClick={() => setWhole(true)}>{messages.value.form.more(hidden)}</Button>
      </div>
    ),
  }
}
