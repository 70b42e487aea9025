// The GL style, layer by layer from the sea up. The order is part of the release gate: a site's tiles lie between
// Vietnam's fill and our cover, and the sovereign layers lie above the data (docs/decisions/0045).
import type { FeatureCollection, MultiPolygon } from 'geojson'
import type {
  ExpressionSpecification,
  GeoJSONSourceSpecification,
  LayerSpecification,
  StyleSpecification,
} from 'maplibre-gl'
import type { Lang } from '../preferences'
import { COMMUNE_ZOOM, communeFeatures, type Commune } from './communes'
import { CLUSTER_MAX_ZOOM } from './engine'
import { feature, ISLAND_POINTS, LABELS, SEA, SEA_COVER, type Ground } from './sovereign'
import { TILES, tileLayers, type UserTiles } from './tiles'

const COLOURS = ['sea', 'land', 'vietnam', 'line', 'line-fine', 'road', 'water', 'green', 'label', 'mark'] as const
const TOKENS = ['bg', 'surface', 'raised', 'text', 'muted', 'accent', 'stale', 'line-strong'] as const
export type Palette = Record<(typeof COLOURS)[number] | (typeof TOKENS)[number], string>

/** The colours of the moment, from the same custom properties that the SVG map uses. */
export function palette(): Palette {
  const computed = getComputedStyle(document.documentElement)
  const read = (name: string) => computed.getPropertyValue(name).trim()
  return Object.fromEntries([
    ...COLOURS.map((name) => [name, read(`--map-${name}`)]),
    ...TOKENS.map((name) => [name, read(`--${name}`)]),
  ]) as Palette
}

export const FONT = ['Be Vietnam Pro']
export const ENTITIES = 'entities'
export const PRIORITIES = 'priorities'
export const SELECTED = 'selected'

interface StyleParts {
  palette: Palette
  lang: Lang
  land: FeatureCollection<MultiPolygon>
  ground: Ground
  communes: readonly Commune[]
  tiles: UserTiles | null
}

export function mapStyle({ palette: p, lang, land, ground, communes, tiles }: StyleParts): StyleSpecification {
  const collection = (features: GeoJSON.Feature[]) => ({ type: 'FeatureCollection' as const, features })
  const still = (data: GeoJSON.GeoJSON): GeoJSONSourceSpecification => ({ type: 'geojson', data, tolerance: 0.1 })
  return {
    version: 8,
    name: 'Hải Đăng',
    sources: {
      sheet: still(feature(SEA)),
      cover: still(feature(SEA_COVER)),
      land: still(land),
      outlines: still(ground.mainland),
      'vn-islands': still(ground.islands),
      'island-points': still(collection(ISLAND_POINTS)),
      labels: still(collection(LABELS.map((label) => labelled(label, lang)))),
      communes: still(communeFeatures(communes)),
      [ENTITIES]: entitySource(),
      [PRIORITIES]: { type: 'geojson', data: collection([]) },
      [SELECTED]: { type: 'geojson', data: collection([]) },
      ...(tiles ? { [TILES]: tiles.source } : {}),
    },
    layers: [
      { id: 'margin', type: 'background', paint: { 'background-color': p.bg } },
      { id: 'sea', type: 'fill', source: 'sheet', paint: { 'fill-color': p.sea } },
      { id: 'land', type: 'fill', source: 'land', paint: { 'fill-color': p.land } },
      { id: 'vietnam', type: 'fill', source: 'outlines', paint: { 'fill-color': p.vietnam } },
      ...(tiles ? tileLayers(tiles, p) : []),
      { id: 'sea-cover', type: 'fill', source: 'cover', paint: { 'fill-color': p.sea } },
      {
        id: 'unit-lines',
        type: 'line',
        source: 'outlines',
        layout: { 'line-join': 'round' },
        paint: { 'line-color': p.line, 'line-width': ['interpolate', ['linear'], ['zoom'], 5, 0.6, 12, 1.4] },
      },
      { id: 'vn-islands', type: 'fill', source: 'vn-islands', paint: { 'fill-color': p.vietnam } },
      {
        id: 'vn-islands-edge',
        type: 'line',
        source: 'vn-islands',
        paint: { 'line-color': p.vietnam, 'line-width': ['interpolate', ['linear'], ['zoom'], 4, 3.5, 9, 0.5] },
      },
      ...communeLayers(p),
      cityLabels(p),
      ...dataLayers(p),
      ...sovereignLayers(p),
    ],
  }
}

