// Where a warning holds: administrative units by name, a polygon as lines of text, words.
import { useEffect, useState } from 'preact/hooks'
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import { Button, Field } from '../../design/controls'
import { warnings as messages } from '../../messages/warnings'
import type { DraftArea } from './types'

interface Unit {
  code: string
  full_name: string
  parent_code: string | null
}

const WAIT_MS = 250

/** One area as it is typed; the shape's text stays what was typed, also where it is none yet. */
export interface AreaText {
  description: string
  codes: string[]
  polygon: string
}

export function areaText(area: DraftArea | undefined): AreaText {
  const ring = area?.polygons[0] ?? []
  return {
    description: area?.description ?? '',
    codes: area?.codes ?? [],
    polygon: ring.map(([lat, lon]) => `${lat}, ${lon}`).join('\n'),
  }
}

/** The area of what was typed; further shapes of a draft made elsewhere stay. Null where a line is no point. */
export function areaOf(text: AreaText, before: DraftArea | undefined): DraftArea | null {
  const ring = points(text.polygon)
  if (ring === null) return null
  const rest = before?.polygons.slice(1) ?? []
  return { ...before, description: text.description.trim(), codes: text.codes, polygons: ring.length > 0 ? [ring, ...rest] : rest }
}

/** The points of a text, closed; null where a line is none. */
export function points(text: string): [number, number][] | null {
  const lines = text.split('\n').filter((line) => line.trim())
  const found: [number, number][] = []
  for (const line of lines) {
    const point = pointOf(line)
    if (point === null) return null
    found.push(point)
  }
  const [first, last] = [found[0], found[found.length - 1]]
  if (first && last && found.length > 2 && (first[0] !== last[0] || first[1] !== last[1])) found.push(first)
  return found
}

/** The number, from 1, of the first line that is no point; 0 where all are. */
export function badLine(text: string): number {
  return text.split('\n').findIndex((line) => line.trim() !== '' && pointOf(line) === null) + 1
}

function pointOf(line: string): [number, number] | null {
  const found = /^\s*(-?\d+(?:\.\d+)?)\s*[,;\s]\s*(-?\d+(?:\.\d+)?)\s*$/.exec(line)
  if (!found) return null
  const [lat, lon] = [Number(found[1]), Number(found[2])]
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? [lat, lon] : null
}

interface Props {
  area: AreaText
  faultAt: (field: string) => string
  onChange: (area: AreaText) => void
}

export function AreaField({ area, faultAt, onChange }: Props) {
  const m = messages.value.form
  const bad = badLine(area.polygon)
  return (
    <fieldset class="warning-area">
      <legend>{m.area}</legend>
      <Units codes={area.codes} onChange={(codes) => onChange({ ...area, codes })} />
      {faultAt('areas.0.codes') && <p class="field-fault">{faultAt('areas.0.codes')}</p>}
      <Field
        label={m.areaDescription}
        hint={m.areaHint}
        value={area.description}
        fault={faultAt('areas.0.description')}
        onInput={(description) => onChange({ ...area, description })}
      />
      <Field
        label={m.polygon}
        hint={m.polygonHint}
        lines={4}
        value={area.polygon}
        fault={bad > 0 ? m.polygonBad(bad) : faultAt('areas.0.polygons.0')}
        onInput={(polygon) => onChange({ ...area, polygon })}
      />
      <Sketch text={area.polygon} />
    </fieldset>
  )
}

/** The polygon's outline, north up, so that a point typed wrongly is seen. */
function Sketch({ text }: { text: string }) {
  const ring = points(text)
  if (ring === null || ring.length < 4) return null
  const lats = ring.map(([lat]) => lat)
  const lons = ring.map(([, lon]) => lon)
  const [south, north, west, east] = [Math.min(...lats), Math.max(...lats), Math.min(...lons), Math.max(...lons)]
  const size = Math.max(north - south, east - west) || 1
  const at = ([lat, lon]: [number, number]) =>
    `${(4 + ((lon - west) / size) * 92).toFixed(1)},${(4 + ((north - lat) / size) * 92).toFixed(1)}`
  return (
    <svg class="warning-sketch" viewBox="0 0 100 100" role="img" aria-label={messages.value.form.polygon}>
      <polygon points={ring.map(at).join(' ')} />
    </svg>
  )
}

function Units({ codes, onChange }: { codes: readonly string[]; onChange: (codes: string[]) => void }) {
  const m = messages.value.form
  const [typed, setTyped] = useState('')
  const asked = useSettled(typed.trim())
  const found = useResource(asked.length > 1 ? `units ${asked}` : null, (signal) =>
    get<{ items: Unit[] }>('/api/v1/areas', { q: asked, limit: 12 }, signal),
  )
  const names = useNames(codes)
  const offered = (found.data?.items ?? []).filter((unit) => !codes.includes(unit.code))
  return (
    <>
      <Field label={m.find} hint={m.findHint} type="search" value={typed} onInput={setTyped} />
      {asked.length > 1 && found.data && (
        <ul class="warning-units" aria-label={m.find}>
          {offered.map((unit) => (
            <li key={unit.code}>
              <Button icon="plus" onClick={() => (onChange([...codes, unit.code]), setTyped(''))}>
                {unit.full_name} · {unit.code}
              </Button>
            </li>
          ))}
          {offered.length === 0 && <li class="muted">{m.none}</li>}
        </ul>
      )}
      {codes.length > 0 && (
        <ul class="warning-units" aria-label={m.chosen}>
          {codes.map((code) => (
            <li key={code}>
              <span>{names[code] ?? code}</span>
              <Button
                kind="ghost"
                icon="close"
                label={m.remove(names[code] ?? code)}
                onClick={() => onChange(codes.filter((other) => other !== code))}
              />
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

/** The names of units, each asked for once. */
function useNames(codes: readonly string[]): Record<string, string> {
  const [names, setNames] = useState<Record<string, string>>({})
  const missing = codes.filter((code) => !(code in names))
  useEffect(() => {
    if (missing.length === 0) return undefined
    const abort = new AbortController()
    void Promise.all(
      missing.map((code) =>
        get<Unit>(`/api/v1/areas/${code}`, {}, abort.signal).then(
          (unit) => [code, unit.full_name] as const,
          () => [code, code] as const,
        ),
      ),
    ).then((pairs) => {
      if (!abort.signal.aborted) setNames((before) => ({ ...before, ...Object.fromEntries(pairs) }))
    })
    return () => abort.abort()
  }, [missing.join(',')])
  return names
}

/** What was typed, once the typing pauses. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), WAIT_MS)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}
