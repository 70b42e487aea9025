// Projects as points of the map. No screen in here.
import type { MapPoint } from '../../map/engine'
import type { Box } from '../../map/sovereign'
import type { AskKind } from './asks'
import type { Row } from './types'

/** The priority of what asks for attention first; a bottleneck alone is a task's matter, not the map's. */
const LEVELS: Partial<Record<AskKind, 1 | 2 | 3>> = { contract: 1, milestone: 2, forecast: 3 }
/** A project as a point; none where its place is not known. */
export function pointOf(row: Row, asks: readonly AskKind[] | undefined): MapPoint[] {
  if (!row.centre) return []
  const [lon, lat] = row.centre
  const level = asks?.[0] && LEVELS[asks[0]]
  return [{ id: String(row.id), name: row.name, lon, lat, kind: 0, old: false, ...(level ? { priority: level } : {}) }]
}

const ROOM_DEGREES = 0.05

/** The box that holds all points with some room; null where there is none. */
export function boxOf(points: readonly MapPoint[]): Box | null {
  if (points.length === 0) return null
  const lons = points.map(({ lon }) => lon)
  const lats = points.map(({ lat }) => lat)
  return [Math.min(...lons) - ROOM_DEGREES, Math.min(...lats) - ROOM_DEGREES, Math.max(...lons) + ROOM_DEGREES, Math.max(...lats) + ROOM_DEGREES]
}