/** The label in the language of the map; a long name breaks before its bracket. */
function labelled(label: (typeof LABELS)[number], lang: Lang) {
  const properties = { ...label.properties, text: label.properties[lang].replace(' (', '\n(') }
  return { ...label, properties }
}

/** A cluster knows whether all its members are of one kind: then `least` equals `most`. */
function entitySource(): GeoJSONSourceSpecification {
  return {
    type: 'geojson',
    data: { type: 'FeatureCollection', features: [] },
    cluster: true,
    clusterMaxZoom: CLUSTER_MAX_ZOOM - 1,
    clusterRadius: 44,
    clusterProperties: {
      first: [['coalesce', ['accumulated'], ['get', 'first']], ['get', 'icon']] as unknown as ExpressionSpecification,
      least: ['min', ['get', 'kind']],
      most: ['max', ['get', 'kind']],
    },
  }
}

const isCluster: ExpressionSpecification = ['has', 'point_count']
const isOneKind: ExpressionSpecification = ['==', ['get', 'least'], ['get', 'most']]

/** A commune without an outline: a point, and its name where there is room beside the data. */
function communeLayers(p: Palette): LayerSpecification[] {
  return [
    {
      id: 'communes',
      type: 'circle',
      source: 'communes',
      minzoom: COMMUNE_ZOOM.points,
      paint: { 'circle-radius': 2.5, 'circle-color': 'transparent', 'circle-stroke-color': p.label, 'circle-stroke-width': 1 },
    },
    {
      id: 'commune-names',
      type: 'symbol',
      source: 'communes',
      minzoom: COMMUNE_ZOOM.names,
      layout: {
        'text-field': ['get', 'name'],
        'text-font': FONT,
        'text-size': 11,
        'text-variable-anchor': ['top', 'bottom', 'left', 'right'],
        'text-radial-offset': 0.6,
      },
      paint: { 'text-color': p.label, 'text-halo-color': p.land, 'text-halo-width': 1.4 },
    },
  ]
}

/** Cities give way to each other and to the data: a label stands beside the disc of a cluster, never below it. */
function cityLabels(p: Palette): LayerSpecification {
  return {
    id: 'city-labels',
    type: 'symbol',
    source: 'labels',
    maxzoom: 10,
    filter: ['==', ['get', 'kind'], 'city'],
    layout: {
      'text-field': ['get', 'text'],
      'text-font': FONT,
      'text-size': 12,
      'text-padding': 2,
      'text-variable-anchor': ['center', 'top', 'bottom', 'left', 'right'],
      'text-radial-offset': 1.8,
    },
    paint: { 'text-color': p.label, 'text-halo-color': p.land, 'text-halo-width': 1.5 },
  }
}

