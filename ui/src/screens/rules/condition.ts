// A condition in words; what has none of its own shows as the pack wrote it.
import type { When } from '../../api/rules'
import { number } from '../../format/number'
import { rules as messages } from '../../messages/rules'

type Fields = Record<string, unknown>

/** Say when a rule fires. */
export function conditionWords(when: When): string {
  const [kind = '', body = {}] = Object.entries(when).find(([name]) => name !== 'type') ?? []
  if (typeof body === 'string') return body
  const fields = body as Fields
  const said = SAYING[kind]?.(fields) ?? [JSON.stringify(fields)]
  return [...said, ...delays(kind, fields)].filter(Boolean).join('; ')
}

/** "5 minutes" in the language of the moment. */
export function lasting(text: unknown): string {
  const found = /^(\d+(?:\.\d+)?) (second|minute|hour|day)s?$/.exec(String(text))
  if (!found) return String(text)
  const unit = messages.value.unit[found[2] as keyof typeof messages.value.unit]
  const count = Number(found[1])
  return `${number(count)} ${count === 1 ? unit.replace(/s$/, '') : unit}`
}

const SAYING: Record<string, (fields: Fields) => string[]> = {
  threshold: (one) => {
    const m = messages.value.words
    const side = one.above !== undefined ? m.above(String(one.attr), shown(one.above)) : m.below(String(one.attr), shown(one.below))
    const over = one.clears_below ?? one.clears_above
    return [side, over === undefined ? '' : m.clears(shown(over)), one.margin === undefined ? '' : m.margin(shown(one.margin))]
  },
  rate: (one) => {
    const m = messages.value.words
    const [say, by] = one.rises !== undefined ? [m.rises, one.rises] : [m.falls, one.falls]
    return [say(String(one.attr), shown(by), lasting(one.within))]
  },
  stuck: (one) => [messages.value.words.stuck(String(one.attr), lasting(one.for))],
  missing: (one) => {
    const m = messages.value.words
    const said = one.for !== undefined ? m.missingFor(lasting(one.for)) : m.missingPeriods(shown(one.periods))
    return [one.attr === undefined ? said : `${String(one.attr)}: ${said}`]
  },
  baseline: (one) => [messages.value.words.baseline(String(one.attr), shown(one.deviates))],
  geofence: (one) => [one.inside === undefined ? messages.value.words.outside : messages.value.words.inside],
  count: (one) => {
    const m = messages.value.words
    const near = one.in as { radius_m?: number } | string | undefined
    const where = typeof near === 'object' ? m.within(shown(near.radius_m)) : near === 'everywhere' ? m.everywhere : m.inArea
    return [m.count(shown(one.at_least), where, lasting(one.within)), `${m.of}: ${conditionWords(one.of as When)}`]
  },
  together: (one) => {
    const m = messages.value.words
    const parts = (one.all as When[]).map((each) => `(${each.type ? `${String(each.type)}: ` : ''}${conditionWords(each)})`)
    return [parts.join(m.and), m.together(lasting(one.within))]
  },
  expression: (one) => [String(one.that)],
}

/** The delays that conditions may have; silence and standing still say their own time themselves. */
function delays(kind: string, one: Fields): string[] {
  const m = messages.value.words
  const begins = one.for === undefined || kind === 'stuck' || kind === 'missing' ? '' : m.for(lasting(one.for))
  return [begins, one.clears_after === undefined ? '' : m.clearsAfter(lasting(one.clears_after))]
}

function shown(value: unknown): string {
  return typeof value === 'number' ? number(value) : String(value)
}

/** Read lines of `name: value`; numbers and true, false are meant as such. Throws the line that is none. */
export function fieldsOf(text: string): Fields {
  const found: Fields = {}
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (!line) continue
    const [, name, value] = /^([a-z_]+)\s*:\s*(.+)$/.exec(line) ?? []
    if (!name || value === undefined) throw new SyntaxError(line)
    const asNumber = Number(value.replace(',', '.'))
    found[name] = value === 'true' ? true : value === 'false' ? false : Number.isNaN(asNumber) ? value : asNumber
  }
  return found
}
