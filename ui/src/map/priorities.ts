// The marks of the four priorities as pictures for the GL map: drawn once for each theme, in the theme's colours.
import { OUTLINES, SHAPES } from '../design/mark'

const SIZE = 22
const DENSITY = 2

/** Shape and digit of a priority on a ground of its own, so that no line of the map runs through it. */
export function priorityImage(level: 1 | 2 | 3 | 4): ImageData {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = (SIZE + 4) * DENSITY
  const pen = canvas.getContext('2d')
  if (!pen) throw new Error('no 2d canvas')
  const computed = getComputedStyle(document.documentElement)
  const colour = (name: string) => computed.getPropertyValue(`--${name}`).trim()
  pen.scale(DENSITY, DENSITY)
  pen.translate(2, 2)
  pen.scale(SIZE / 20, SIZE / 20)
  const shape = new Path2D(OUTLINES[SHAPES[level]])
  pen.lineWidth = 3
  pen.strokeStyle = colour('map-land')
  pen.stroke(shape)
  pen.fillStyle = colour(`p${level}`)
  pen.fill(shape)
  pen.fillStyle = colour('ink')
  pen.font = '600 11px "Be Vietnam Pro"'
  pen.textAlign = 'center'
  pen.fillText(String(level), 10, level === 2 ? 15.6 : 13.9)
  return pen.getImageData(0, 0, canvas.width, canvas.height)
}
