// The marks of the kinds of entity, as paths on a 16 px grid. One drawing serves the list, the SVG map and, as a
// distance field, the GL map; none of them is one of the four shapes that mean a priority.
const PATHS: Record<string, string> = {
  camera: 'M1.5 4.5h8.5a1 1 0 0 1 1 1v1.6l3.5-2v5.8l-3.5-2v1.6a1 1 0 0 1-1 1H1.5z',
  traffic: 'M6 1h4v5h5v4h-5v5H6v-5H1V6h5z',
  air: 'M4 13a3 3 0 0 1-.4-5.97A4.5 4.5 0 0 1 12.3 6.6 3.3 3.3 0 0 1 12 13z',
  water: 'M8 1c2.7 3.4 4.5 5.8 4.5 8.5a4.5 4.5 0 0 1-9 0C3.5 6.8 5.3 4.4 8 1z',
  weather: 'M8 4.2A3.8 3.8 0 1 1 8 11.8 3.8 3.8 0 0 1 8 4.2zM7.2 0h1.6v2.8H7.2zM7.2 13.2h1.6V16H7.2zM0 7.2h2.8v1.6H0zM13.2 7.2H16v1.6h-2.8z',
  parking: 'M2 1.5h12v13H2zM5.5 4v8h2V9.5h1.2a2.7 2.7 0 0 0 0-5.5zM7.5 5.7h1.1a1 1 0 0 1 0 2H7.5z',
  light: 'M8 1a4.6 4.6 0 0 1 2.6 8.4V11.5H5.4V9.4A4.6 4.6 0 0 1 8 1zM5.8 12.7h4.4v2.3H5.8z',
  vehicle: 'M3.4 3.2A1.5 1.5 0 0 1 4.8 2h6.4a1.5 1.5 0 0 1 1.4 1.2L13.6 7a1.5 1.5 0 0 1 .9 1.4V13h-2.2v-1.5H3.7V13H1.5V8.4A1.5 1.5 0 0 1 2.4 7zM4.6 3.7 3.8 6.8h8.4l-.8-3.1zM4.2 8.4a.9.9 0 1 0 0 1.8.9.9 0 0 0 0-1.8zM11.8 8.4a.9.9 0 1 0 0 1.8.9.9 0 0 0 0-1.8z',
  works: 'M1.8 14.5V8h3.2v6.5zM6.2 14.5V2.5h3.6v12zM11 14.5V10h3.2v4.5z',
  other: 'M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM8 5.3a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4z',
}

/** The path of an icon; a kind that we do not know gets the ring. */
export function iconPath(name: string | null | undefined): string {
  return PATHS[name ?? ''] ?? (PATHS['other'] as string)
}

export function knownIcon(name: string | null | undefined): string {
  return name && name in PATHS ? name : 'other'
}

const SIZE = 48
const GRID = 16
const SPREAD = 8 // pixels that MapLibre's distance field spans: 6 outside the edge, 2 inside

/** A signed distance field of the icon in the alpha channel, as `addImage(…, {sdf: true})` takes it. */
export function iconField(name: string): ImageData {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = SIZE
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) throw new Error('no 2d canvas')
  context.translate(SPREAD, SPREAD)
  context.scale((SIZE - 2 * SPREAD) / GRID, (SIZE - 2 * SPREAD) / GRID)
  context.fill(new Path2D(iconPath(name)), 'evenodd')
  const drawn = context.getImageData(0, 0, SIZE, SIZE).data
  const inside = (x: number, y: number) => (drawn[(y * SIZE + x) * 4 + 3] ?? 0) > 127
  const field = new ImageData(SIZE, SIZE)
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      const own = inside(x, y)
      const distance = nearestOther(x, y, own, inside) * (own ? 1 : -1)
      field.data[(y * SIZE + x) * 4 + 3] = Math.max(0, Math.min(255, 191 + distance * 32))
    }
  }
  return field
}

/** Pixels to the nearest point of the other side, at most SPREAD. */
function nearestOther(x: number, y: number, own: boolean, inside: (x: number, y: number) => boolean): number {
  let best = SPREAD
  for (let dy = -SPREAD; dy <= SPREAD; dy++) {
    for (let dx = -SPREAD; dx <= SPREAD; dx++) {
      const px = x + dx
      const py = y + dy
      const other = px < 0 || py < 0 || px >= SIZE || py >= SIZE ? false : inside(px, py)
      if (other !== own) best = Math.min(best, Math.hypot(dx, dy) - 0.5)
    }
  }
  return best
}
