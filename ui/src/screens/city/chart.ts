// uPlot, dressed in our tokens: one line, the band between lowest and highest where there is one, no legend.
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { number } from '../../format/number'
import { date, time } from '../../format/time'
import type { Lines } from './series'

interface Drawing extends Lines {
  /** The window in ms: the chart spans it even where values are missing at its ends. */
  from: number
  to: number
  unit: string | null
}

const HEIGHT_PX = 170
const DAY_MS = 86_400_000

export function drawChart(host: HTMLElement, drawing: Drawing): () => void {
  const { x, y, low, high, from, to, unit } = drawing
  const token = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
  const [ink, muted, line] = [token('--text'), token('--muted'), token('--line')]
  const font = `12px ${token('--font-number')}`
  const axis = { stroke: muted, font, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } }
  const faint = { stroke: 'transparent', width: 0, points: { show: false } }
  const stamp = (seconds: number) => (to - from > 2 * DAY_MS ? date(seconds * 1000).slice(0, 5) : time(seconds * 1000))
  const plot = new uPlot(
    {
      width: host.clientWidth,
      height: HEIGHT_PX,
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, points: { show: true } },
      scales: { x: { time: true, range: [from / 1000, to / 1000] } },
      axes: [
        { ...axis, space: 70, values: (_, ticks) => ticks.map(stamp) },
        { ...axis, size: 52, space: 34, values: (_, ticks) => ticks.map((tick) => number(tick)) },
      ],
      series: [
        {},
        { stroke: ink, width: 1.5, spanGaps: false, points: { show: x.length < 80, size: 4, fill: ink, stroke: ink } },
        ...(low && high ? [faint, faint] : []),
      ],
      bands: low && high ? [{ series: [3, 2], fill: `color-mix(in srgb, ${muted} 22%, transparent)` }] : [],
      hooks: { setCursor: [(chart) => showValue(host, chart, unit)] },
    },
    (low && high ? [x, y, low, high] : [x, y]) as uPlot.AlignedData,
    host,
  )
  const watch = new ResizeObserver(() => plot.setSize({ width: host.clientWidth, height: HEIGHT_PX }))
  watch.observe(host)
  return () => {
    watch.disconnect()
    plot.destroy()
    host.replaceChildren()
  }
}

/** The value under the pointer, in words, in the corner of the chart. */
function showValue(host: HTMLElement, chart: uPlot, unit: string | null): void {
  let note = host.querySelector<HTMLElement>('.city-chart-note')
  if (!note) {
    note = document.createElement('p')
    note.className = 'city-chart-note num'
    host.append(note)
  }
  const index = chart.cursor.idx
  const value = index == null ? null : chart.data[1]?.[index]
  const at = index == null ? undefined : chart.data[0][index]
  note.textContent = value == null || at === undefined ? '' : `${time(at * 1000)}  ${number(value)}${unit ? ` ${unit}` : ''}`
}
