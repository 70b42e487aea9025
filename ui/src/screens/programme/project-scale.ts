// Where values stand on a chart, and which round values are written beside it. No screen in here.
export interface Scale {
  /** Round values from zero (or below) to the top, the last one at or above the greatest value. */
  ticks: readonly number[]
  low: number
  high: number
}

const STEPS = [1, 2, 2.5, 5, 10]

/** About `count` round steps that hold all values and zero. */
export function scaleOf(values: readonly (number | null | undefined)[], count = 4): Scale {
  const known = values.filter((value): value is number => typeof value === 'number' && Number.isFinite(value))
  const [least, most] = [Math.min(0, ...known), Math.max(0, ...known)]
  const rough = (most - least) / count || 1
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = (STEPS.find((each) => each * power >= rough) ?? 10) * power
  const [low, high] = [Math.floor(least / step) * step, Math.max(step, Math.ceil(most / step) * step)]
  const ticks = Array.from({ length: Math.round((high - low) / step) + 1 }, (_, at) => low + at * step)
  return { ticks, low, high }
}

/** The path of a line over equal steps; where a value is missing the line breaks, it does not fall to zero. */
export function linePath(values: readonly (number | null)[], x: (at: number) => number, y: (value: number) => number): string {
  let path = ''
  let isDrawn = false
  values.forEach((value, at) => {
    if (value === null) {
      isDrawn = false
      return
    }
    path += `${isDrawn ? 'L' : 'M'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`
    isDrawn = true
  })
  return path
}

/** The last value that is known, and where. */
export function lastKnown(values: readonly (number | null)[]): { at: number; value: number } | null {
  for (let at = values.length - 1; at >= 0; at -= 1) {
    const value = values[at]
    if (value !== null && value !== undefined) return { at, value }
  }
  return null
}

/** Every how many labels one is written, so that they do not touch. */
export function every(count: number, width: number, each: number): number {
  return Math.max(1, Math.ceil((count * each) / Math.max(1, width)))
}

/** Labels at the ends of lines, pushed apart until none covers another; in the order they came. */
export function apart(places: readonly number[], gap: number, low: number, high: number): number[] {
  const order = places.map((place, at) => ({ place, at })).sort((a, b) => a.place - b.place)
  order.forEach((each, at) => {
    const above = order[at - 1]
    if (above && each.place < above.place + gap) each.place = above.place + gap
  })
  for (let at = order.length - 1, limit = high; at >= 0; at -= 1) {
    const each = order[at]!
    each.place = Math.max(low, Math.min(each.place, limit))
    limit = each.place - gap
  }
  return order.sort((a, b) => a.at - b.at).map(({ place }) => place)
}
