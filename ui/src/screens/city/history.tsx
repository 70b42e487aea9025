// The past of one attribute: a chart, and the same figures as a table. What is missing stays a gap in both.
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { get } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { clock, formatMoment, now } from '../../clock/clock'
import { Loading, ProblemBox } from '../../design/notice'
import { number } from '../../format/number'
import { dateTime, ms } from '../../format/time'
import { named } from '../../messages/catalogue'
import { lang, theme } from '../../preferences'
import { go, param } from '../../router'
import type { Attribute } from './panel'
import { lines, type HistoryPoint } from './series'
import { words } from './words'

interface Answer {
  series: { attr: string; label_vi: string; label_en: string; unit: string | null; points: HistoryPoint[] }[]
  truncated: boolean
}

const HOURS = [6, 24, 168, 720, 2160] as const
const MINUTE_MS = 60_000
const TABLE_ROWS = 200

const attrParam = param('attr')
const windowParam = param('h', '24')
const stepParam = param('step', 'raw')

interface HistoryProps {
  id: string
  attributes: readonly Attribute[]
  periodS: number | null
}

export function History({ id, attributes, periodS }: HistoryProps) {
  const text = words.value
  const answer = useSignal<{ key: string; data: Answer } | null>(null)
  const problem = useSignal<Problem | null>(null)
  const chosen = attributes.find((it) => it.name === attrParam.value) ?? attributes[0]
  const hours = HOURS.find((it) => String(it) === windowParam.value) ?? 24
  const step = stepParam.value === 'hour' ? 'hour' : 'raw'
  const range = clock.value.mode === 'range' ? clock.value : null
  // Whole minutes, so that a chart is not fetched anew with every second.
  const present = Math.ceil((range?.to ?? now.value) / MINUTE_MS) * MINUTE_MS
  // Where nothing came within the window, it ends at the last value that did, and says so.
  const lastMs = chosen?.observed_at ? ms(chosen.observed_at) : null
  const isPast = !range && lastMs !== null && lastMs < present - hours * 60 * MINUTE_MS
  const to = isPast ? Math.ceil((lastMs + 1) / MINUTE_MS) * MINUTE_MS : present
  const from = range?.from ?? to - hours * 60 * MINUTE_MS
  const until = Math.min(to, Math.floor(now.value))
  const key = [id, chosen?.name, from, to, step].join(' ')

  useEffect(() => {
    if (!chosen) return undefined
    const abort = new AbortController()
    const query = { attrs: chosen.name, from: formatMoment(from), to: formatMoment(until), step }
    get<Answer>(`/api/v1/entities/${encodeURIComponent(id)}/history`, query, abort.signal).then(
      (data) => {
        answer.value = { key: `${id} ${chosen.name} ${step}`, data }
        problem.value = null
      },
      (error: unknown) => {
        if (!abort.signal.aborted) problem.value = asProblem(error)
      },
    )
    return () => abort.abort()
  }, [key])

  if (!chosen) return null
  const data = answer.value?.key === `${id} ${chosen.name} ${step}` ? answer.value.data : null
  const points = data?.series[0]?.points ?? []
  const name = named(chosen.label_vi, chosen.label_en) || chosen.name
  return (
    <section aria-label={text.history} class="city-history">
      <h3>{text.history}</h3>
      <div class="city-history-choices">
        <select aria-label={text.series} value={chosen.name} onChange={(e) => set({ attr: e.currentTarget.value })}>
          {attributes.map((it) => (
            <option key={it.name} value={it.name}>
              {named(it.label_vi, it.label_en) || it.name}
            </option>
          ))}
        </select>
        <select aria-label={text.window} value={String(hours)} onChange={(e) => set({ h: e.currentTarget.value })}>
          {HOURS.map((it) => (
            <option key={it} value={String(it)}>
              {text.windows[it]}
            </option>
          ))}
        </select>
        <select aria-label={text.step} value={step} onChange={(e) => set({ step: e.currentTarget.value })}>
          <option value="raw">{text.raw}</option>
          <option value="hour">{text.hour}</option>
        </select>
      </div>
      {isPast && <p class="muted small">{text.untilLast(dateTime(lastMs))}</p>}
      {problem.value && <ProblemBox problem={problem.value} />}
      {!data && !problem.value && <Loading />}
      {data && points.length === 0 && <p class="muted">{text.noHistory}</p>}
      {data && points.length > 0 && (
        <>
          <Chart
            key={`${theme.value} ${lang.value}`}
            points={points}
            from={from}
            to={to}
            maxGapS={step === 'hour' ? 3600 : periodS}
            label={text.chart(name, dateTime(from), dateTime(to))}
            unit={chosen.unit}
          />
          {data.truncated && <p class="muted small">{text.historyTruncated}</p>}
          <Twin points={points} unit={chosen.unit} decimals={chosen.decimals} />
        </>
      )}
    </section>
  )
}

function set(change: Record<string, string>): void {
  const short = { ...change }
  if (short['h'] === '24') short['h'] = ''
  if (short['step'] === 'raw') short['step'] = ''
  go('', short, { replace: true })
}

interface ChartProps {
  points: HistoryPoint[]
  from: number
  to: number
  maxGapS: number | null
  label: string
  unit: string | null
}

function Chart({ points, from, to, maxGapS, label, unit }: ChartProps) {
  const host = useRef<HTMLDivElement>(null)
  useEffect(() => {
    let close: (() => void) | undefined
    let gone = false
    void import('./chart').then(({ drawChart }) => {
      if (!gone && host.current) close = drawChart(host.current, { ...lines(points, maxGapS), from, to, unit })
    })
    return () => {
      gone = true
      close?.()
    }
  }, [points, from, to])
  return <div class="city-chart" ref={host} role="img" aria-label={label} />
}

/** The newest values first; a missing one is named. */
function Twin({ points, unit, decimals }: { points: HistoryPoint[]; unit: string | null; decimals: number | null }) {
  const text = words.value
  const hourly = points[0]?.length === 5
  const show = (value: number | null | undefined) => (value === null || value === undefined ? text.gap : number(value, decimals))
  return (
    <details class="city-twin">
      <summary>
        {text.table} <span class="num muted">({number(points.length)})</span>
      </summary>
      <div class="city-twin-frame" tabIndex={0}>
        <table class="table">
          <thead>
            <tr>
              <th scope="col">{text.time}</th>
              <th scope="col" class="cell-number">{`${hourly ? text.mean : text.value}${unit ? ` (${unit})` : ''}`}</th>
              {hourly && <th scope="col">{`${text.lowest} – ${text.highest}`}</th>}
              {hourly && <th scope="col">{text.count}</th>}
            </tr>
          </thead>
          <tbody>
            {points
              .slice(-TABLE_ROWS)
              .reverse()
              .map((point) => (
                <tr key={point[0]}>
                  <td class="num">{dateTime(point[0])}</td>
                  <td class="num cell-number">{show(point[1])}</td>
                  {hourly && <td class="num">{`${show(point[2])} – ${show(point[3])}`}</td>}
                  {hourly && <td class="num">{point[4]}</td>}
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}
