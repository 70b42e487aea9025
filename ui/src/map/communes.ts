// Without outlines a commune is a point with a name: never a made-up boundary (docs/decisions/0045).
import type { Feature, FeatureCollection, Point } from 'geojson'
import { get } from '../api/client'
import type { Area, Page } from '../api/types'
import { isAtSea } from './sovereign'

export interface Commune {
  code: string
  name: string
  lon: number
  lat: number
}

/** Points from here on, names where there is room for them. */
export const COMMUNE_ZOOM = { points: 8.5, names: 10 }

/** The communes of a province. The two special zones at sea have their own names on every map. */
export async function loadCommunes(province: string): Promise<readonly Commune[]> {
  const found: Commune[] = []
  let cursor: string | null = null
  do {
    const page: Page<Area> = await get('/api/v1/areas', { parent: province, limit: 200, cursor })
    for (const { code, name, lon, lat } of page.items) {
      if (lon !== null && lat !== null && !isAtSea(lon, lat)) found.push({ code, name, lon, lat })
    }
    cursor = page.next
  } while (cursor !== null)
  return found
}

export function communeFeatures(communes: readonly Commune[]): FeatureCollection<Point> {
  return {
    type: 'FeatureCollection',
    features: communes.map(
      ({ code, name, lon, lat }): Feature<Point> => ({
        type: 'Feature',
        properties: { code, name },
        geometry: { type: 'Point', coordinates: [lon, lat] },
      }),
    ),
  }
}
