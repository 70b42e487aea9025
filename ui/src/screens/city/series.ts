// Points of the history as the lines of a chart. Where a value failed to come the line is cut, never bridged.

/** `[ms, value]` raw, or `[ms, mean, min, max, count]` by the hour. */
export type HistoryPoint = [number, number | null] | [number, number | null, number | null, number | null, number]

export interface Lines {
  /** Seconds since 1970, rising. */
  x: number[]
  y: (number | null)[]
  low: (number | null)[] | null
  high: (number | null)[] | null
}

/** A silence of more than two and a half periods is a gap. */
const GAP_PERIODS = 2.5

export function lines(points: readonly HistoryPoint[], periodS: number | null): Lines {
  const hourly = points.some((point) => point.length === 5)
  const made: Lines = { x: [], y: [], low: hourly ? [] : null, high: hourly ? [] : null }
  const put = (x: number, y: number | null, low: number | null, high: number | null) => {
    made.x.push(x)
    made.y.push(y)
    made.low?.push(low)
    made.high?.push(high)
  }
  let before: number | undefined
  for (const point of points) {
    const x = point[0] / 1000
    if (before !== undefined && periodS && x - before > GAP_PERIODS * periodS) put(before + periodS, null, null, null)
    put(x, point[1], point[2] ?? null, point[3] ?? null)
    before = x
  }
  return made
}
