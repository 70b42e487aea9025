// Response discipline: how long it takes until a unit has received and reported, and until it is answered.
import { Source } from '../../../boards/parts'
import { Every, everyUnit, FEW } from './every'
import type { Measured, Pace } from '../../../boards/types'
import { number } from '../../../format/number'
import { roughly } from '../../../format/time'
import { boards as messages } from '../../../messages/boards'

const MEASURES = ['receive', 'report', 'answer'] as const

export function PaceTable({ pace, at }: { pace: readonly Pace[]; at: string }) {
  const m = messages.value.board
  if (pace.length === 0) return null
  const shown = everyUnit.value ? pace : pace.slice(0, FEW + 1)
  return (
    <section class="board-pace">
      <h2>{m.pace}</h2>
      <p class="muted small">{m.paceText}</p>
      <table class="pace" aria-label={m.pace}>
        <thead>
          <tr>
            <th scope="col">{m.paceUnit}</th>
            {MEASURES.map((each) => (
              <th key={each} scope="col">
                {m[each]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((each) => (
            <tr key={each.unit ?? 'all'}>
              <th scope="row" class={each.unit === null ? 'strong' : ''}>
                {each.name ?? m.together}
              </th>
              {MEASURES.map((measure) => (
                <td key={measure} data-head={m[measure]}>
                  <Took measured={each[measure]} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <Every units={pace.length - 1} />
      <Source at={at} />
    </section>
  )
}

function Took({ measured }: { measured: Measured }) {
  const m = messages.value.board
  if (measured.median_s === null) {
    return (
      <span class="muted">
        {m.notYet} {measured.of > 0 && <span class="num">(0/{number(measured.of)})</span>}
      </span>
    )
  }
  return (
    <span class="num">
      {roughly(measured.median_s)}{' '}
      <span class="muted">
        ({number(measured.have)}/{number(measured.of)})
      </span>
    </span>
  )
}
