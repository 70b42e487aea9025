// Where the projects lie: those that ask for attention by the mark of their priority, the others by a grey icon.
import { signal, useComputed, useSignal, type ReadonlySignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { site } from '../../api/session'
import { number } from '../../format/number'
import type { Command, MapPoint } from '../../map/engine'
import type { Box } from '../../map/sovereign'
import { MapSurface } from '../../map/surface'
import { figures as messages } from '../../messages/programme-figures'
import { href } from '../../router'
import type { AskKind } from './asks'
import { boxOf, pointOf } from './board-points'
import type { Row } from './types'

const KINDS = ['works'] as const
/** The whole of Vietnam, for a server that does not say where it is. */
const WHOLE: Box = [102, 6, 118, 23.5]

interface Props {
  rows: readonly Row[]
  asks: ReadonlyMap<number, readonly AskKind[]>
  selected: string | null
  onOpen: (id: string) => void
}

export default function BoardMap({ rows, asks, selected, onOpen }: Props) {
  const m = messages.value.map
  const here = site.value
  const first = useMemo(() => rows.flatMap((row) => pointOf(row, asks.get(row.id))), [])
  const shown = useSignal<readonly MapPoint[]>(first)
  const cursor = useSignal<string | null>(selected)
  const command = useMemo(() => signal<Command | null>(null), [])
  useEffect(() => {
    shown.value = rows.flatMap((row) => pointOf(row, asks.get(row.id)))
  }, [rows, asks])
  useEffect(() => {
    cursor.value = selected
  }, [selected])
  const chosen = useComputed<MapPoint | null>(() => shown.value.find(({ id }) => id === cursor.value) ?? null)
  const unplaced = rows.filter((row) => !row.centre)
  return (
    <section class="board-map" aria-label={m.title}>
      <div class="board-map-frame">
        <MapSurface
          kinds={KINDS}
          points={shown}
          selected={chosen}
          home={boxOf(first) ?? here?.bounds ?? WHOLE}
          start={null}
          command={command as ReadonlySignal<Command | null>}
          tell={(next) => (command.value = next)}
          province={here?.province_code ?? null}
          hasTiles={here?.basemap === true}
          onMove={() => undefined}
          onSelect={(id) => id && onOpen(id)}
        />
      </div>
      <p class="muted small">{m.legend}</p>
      {unplaced.length > 0 && (
        <details class="fold">
          <summary class="small">{m.unplaced(number(unplaced.length))}</summary>
          <ul class="plain-list small">
            {unplaced.slice(0, 200).map((row) => (
              <li key={row.id}>
                <a href={href(`/programme/projects/${row.id}`)}>{row.name}</a>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  )
}
