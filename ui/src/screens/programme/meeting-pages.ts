// Which page of which part a slide number means. A screen holds so many rows of its own letters; the rest goes on.
import type { Display, Overview, Slide, Slides, Told } from './meeting-types'

/** Lines that head, title, foot and the head of a table take. */
const FRAME_LINES = 8.5
/** A row of two lines with its gaps. */
const ROW_LINES = 2.35
/** A row of one line with its gaps. */
const LINE = 1.3
/** A question may take three lines. */
const QUESTION_LINES = 3.6

export type Page =
  | { slide: Slide; from: number; to: number; at: number; of: number }
  | { slide: { part: 'decisions'; rows: Told[] }; from: number; to: number; at: number; of: number }

export function rowsOf(display: Pick<Display, 'lines'>, part: string): number {
  const extra = part === 'pace' || part === 'moves' || part === 'followups' ? 1.6 : part === 'bottlenecks' ? 3 : 0
  const each = part === 'questions' ? QUESTION_LINES : ROW_LINES
  return Math.max(2, Math.floor((display.lines - FRAME_LINES - extra) / each))
}

/** The figure by itself, then every denominator by its name. */
function overviewPages(slide: Overview, display: Pick<Display, 'lines'>): Page[] {
  const step = Math.max(2, Math.floor((display.lines - FRAME_LINES) / LINE))
  const of = 1 + Math.ceil(slide.ratios.length / step)
  return Array.from({ length: of }, (_, at) => ({ slide, from: Math.max(0, (at - 1) * step), to: at * step, at: at + 1, of }))
}

/** Every page, in the order of the pack; the decisions until now come last. */
export function pagesOf(told: Slides, display: Pick<Display, 'lines'>): Page[] {
  const pages: Page[] = []
  for (const slide of [...told.slides, { part: 'decisions' as const, rows: told.decisions }]) {
    if (slide.part === 'overview') {
      pages.push(...overviewPages(slide, display))
      continue
    }
    const step = rowsOf(display, slide.part)
    const of = Math.max(1, Math.ceil(slide.rows.length / step))
    for (let at = 1; at <= of; at += 1) pages.push({ slide, from: (at - 1) * step, to: at * step, at, of } as Page)
  }
  return pages
}
