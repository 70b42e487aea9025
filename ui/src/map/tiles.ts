// A site's own tiles (`basemap.pmtiles` in its data folder), filtered before they are drawn: fills, roads and names
// that we place ourselves. Boundaries, ferries and every label layer of the archive stay out, since foreign names come
// with all of them; what is left in the sea mask is painted over by our own cover (style.ts).
import type {
  ExpressionSpecification,
  FilterSpecification,
  LayerSpecification,
  VectorSourceSpecification,
} from 'maplibre-gl'
import type { Palette } from './style'
import { SEA_MASK } from './sovereign'

export const TILES = 'basemap'

export interface UserTiles {
  source: VectorSourceSpecification
  /** `protomaps`: the schema whose layers we know; `unknown`: water, land and roads by name of layer, no text. */
  schema: 'protomaps' | 'unknown'
  layers: string[]
}

/** `within` sees points and lines only, so it is used for names and roads; fills are painted over. */
const OUTSIDE_MASK: ExpressionSpecification = ['!', ['within', SEA_MASK]]
const KIND: ExpressionSpecification = ['coalesce', ['get', 'kind'], ['get', 'pmap:kind'], '']
const NAME: ExpressionSpecification = ['coalesce', ['get', 'name:vi'], ['get', 'name']]
const FONT = ['Be Vietnam Pro']

const isKind = (...kinds: string[]): ExpressionSpecification => ['in', KIND, ['literal', kinds]]
const all = (...parts: ExpressionSpecification[]): FilterSpecification => ['all', ...parts]
const isPolygon: ExpressionSpecification = ['==', ['geometry-type'], 'Polygon']
const isPoint: ExpressionSpecification = ['==', ['geometry-type'], 'Point']
/** A name in Latin letters; Protomaps marks the others by `script`. */
const isReadable: ExpressionSpecification = ['all', ['!', ['has', 'script']], ['has', 'name']]

export function tileLayers(tiles: UserTiles, palette: Palette): LayerSpecification[] {
  return tiles.schema === 'protomaps' ? protomaps(palette) : byName(tiles.layers, palette)
}

function fill(id: string, layer: string, color: string, filter: FilterSpecification, minzoom = 0): LayerSpecification {
  const paint = { 'fill-color': color }
  return { id: `tiles-${id}`, type: 'fill', source: TILES, 'source-layer': layer, minzoom, filter, paint }
}

function road(id: string, kinds: string[], width: [number, number], palette: Palette): LayerSpecification {
  return {
    id: `tiles-road-${id}`,
    type: 'line',
    source: TILES,
    'source-layer': 'roads',
    filter: all(isKind(...kinds), OUTSIDE_MASK),
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: {
      'line-color': palette.road,
      'line-width': ['interpolate', ['exponential', 1.6], ['zoom'], 8, width[0], 18, width[1]],
    },
  }
}

function names(id: string, layer: string, minzoom: number, size: number, kinds: string[], p: Palette): LayerSpecification {
  return {
    id: `tiles-name-${id}`,
    type: 'symbol',
    source: TILES,
    'source-layer': layer,
    minzoom,
    filter: all(isPoint, isKind(...kinds), isReadable, OUTSIDE_MASK),
    layout: { 'text-field': NAME, 'text-font': FONT, 'text-size': size, 'text-max-width': 8 },
    paint: { 'text-color': p.label, 'text-halo-color': p.land, 'text-halo-width': 1.4 },
  }
}

function protomaps(palette: Palette): LayerSpecification[] {
  const green = ['park', 'forest', 'wood', 'nature_reserve', 'grass', 'meadow', 'wetland']
  return [
    fill('earth', 'earth', palette.vietnam, isPolygon),
    fill('green', 'landuse', palette.green, all(isPolygon, isKind(...green)), 9),
    fill('water', 'water', palette.water, isPolygon),
    fill('buildings', 'buildings', palette.land, isPolygon, 14),
    road('minor', ['minor_road', 'path'], [0, 9], palette),
    road('medium', ['medium_road'], [0.3, 12], palette),
    road('major', ['major_road'], [0.7, 15], palette),
    road('highway', ['highway'], [1, 18], palette),
    {
      id: 'tiles-name-roads',
      type: 'symbol',
      source: TILES,
      'source-layer': 'roads',
      minzoom: 14,
      filter: all(isKind('highway', 'major_road', 'medium_road', 'minor_road'), isReadable, OUTSIDE_MASK),
      layout: { 'symbol-placement': 'line', 'text-field': NAME, 'text-font': FONT, 'text-size': 11 },
      paint: { 'text-color': palette.label, 'text-halo-color': palette.land, 'text-halo-width': 1.4 },
    },
    names('localities', 'places', 6, 12, ['locality', 'neighbourhood', 'macrohood'], palette),
    names('lakes', 'water', 11, 11, ['lake', 'reservoir', 'water'], palette),
    names('pois', 'pois', 15, 11, ['hospital', 'school', 'university', 'townhall', 'park', 'marketplace'], palette),
  ]
}

/** An archive of another make: geometry of layers whose names say that they are water, green or roads; no text. */
function byName(layers: string[], palette: Palette): LayerSpecification[] {
  return layers.flatMap((layer): LayerSpecification[] => {
    if (/bound|admin|border|ferry/i.test(layer)) return []
    if (/water|ocean|lake/i.test(layer)) return [fill(layer, layer, palette.water, isPolygon)]
    if (/park|wood|landcover|landuse/i.test(layer)) return [fill(layer, layer, palette.green, isPolygon, 9)]
    if (/road|street|highway|transportation/i.test(layer)) {
      const isLine: ExpressionSpecification = ['==', ['geometry-type'], 'LineString']
      const line = { ...road(layer, [], [0.5, 10], palette), 'source-layer': layer }
      return [{ ...line, filter: all(isLine, ['!=', ['get', 'class'], 'ferry'], OUTSIDE_MASK) } as LayerSpecification]
    }
    return []
  })
}
