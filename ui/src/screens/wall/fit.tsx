// A wall does not scroll and its letters do not shrink. A list shows what there is room for and says how many more there
// are; what has no room at all is named in a warning.
import { signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { second } from '../../api/time'
import { number } from '../../format/number'
import { wall as messages } from '../../messages/wall'

/** Titles of the panels whose content is cut. */
export const unfit = signal<ReadonlySet<string>>(new Set())

function say(title: string, isCut: boolean): void {
  if (unfit.peek().has(title) === isCut) return
  const next = new Set(unfit.peek())
  if (isCut) next.add(title)
  else next.delete(title)
  unfit.value = next
}

/** A part of the picture; `children` must fit, or the warning names it. */
export function Panel({ title, name, children }: { title: string; name: string; children: ComponentChildren }) {
  const body = useRef<HTMLDivElement>(null)
  // Looked at again each second: fonts and pictures come later than the first drawing.
  void second.value
  useLayoutEffect(() => {
    const element = body.current
    if (element) say(title, element.scrollHeight > element.clientHeight + 2 || element.scrollWidth > element.clientWidth + 2)
  })
  useLayoutEffect(() => () => say(title, false), [title])
  return (
    <section class={`wall-panel wall-panel-${name}`} aria-label={title}>
      <h2>{title}</h2>
      <div class="wall-body" ref={body}>
        {children}
      </div>
    </section>
  )
}

interface FitProps<T> {
  items: readonly T[]
  row: (item: T) => ComponentChildren
  keyOf: (item: T) => string | number
}

/** As many rows as there is room for, and how many more there are. */
export function FitList<T>({ items, row, keyOf }: FitProps<T>) {
  const list = useRef<HTMLOListElement>(null)
  const [room, setRoom] = useState(Infinity)
  const [size, setSize] = useState('')
  useLayoutEffect(() => {
    const element = list.current
    if (!element) return undefined
    const watch = new ResizeObserver(() => setSize(`${element.clientWidth} ${element.clientHeight}`))
    watch.observe(element)
    return () => watch.disconnect()
  }, [])
  // Measured with all rows drawn whenever rows or room change, and cut before anything is painted.
  useLayoutEffect(() => setRoom(Infinity), [items, size])
  useLayoutEffect(() => {
    const element = list.current
    if (!element || room !== Infinity) return
    const { bottom } = element.getBoundingClientRect()
    const rows = [...element.children].map((child) => child.getBoundingClientRect())
    if (rows.every((box) => box.bottom <= bottom + 1)) return
    const last = rows[0]?.height ?? 0
    setRoom(Math.max(1, rows.filter((box) => box.bottom <= bottom - last * 0.6).length))
  }, [room, items, size])
  const shown = items.slice(0, room)
  return (
    <ol class="wall-list" ref={list}>
      {shown.map((item) => (
        <li key={keyOf(item)}>{row(item)}</li>
      ))}
      {shown.length < items.length && <li class="wall-more muted">{messages.value.more(number(items.length - shown.length))}</li>}
    </ol>
  )
}
