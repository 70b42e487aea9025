// What the two engines, GL and SVG, have in common: what they are given and what they tell.
import type { ReadonlySignal } from '@preact/signals'
import type { FeatureCollection, MultiPolygon } from 'geojson'
import type { Commune } from './communes'
import type { Box, Ground } from './sovereign'
import type { UserTiles } from './tiles'

export interface MapPoint {
  id: string
  name: string
  lon: number
  lat: number
  /** Index of its kind in `kinds`. */
  kind: number
  /** Whether its value is older than expected. */
  old: boolean
  /** What asks for an act, by priority: drawn above the others as the mark of that priority, and never clustered. */
  priority?: 1 | 2 | 3 | 4
}

/** Centre and zoom; zoom as in web maps, 512 pixels to the world at 0. */
export interface View {
  lon: number
  lat: number
  zoom: number
}

export type Command = { view: Partial<View> } | { fit: Box } | { zoomBy: number }

export interface EngineProps {
  land: FeatureCollection<MultiPolygon>
  ground: Ground
  /** Where the communes lie, for a site that has imported no outlines of them. */
  communes: readonly Commune[]
  tiles: UserTiles | null
  /** Icon names by kind. */
  kinds: readonly string[]
  points: ReadonlySignal<readonly MapPoint[]>
  selected: ReadonlySignal<MapPoint | null>
  /** Where the map opens. */
  start: View | { fit: Box }
  /** The last thing the map was told to do; a new object each time. */
  command: ReadonlySignal<Command | null>
  label: string
  onMove: (view: View, box: Box) => void
  onSelect: (id: string | null) => void
  /** The engine cannot go on (no WebGL2, context lost). */
  onFail: () => void
}

export const MIN_ZOOM = 3.2
export const MAX_ZOOM = 18
/** Points stand alone from here on. */
export const CLUSTER_MAX_ZOOM = 14
/** Pixels of one degree of longitude at zoom 0. */
export const DEGREE_PX = 512 / 360

/** A fit goes no closer than this: a handful of things is still a place, not a street corner. */
export const FIT_MAX_ZOOM = 12

/** Room that a fit leaves at the edges (px), so that nothing starts out below the inset or the buttons. */
export function fitPadding(width: number, height: number) {
  const isWide = width >= 560
  const isTall = !isWide && height >= 480
  return { top: 28, right: isWide ? 64 : 28, bottom: isTall ? 250 : 28, left: isWide ? 218 : 28 }
}

/** Pan to a point without zooming in further than streets, and never out. */
export const NEAR_ZOOM = 14
