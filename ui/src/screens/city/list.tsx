// The list beside the map. Only the rows in view are drawn, so twenty thousand things scroll like twenty.
import type { ReadonlySignal } from '@preact/signals'
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { now } from '../../clock/clock'
import { Age, Value } from '../../design/value'
import { named } from '../../messages/catalogue'
import { href } from '../../router'
import { TypeIcon } from './types'
import { kindOf, shown, thing } from './store'
import { say, words } from './words'

export const ROW_PX = 52
const BEYOND = 6

interface ListProps {
  /** The row that the keyboard is on. */
  cursor: ReadonlySignal<string | null>
  /** Counts the steps of the keyboard: each moves the focus to the row, so that Enter means that row. */
  steps: ReadonlySignal<number>
  onOpen: (id: string) => void
  opened: string | null
}

export function List({ cursor, steps, opened, onOpen }: ListProps) {
  const frame = useRef<HTMLDivElement>(null)
  const top = useSignal(0)
  const height = useSignal(600)
  const ids = shown.value
  useEffect(() => {
    const element = frame.current
    if (!element) return undefined
    const watch = new ResizeObserver(() => (height.value = element.clientHeight))
    watch.observe(element)
    return () => watch.disconnect()
  }, [])
  useEffect(() => {
    const element = frame.current
    const at = cursor.value === null ? -1 : ids.indexOf(cursor.value)
    if (!element || at < 0) return
    if (at * ROW_PX < element.scrollTop) element.scrollTop = at * ROW_PX
    const bottom = (at + 1) * ROW_PX
    if (bottom > element.scrollTop + element.clientHeight) element.scrollTop = bottom - element.clientHeight
  }, [cursor.value])
  useEffect(() => {
    if (steps.value === 0) return undefined
    // The row exists only once the list has been scrolled to it and drawn. It is found by the cursor of that moment:
    // a quicker hand may have moved on meanwhile, and Enter must never open the row that was left.
    let request = requestAnimationFrame(() => {
      request = requestAnimationFrame(() => {
        const id = cursor.peek()
        if (id !== null) rowOf(frame.current, id)?.focus({ preventScroll: true })
      })
    })
    return () => cancelAnimationFrame(request)
  }, [steps.value])

  const first = Math.max(0, Math.floor(top.value / ROW_PX) - BEYOND)
  const last = Math.min(ids.length, Math.ceil((top.value + height.value) / ROW_PX) + BEYOND)
  return (
    <div class="city-list" ref={frame} onScroll={(event) => (top.value = event.currentTarget.scrollTop)}>
      <ul aria-label={words.value.list} style={{ height: `${ids.length * ROW_PX}px` }}>
        {ids.slice(first, last).map((id, index) => (
          <Row
            key={id}
            id={id}
            place={first + index}
            size={ids.length}
            isCursor={cursor.value === id}
            isOpen={opened === id}
            onOpen={onOpen}
          />
        ))}
      </ul>
    </div>
  )
}

function rowOf(list: HTMLElement | null, id: string): HTMLElement | null {
  return list?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"] a`) ?? null
}

interface RowProps {
  id: string
  place: number
  size: number
  isCursor: boolean
  isOpen: boolean
  onOpen: (id: string) => void
}

function Row({ id, place, size, isCursor, isOpen, onOpen }: RowProps) {
  const it = thing(id)
  if (!it) return null
  const kind = kindOf.value.get(it.type)
  const headline = kind?.headline
  return (
    <li
      class={`city-row${isCursor ? ' is-cursor' : ''}${isOpen ? ' is-open' : ''}`}
      style={{ transform: `translateY(${place * ROW_PX}px)` }}
      aria-setsize={size}
      aria-posinset={place + 1}
      data-id={id}
    >
      <a
        href={href('', { sel: id })}
        aria-current={isOpen || undefined}
        tabIndex={isCursor || place === 0 ? 0 : -1}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
          event.preventDefault()
          onOpen(id)
        }}
      >
        <TypeIcon name={kind?.icon} />
        <span class="city-row-name" title={it.name}>
          {it.name}
        </span>
        <span class="city-row-value">
          <Value value={say(it.value)} unit={headline?.unit ?? null} decimals={headline?.decimals ?? null} />
        </span>
        <span class="city-row-kind muted">
          {kind ? named(kind.label_vi, kind.label_en) : it.type}
          {it.simulated && <span title={words.value.simulatedCount('1')}> ◇</span>}
        </span>
        <span class="city-row-age small">
          {it.observedAt !== null && (
            <Age at={it.observedAt} periodS={kind?.expected_period_s ?? null} now={now.value} />
          )}
        </span>
      </a>
    </li>
  )
}
