// The other half: the map with alerts, incidents, cameras near and units, and the same as plain lists below it, which
// stand whether there is a map or not.
import { signal, useComputed, type ReadonlySignal } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { site } from '../../api/session'
import { serverNow } from '../../api/time'
import { Chip } from '../../design/mark'
import { Age, freshness } from '../../design/value'
import { distance } from '../../format/number'
import { DEGREE_PX, NEAR_ZOOM, type Command, type MapPoint, type View } from '../../map/engine'
import { MapSurface } from '../../map/surface'
import type { Box } from '../../map/sovereign'
import { duty as messages } from '../../messages/duty'
import { go, href, param } from '../../router'
import { actOnUnit, actWord } from './doing'
import { byDistance, chosen, chosenAlert, chosenIncident, nearCameras, useNearest } from './near'
import { board, rows } from './store'
import type { Resource } from './types'

const KINDS = ['camera', 'vehicle'] as const
const NARROW_PX = 700
const INSET_PX = 200
const WHOLE: Box = [102, 6, 118, 23.5]
const side = param('side')
/** How often a camera is expected to be heard of. */
const CAMERA_PERIOD_S = 60
/** Units shown below the map; the rest is on the map and in the list of dispatch. */
const UNITS_SHOWN = 12

export function MapPane() {
  const m = messages.value
  const incident = chosenIncident.value
  const near = useNearest(incident?.id ?? null, incident?.version ?? 0)
  useEffect(() => {
    nearCameras.value = near.data?.cameras ?? []
  }, [near.data])
  const metres = new Map(near.data?.resources.map(({ id, distance_m }) => [id, distance_m]))
  const units = (board.value?.resources ?? []).map((unit) => ({ ...unit, distance_m: metres.get(unit.id) ?? null })).sort(byDistance)
  return (
    <section class="duty-side" aria-label={m.map.title}>
      {side.value !== 'off' && (board.value ? <DutyMap /> : <div class="duty-map" />)}
      <div class="duty-lists">
        {incident && (
          <section id="near-cameras" tabIndex={-1} aria-label={m.near.cameras}>
            <h3>{m.near.cameras}</h3>
            <ul class="duty-near">
              {near.data?.cameras.slice(0, 8).map((camera) => (
                <li key={camera.id}>
                  <a href={href('/city', { sel: camera.id })}>{camera.name}</a>
                  <span class="num muted">{distance(camera.distance_m)}</span>
                  <Age at={camera.modified_at} periodS={CAMERA_PERIOD_S} />
                </li>
              ))}
            </ul>
            {near.data && near.data.cameras.length === 0 && (
              <p class="muted">{incident.location ? m.near.noCameras : m.near.unplaced}</p>
            )}
          </section>
        )}
        <section aria-label={m.near.units}>
          <h3>{m.near.units}</h3>
          <ul class="duty-near">
            {units.slice(0, UNITS_SHOWN).map((unit) => (
              <Unit key={unit.id} unit={unit} />
            ))}
          </ul>
          {board.value && units.length === 0 && <p class="muted">{m.near.noUnits}</p>}
        </section>
      </div>
    </section>
  )
}

function Unit({ unit }: { unit: Resource }) {
  const m = messages.value
  return (
    <li data-unit={unit.id}>
      <span class="duty-unit">
        {unit.name} <span class="muted small">{unit.org.name}</span>
      </span>
      {unit.incident_id !== null &&
        unit.acts
          ?.filter((act) => ['on_way', 'on_scene', 'release'].includes(act))
          .map((act) => (
            <button key={act} type="button" class="duty-link small" aria-label={`${actWord(act)}: ${unit.name}`} onClick={() => void actOnUnit(unit, act)}>
              {actWord(act)}
            </button>
          ))}
      {unit.distance_m != null && <span class="num muted">{distance(unit.distance_m)}</span>}
      {unit.incident_id !== null ? (
        <a href={href('', { sel: `incident:${unit.incident_id}` })}>
          <Chip>{m.resourceState[unit.status]}</Chip>
        </a>
      ) : (
        <Chip>{m.resourceState[unit.status]}</Chip>
      )}
    </li>
  )
}

function DutyMap() {
  const here = site.value
  const command = useMemo(() => signal<Command | null>(null), [])
  const tell = (next: Command) => (command.value = next)
  const points = useComputed<readonly MapPoint[]>(allPoints)
  const selected = useComputed<MapPoint | null>(selectedPoint)
  const at = selected.value
  const frame = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (at) tell({ view: beside(at, frame.current?.clientWidth ?? 0) })
  }, [at?.id])
  const start = useMemo(() => (at ? beside(at, 0) : null), [])
  return (
    <div class="duty-map" ref={frame}>
      <MapSurface
        kinds={KINDS}
        points={points}
        selected={selected}
        home={here?.bounds ?? WHOLE}
        start={start}
        command={command as ReadonlySignal<Command | null>}
        tell={tell}
        province={here?.province_code ?? null}
        hasTiles={here?.basemap === true}
        onMove={() => undefined}
        onSelect={(id) => id && /^(alert|incident):/.test(id) && go('', { sel: id }, { replace: true })}
      />
    </div>
  )
}

/** A view that has the point in sight: on a narrow map the national inset has the left half of the lower edge. */
function beside(at: MapPoint, width: number): View {
  const zoom = NEAR_ZOOM - 1
  const shift = width < NARROW_PX ? INSET_PX / 2 / (DEGREE_PX * 2 ** zoom) : 0
  return { lon: at.lon - shift, lat: at.lat, zoom }
}

function allPoints(): MapPoint[] {
  const found: MapPoint[] = []
  const add = (id: string, name: string, at: [number, number] | null | undefined, rest: Pick<MapPoint, 'kind' | 'old' | 'priority'>) => {
    if (at) found.push({ id, name, lon: at[0], lat: at[1], ...rest })
  }
  for (const camera of nearCameras.value) add(camera.id, camera.name, camera.location, { kind: 0, old: freshness(camera.modified_at ?? 0, CAMERA_PERIOD_S, serverNow()) !== 'fresh' })
  for (const unit of board.value?.resources ?? []) add(`unit:${unit.id}`, unit.name, unit.location, { kind: 1, old: unit.status === 'out' })
  const placed = new Set<number>()
  for (const incident of board.value?.incidents ?? []) {
    if (incident.location) placed.add(incident.id)
    add(`incident:${incident.id}`, incident.title, incident.location, { kind: 0, old: false, priority: incident.severity })
  }
  for (const alert of rows.value) {
    // An alert that has become an incident is shown by it.
    if (alert.incident_id !== null && placed.has(alert.incident_id)) continue
    add(`alert:${alert.id}`, alert.entity?.name ?? '', alert.location, { kind: 0, old: false, priority: alert.priority })
  }
  return found
}

function selectedPoint(): MapPoint | null {
  const one = chosen.value
  if (!one) return null
  const thing = one.kind === 'alert' ? chosenAlert.value : chosenIncident.value
  return thing?.location ? { id: `${one.kind}:${one.id}`, name: '', lon: thing.location[0], lat: thing.location[1], kind: 0, old: false } : null
}
