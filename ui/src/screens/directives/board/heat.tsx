// Units over months: a table that reads without its colours; the darker, the larger the share that is late.
import { Source } from '../../../boards/parts'
import { heatSentence, month, monthEnd } from '../../../boards/words'
import type { Board, HeatRow } from '../../../boards/types'
import { number } from '../../../format/number'
import { boards as messages } from '../../../messages/boards'
import { href } from '../../../router'
import { Every, everyUnit, FEW } from './every'

const LEVELS = [0, 1, 2, 3, 4] as const

export function Heat({ heat, at }: { heat: Board['heat']; at: string }) {
  const m = messages.value.board
  if (heat.rows.length === 0) return null
  const shown = everyUnit.value ? heat.rows : heat.rows.slice(0, FEW)
  return (
    <section class="board-heat">
      <h2>{m.heat}</h2>
      <p class="muted small">{m.heatText}</p>
      <div class="table-frame heat-frame" tabIndex={0} role="group" aria-label={m.heat} ref={showLatest}>
        <table class="heat" aria-label={m.heat}>
          <thead>
            <tr>
              <th scope="col">{m.heatUnit}</th>
              {heat.months.map((each) => (
                <th key={each} scope="col" class="num">
                  {each.slice(5, 7)}/{each.slice(2, 4)}
                </th>
              ))}
              <th scope="col">{m.heatSum}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <HeatLine key={row.unit} row={row} months={heat.months} />
            ))}
          </tbody>
        </table>
      </div>
      <div class="heat-foot">
        <ul class="heat-legend small muted" aria-label={m.heatLegend}>
          <li aria-hidden="true">{m.heatLegend}:</li>
          {LEVELS.map((level) => (
            <li key={level}>
              <span class={`heat-sample heat-${level}`} aria-hidden="true" /> {m.heatLevels[level]}
            </li>
          ))}
        </ul>
        <Every units={heat.rows.length} />
        {heat.more > 0 && <p class="muted small">{m.heatMore(number(heat.more))}</p>}
      </div>
      <Source at={at} reading="original" />
      <details class="heat-words">
        <summary>{m.heatWords}</summary>
        <ul>
          {heat.rows.map((row) => (
            <li key={row.unit}>{heatSentence(row)}</li>
          ))}
        </ul>
      </details>
    </section>
  )
}

/** Where not all months fit, the latest ones are in sight. */
function showLatest(frame: HTMLElement | null): void {
  if (frame) frame.scrollLeft = frame.scrollWidth
}

function HeatLine({ row, months }: { row: HeatRow; months: readonly string[] }) {
  const m = messages.value.board
  return (
    <tr>
      <th scope="row">
        <a class="plain-link" href={href('', { unit: String(row.unit) })}>
          {row.name}
        </a>
      </th>
      {row.cells.map((cell, index) => {
        const day = months[index] ?? ''
        if (!cell) {
          return (
            <td key={day} class="heat-none">
              <span aria-hidden="true">·</span>
              <span class="hidden-text">{m.heatNone(row.name, month(day))}</span>
            </td>
          )
        }
        const words = m.heatCell(row.name, month(day), number(cell.late), number(cell.given))
        return (
          <td key={day} class={`num heat-${cell.level}`}>
            <a
              class="plain-link"
              href={href('', { unit: String(row.unit), since: day, until: monthEnd(day), show: null, band: null })}
              title={words}
              aria-label={words}
            >
              {cell.late}/{cell.given}
            </a>
          </td>
        )
      })}
      <td class="num heat-sum">
        {row.late}/{row.given}
      </td>
    </tr>
  )
}
