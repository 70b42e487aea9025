// What every map of this product shows, whatever else it shows: Hoàng Sa and Trường Sa as Vietnam's, under our own
// names (docs/decisions/0045). Both engines, the inset and the filters of a site's own tiles read it from here.
import type { Feature, FeatureCollection, MultiPolygon, Point, Polygon, Position } from 'geojson'
import islandsJson from './data/vn-islands.json'
import labelsJson from './data/labels.json'
import pointsJson from './data/points.json'
import sheetJson from './data/sheet.json'

export type Box = [west: number, south: number, east: number, north: number]

export interface LabelProperties {
  id: string
  kind: 'archipelago' | 'sea' | 'city'
  vi: string
  en: string
}

export const SHEET = sheetJson.bounds as Box
export const SEA = sheetJson.sea as MultiPolygon
export const SEA_MASK = sheetJson.mask as MultiPolygon
export const SEA_COVER = sheetJson.cover as MultiPolygon
export const INSET = sheetJson.inset
export const LABELS = (labelsJson as FeatureCollection<Point, LabelProperties>).features
export const ISLAND_POINTS = (pointsJson as FeatureCollection<Point, { name: string; code: string }>).features
export const ISLANDS = (islandsJson as FeatureCollection<MultiPolygon, { code: string; area: string }>).features

const HOANG_SA = '20333'
const TRUONG_SA = '22736'
/** The boxes of the two archipelagos: a view that holds both needs no inset. */
export const ARCHIPELAGOS: Record<string, Box> = {
  [HOANG_SA]: [111, 15.6, 113.2, 17.3],
  [TRUONG_SA]: [111.4, 6.4, 116, 12.1],
}
const MASK_BOX: Box = [109.6, 6, 118, 18]

/** The neutral land, by far the largest file, is fetched with the map and not before. */
export async function loadLand(): Promise<FeatureCollection<MultiPolygon>> {
  return (await import('./data/land.json')).default as unknown as FeatureCollection<MultiPolygon>
}

export function holds([west, south, east, north]: Box, inner: Box): boolean {
  return west <= inner[0] && south <= inner[1] && east >= inner[2] && north >= inner[3]
}

/** Whether a place lies in the sea of the two archipelagos. */
export function isAtSea(lon: number, lat: number): boolean {
  return holds(MASK_BOX, [lon, lat, lon, lat])
}

/** Whether the national inset must stand beside a view. */
export function needsInset(view: Box): boolean {
  return !Object.values(ARCHIPELAGOS).every((box) => holds(view, box))
}

export interface Outline {
  code: string
  name: string
}

export type Outlines = FeatureCollection<Polygon | MultiPolygon, Outline>

export interface Ground {
  /** Vietnam's fill and the unit lines: what a site has imported, without its parts in the sea mask. */
  mainland: Outlines
  /** Our own islands, united with the site's parts in the sea mask. */
  islands: FeatureCollection<MultiPolygon, { code: string; area: string }>
}

/** Part a site's outlines (possibly none) into mainland and islands. Only code and name are taken over from them. */
export function ground(outlines: Outlines | null): Ground {
  const mainland: Outlines['features'] = []
  const atSea: Record<string, Position[][][]> = { [HOANG_SA]: [], [TRUONG_SA]: [] }
  for (const { geometry, properties } of outlines?.features ?? []) {
    const parts = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
    const onLand = parts.filter((part) => {
      const box = boxOf(part)
      if (!holds(MASK_BOX, box)) return true
      atSea[box[1] > 14 ? HOANG_SA : TRUONG_SA]?.push(part)
      return false
    })
    if (onLand.length > 0) {
      mainland.push({
        type: 'Feature',
        properties: { code: properties.code, name: properties.name },
        geometry: { type: 'MultiPolygon', coordinates: onLand },
      })
    }
  }
  const islands = ISLANDS.map((own) => ({
    ...own,
    geometry: {
      type: 'MultiPolygon' as const,
      coordinates: [...own.geometry.coordinates, ...(atSea[own.properties.code] ?? [])],
    },
  }))
  return {
    mainland: { type: 'FeatureCollection', features: mainland },
    islands: { type: 'FeatureCollection', features: islands },
  }
}

function boxOf(rings: Position[][]): Box {
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [lon = 0, lat = 0] of rings[0] ?? []) {
    box[0] = Math.min(box[0], lon)
    box[1] = Math.min(box[1], lat)
    box[2] = Math.max(box[2], lon)
    box[3] = Math.max(box[3], lat)
  }
  return box
}

export function feature<G extends Feature['geometry']>(geometry: G): Feature<G> {
  return { type: 'Feature', properties: {}, geometry }
}
