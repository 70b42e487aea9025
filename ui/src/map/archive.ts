// Opening a site's archive of tiles. Apart from the rest of the map, since most sites have none.
import { addProtocol } from 'maplibre-gl'
import { PMTiles, Protocol } from 'pmtiles'
import type { UserTiles } from './tiles'

const ADDRESS = '/basemap.pmtiles'

let registered = false

/** Open the archive and read what it holds; null when it cannot be read, for a map without tiles is still a map. */
export async function openTiles(): Promise<UserTiles | null> {
  const address = new URL(ADDRESS, location.href).href
  const archive = new PMTiles(address)
  try {
    const [metadata, header] = await Promise.all([archive.getMetadata(), archive.getHeader()])
    if (!registered) {
      const protocol = new Protocol()
      protocol.add(archive)
      addProtocol('pmtiles', protocol.tile)
      registered = true
    }
    const named = (metadata as { vector_layers?: { id: string }[] }).vector_layers ?? []
    const layers = named.map((layer) => layer.id)
    return {
      source: {
        type: 'vector',
        url: `pmtiles://${address}`,
        maxzoom: header.maxZoom,
        attribution: '© OpenStreetMap',
      },
      schema: layers.includes('earth') && layers.includes('roads') ? 'protomaps' : 'unknown',
      layers,
    }
  } catch {
    return null
  }
}
