// The document as it was read, with what was found in it marked. Its text is never changed by what is shown over it.
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import { Button } from '../../design/controls'
import { directives as messages } from '../../messages/directives'
import { selected } from './doing'
import { pointOf, points, segments, slice, trimmed, type Segment } from './spans'
import type { Candidate } from './types'

interface Props {
  text: string
  candidates: readonly Candidate[]
  current: number | null
  onChoose: (id: number) => void
  /** null: the reader may add nothing. */
  onAdd: (() => void) | null
}

export function Paper({ text, candidates, current, onChoose, onAdd }: Props) {
  const m = messages.value.confirm
  const frame = useRef<HTMLDivElement>(null)
  const letters = useMemo(() => points(text), [text])
  const runs = useMemo(() => segments(letters.length, candidates, current), [letters, candidates, current])
  const byId = new Map(candidates.map((each) => [each.id, each]))
  useSelection(frame, text, letters)
  useLayoutEffect(() => showCurrent(frame.current), [current])
  return (
    <div class="paper-frame">
      <div
        class="paper"
        ref={frame}
        tabIndex={0}
        role="document"
        aria-label={m.paperLabel}
        onClick={(event) => {
          const id = (event.target as Element).closest<HTMLElement>('[data-candidate]')?.dataset['candidate']
          if (id && getSelection()?.isCollapsed !== false) onChoose(Number(id))
        }}
      >
        {grouped(runs).map((group) => {
          const candidate = group.candidate === null ? undefined : byId.get(group.candidate)
          const inner = group.runs.map((run) =>
            run.role ? (
              <span key={run.start} class={`said said-${run.role}`}>
                {slice(letters, run)}
              </span>
            ) : (
              slice(letters, run)
            ),
          )
          if (!candidate) return <span key={group.runs[0]?.start}>{inner}</span>
          return (
            <mark
              key={group.runs[0]?.start}
              class={`found found-${candidate.state}${candidate.id === current ? ' found-current' : ''}`}
              data-candidate={candidate.id}
              data-no={candidate.no}
            >
              {inner}
            </mark>
          )
        })}
      </div>
      {onAdd && selected.value && (
        <div class="paper-selection">
          <p class="clamp">“{slice(letters, selected.value)}”</p>
          <Button kind="primary" icon="plus" onClick={onAdd}>
            {m.addSelection}
          </Button>
        </div>
      )}
    </div>
  )
}

/** Neighbouring runs of one candidate make one mark. */
function grouped(runs: readonly Segment[]): { candidate: number | null; runs: Segment[] }[] {
  const found: { candidate: number | null; runs: Segment[] }[] = []
  for (const run of runs) {
    const last = found.at(-1)
    if (last && last.candidate === run.candidate) last.runs.push(run)
    else found.push({ candidate: run.candidate, runs: [run] })
  }
  return found
}

function showCurrent(frame: HTMLDivElement | null): void {
  const mark = frame?.querySelector<HTMLElement>('.found-current')
  if (!frame || !mark) return
  if (frame.scrollHeight <= frame.clientHeight) {
    mark.scrollIntoView({ block: 'nearest' }) // on a phone the page scrolls, not the paper
    return
  }
  const top = mark.offsetTop // the paper is its offset parent
  const isSeen = top >= frame.scrollTop + 24 && top + mark.offsetHeight <= frame.scrollTop + frame.clientHeight - 24
  if (!isSeen) frame.scrollTop = Math.max(0, top - frame.clientHeight / 4)
}

export function clearSelection(): void {
  getSelection()?.removeAllRanges()
  selected.value = null
}

/** Keep what the person selects in the document; selecting elsewhere, or pressing a button, does not lose it. */
function useSelection(frame: { current: HTMLDivElement | null }, text: string, letters: readonly string[]): void {
  useEffect(() => {
    const hear = () => {
      const selection = getSelection()
      const paper = frame.current
      if (!paper || !selection || selection.rangeCount === 0) return
      const range = selection.getRangeAt(0)
      if (!paper.contains(range.commonAncestorContainer)) return
      if (range.collapsed) {
        selected.value = null
        return
      }
      const before = document.createRange()
      before.selectNodeContents(paper)
      before.setEnd(range.startContainer, range.startOffset)
      const from = before.toString().length
      const to = from + range.toString().length
      selected.value = trimmed(letters, { start: pointOf(text, from), end: pointOf(text, to) })
    }
    document.addEventListener('selectionchange', hear)
    return () => {
      document.removeEventListener('selectionchange', hear)
      selected.value = null
    }
  }, [text])
}
