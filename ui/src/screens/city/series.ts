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

/** The expected period, or the usual distance of the points where they are kept further apart. */
function usualGapS(points: readonly HistoryPoint[], periodS: number | null): number {
  const gaps = points.slice(1).map((point, index) => (point[0] - (points[index]?.[0] ?? 0)) / 1000)
  return Math.max(periodS ?? 0, gaps.sort((a, b) => a - b)[gaps.length >> 1] ?? 0)
}

export function lines(points: readonly HistoryPoint[], periodS: number | null): Lines {
  const hourly = points.some((point) => point.length === 5)
  const made: Lines = { x: [], y: [], low: hourly ? [] : null, high: hourly ? [] : null }
  const put = (x: number, y: number | null, low: number | null, high: number | null) => {
    made.x.push(x)
    made.y.push(y)
    made.low?.push(low)
    made.high?.push(high)
  }
  const usual = usualGapS(points, periodS)
  let before: number | undefined
  for (const point of points) {
    const x = point[0] / 1000
    if (before !== undefined && usual > 0 && x - before > GAP_PERIODS * usual) put(before + usual, null, null, null)
    put(x, point[1], point[2] ?? null, point[3] ?? null)
    before = x
  }
  return made
}
