// Long lists of units begin with those that ask for attention; `all=1` in the address shows every one.
import { number } from '../../../format/number'
import { boards as messages } from '../../../messages/boards'
import { href, param } from '../../../router'
import { computed } from '@preact/signals'

/** How many units are shown at first. */
export const FEW = 8
const all = param('all')
export const everyUnit = computed(() => all.value === '1')

/** The way to all of them, and back. */
export function Every({ units }: { units: number }) {
  const m = messages.value.board
  if (units <= FEW) return null
  return (
    <a class="small board-every" href={href('', { all: everyUnit.value ? null : '1' })}>
      {everyUnit.value ? m.fewer : m.all(number(units))}
    </a>
  )
}