function dataLayers(p: Palette): LayerSpecification[] {
  return [
    {
      id: 'clusters',
      type: 'circle',
      source: ENTITIES,
      filter: isCluster,
      paint: {
        'circle-color': p.raised,
        'circle-stroke-color': p['line-strong'],
        'circle-stroke-width': 1,
        'circle-radius': ['step', ['get', 'point_count'], 14, 10, 16, 100, 19, 1000, 23],
      },
    },
    {
      id: 'cluster-counts',
      type: 'symbol',
      source: ENTITIES,
      filter: isCluster,
      layout: {
        'icon-image': ['case', isOneKind, ['concat', 'kind-', ['to-string', ['get', 'least']]], ''],
        'icon-size': 0.4,
        'icon-offset': [0, -16],
        'icon-allow-overlap': true,
        'icon-ignore-placement': true,
        'text-field': ['get', 'point_count_abbreviated'],
        'text-font': FONT,
        'text-size': 11,
        'text-offset': ['case', isOneKind, ['literal', [0, 0.4]], ['literal', [0, 0]]],
        'text-allow-overlap': true,
        'text-padding': 12, // keeps labels off the whole disc
      },
      paint: { 'text-color': p.text, 'icon-color': p.muted },
    },
    {
      id: 'entities',
      type: 'symbol',
      source: ENTITIES,
      filter: ['!', isCluster],
      layout: {
        'icon-image': ['concat', 'kind-', ['to-string', ['get', 'kind']]],
        'icon-size': ['interpolate', ['linear'], ['zoom'], 6, 0.8, 14, 1],
        'icon-allow-overlap': true,
        'icon-ignore-placement': true,
      },
      paint: {
        'icon-color': ['case', ['get', 'old'], p.stale, p.mark],
        'icon-opacity': ['case', ['get', 'old'], 0.55, 1],
        'icon-halo-color': p.land,
        'icon-halo-width': 1.5,
      },
    },
    {
      id: 'entity-names',
      type: 'symbol',
      source: ENTITIES,
      filter: ['!', isCluster],
      minzoom: 15,
      layout: {
        'text-field': ['get', 'name'],
        'text-font': FONT,
        'text-size': 11,
        'text-anchor': 'top',
        'text-offset': [0, 1],
        'text-optional': true,
      },
      paint: { 'text-color': p.label, 'text-halo-color': p.land, 'text-halo-width': 1.4 },
    },
    {
      id: 'priorities',
      type: 'symbol',
      source: PRIORITIES,
      layout: {
        'icon-image': ['concat', 'priority-', ['to-string', ['get', 'priority']]],
        'icon-allow-overlap': true,
        'icon-ignore-placement': true,
        'symbol-sort-key': ['-', 5, ['get', 'priority']], // the most urgent on top
      },
    },
    {
      id: 'selected-ring',
      type: 'circle',
      source: SELECTED,
      paint: {
        'circle-radius': 15,
        'circle-color': p.accent,
        'circle-opacity': 0.12,
        'circle-stroke-color': p.accent,
        'circle-stroke-width': 2.5,
      },
    },
  ]
}

/** The archipelagos and the sea give way to nothing, and there is no switch for them. */
function sovereignLayers(p: Palette): LayerSpecification[] {
  const always = { 'text-allow-overlap': true, 'text-ignore-placement': true }
  const kind: ExpressionSpecification = ['get', 'kind']
  const halo = { 'text-color': p.label, 'text-halo-color': p.sea, 'text-halo-width': 1.5 }
  return [
    {
      id: 'island-points',
      type: 'circle',
      source: 'island-points',
      minzoom: 6,
      paint: {
        'circle-radius': 2.5,
        'circle-color': p.label,
        'circle-stroke-color': p.vietnam,
        'circle-stroke-width': 1,
      },
    },
    {
      id: 'island-names',
      type: 'symbol',
      source: 'island-points',
      minzoom: 7,
      layout: {
        'text-field': ['get', 'name'],
        'text-font': FONT,
        'text-size': 11,
        'text-anchor': 'top',
        'text-offset': [0, 0.5],
      },
      paint: halo,
    },
    {
      id: 'sovereign-labels',
      type: 'symbol',
      source: 'labels',
      maxzoom: 9,
      filter: ['in', kind, ['literal', ['archipelago', 'sea']]],
      layout: {
        'text-field': ['get', 'text'],
        'text-font': FONT,
        'text-size': ['interpolate', ['linear'], ['zoom'], 3, 11, 7, 15],
        'text-letter-spacing': ['match', kind, 'sea', 0.15, 0],
        'text-max-width': 40,
        'text-line-height': 1.3,
        ...always,
      },
      paint: halo,
    },
  ]
}
