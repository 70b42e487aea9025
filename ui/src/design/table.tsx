// Lists. One table that reads as cards on a phone, and a split that keeps the list beside what was opened from it.
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useKeys } from '../keys'
import { common } from '../messages/common'
import { Button } from './controls'

export interface Column<T> {
  key: string
  head: string
  /** What stands in the head in place of the word, such as a box that chooses all rows. */
  headCell?: ComponentChildren
  cell: (row: T) => ComponentChildren
  /** Numbers stand to the right. */
  numeric?: boolean
  /** What names the row: the heading where rows become cards. */
  title?: boolean
  /** Left out on narrow screens, where the opened panel shows it. */
  wide?: boolean
}

interface TableProps<T> {
  label: string
  columns: readonly Column<T>[]
  rows: readonly T[]
  rowKey: (row: T) => string
  selected?: string | null
  onOpen?: (row: T) => void
  empty?: ComponentChildren
  /** Marks a row that asks for attention by a class of the screen. */
  rowClass?: (row: T) => string
}

export function Table<T>(props: TableProps<T>) {
  const { label, columns, rows, rowKey, selected, onOpen, empty, rowClass } = props
  const body = useRef<HTMLTableSectionElement>(null)
  useEffect(() => {
    if (selected) body.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' })
  }, [selected])
  if (rows.length === 0 && empty) return <>{empty}</>
  return (
    <div class="table-frame">
      <table class={`table${onOpen ? ' table-opens' : ''}`} aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col" class={cellClass(column)}>
                {column.headCell ?? column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {rows.map((row) => (
            <tr
              key={rowKey(row)}
              class={rowClass?.(row)}
              aria-selected={onOpen ? rowKey(row) === selected : undefined}
              onClick={onOpen && ((event) => !isOnControl(event) && onOpen(row))}
            >
              {columns.map((column) => (
                <td key={column.key} class={cellClass(column)} data-head={column.head}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function cellClass<T>(column: Column<T>): string {
  return [column.numeric && 'cell-number', column.wide && 'cell-wide', column.title && 'cell-title'].filter(Boolean).join(' ')
}

function isOnControl(event: MouseEvent): boolean {
  return (event.target as Element).closest('a, button, input, label, select, textarea') !== null
}

/** J and K move through `keys`; the caller decides what moving means (usually: select by address). */
export function useListKeys(keys: readonly string[], selected: string | null, move: (key: string) => void, labels: {
  next: string
  previous: string
}): void {
  const step = (by: number) => {
    const at = selected === null ? -1 : keys.indexOf(selected)
    const next = keys[at < 0 ? (by > 0 ? 0 : keys.length - 1) : Math.min(keys.length - 1, Math.max(0, at + by))]
    if (next !== undefined) move(next)
  }
  useKeys([
    { press: 'KeyJ', shown: 'J', label: () => labels.next, run: () => step(1) },
    { press: 'KeyK', shown: 'K', label: () => labels.previous, run: () => step(-1) },
  ])
}

interface SplitProps {
  list: ComponentChildren
  /** null: nothing is open and the list has the whole width. */
  panel: ComponentChildren | null
  panelLabel: string
  onClose: () => void
}

/** The list, and beside it (on a phone over it) what was opened. Escape goes back to the list. */
export function Split({ list, panel, panelLabel, onClose }: SplitProps) {
  return (
    <div class={`split${panel ? ' split-open' : ''}`}>
      <div class="split-list">{list}</div>
      {panel && (
        <Panel label={panelLabel} onClose={onClose}>
          {panel}
        </Panel>
      )}
    </div>
  )
}

interface PanelProps {
  label: string
  children: ComponentChildren
  onClose: () => void
}

/** What was opened: an aside with its own way out, never a dialog that blocks the rest. */
export function Panel({ label, children, onClose }: PanelProps) {
  const m = common.value
  useKeys([{ press: 'Escape', shown: 'Esc', label: () => common.value.back, run: onClose }])
  return (
    <aside class="panel" aria-label={label}>
      <Button class="panel-close" kind="ghost" icon="close" label={`${m.close} (Esc)`} onClick={onClose} />
      {children}
    </aside>
  )
}
