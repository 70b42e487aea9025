// The parts of the picture, each by itself: a part that is missing says so and empties nothing else.
import { signal, useComputed, useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useMemo } from 'preact/hooks'
import { site } from '../../api/session'
import { second } from '../../api/time'
import { Chip, Mark, Priority } from '../../design/mark'
import { Simulated } from '../../design/notice'
import { number } from '../../format/number'
import { ms, roughly } from '../../format/time'
import type { Command, MapPoint } from '../../map/engine'
import { MapSurface } from '../../map/surface'
import type { Box } from '../../map/sovereign'
import { named } from '../../messages/catalogue'
import { wall as messages } from '../../messages/wall'
import { FitList, Panel } from './fit'
import type { Figure, Picture, WallAlert, WallIncident } from './types'

const WHOLE: Box = [102, 6, 118, 23.5]

function Forbidden() {
  return <p class="muted">{messages.value.forbidden}</p>
}

export function Sectors({ picture }: { picture: Picture }) {
  const m = messages.value
  return (
    <Panel title={m.sectors} name="sectors">
      <div class="wall-sectors">
        {picture.sectors.map((sector) => (
          <section key={sector.sector}>
            <h3>{named(sector.vi, sector.en)}</h3>
            {sector.figures.map((figure) => (
              <FigureLine key={figure.type} figure={figure} />
            ))}
          </section>
        ))}
      </div>
    </Panel>
  )
}

function FigureLine({ figure }: { figure: Figure }) {
  const m = messages.value.figures
  const isPart = figure.have < figure.expected
  return (
    <p class="wall-figure">
      <span class="wall-figure-name">
        {named(figure.label_vi, figure.label_en)} <span class="muted">{named(figure.attr_vi, figure.attr_en)}</span> {figure.simulated && !site.value?.demo && <Simulated short />}
      </span>
      <span class="wall-figure-value num">
        {figure.value === null ? <span class="muted">—</span> : number(figure.value, figure.decimals)}
        {figure.value !== null && figure.unit && <span class="unit"> {figure.unit}</span>}
      </span>
      <span class={`wall-figure-more num ${isPart ? 'age-stale' : 'muted'}`}>
        {figure.value === null ? m.none : m.of(number(figure.have), number(figure.expected))}
      </span>
      {figure.outside !== null && figure.outside > 0 && <span class="wall-figure-out num">{m.outside(number(figure.outside))}</span>}
    </p>
  )
}

export function Incidents({ picture }: { picture: Picture }) {
  const m = messages.value
  const part = picture.incidents
  const title = part.state === 'ok' ? `${m.incidents} ${number(part.items.length)}${part.more ? '+' : ''}` : m.incidents
  return (
    <Panel title={title} name="incidents">
      {part.state === 'forbidden' ? (
        <Forbidden />
      ) : part.items.length === 0 ? (
        <Quiet>{m.noIncidents}</Quiet>
      ) : (
        <FitList items={part.items} keyOf={({ id }) => id} row={(incident) => <IncidentLine incident={incident} />} />
      )}
    </Panel>
  )
}

/** In order: a grey tick. */
function Quiet({ children }: { children: ComponentChildren }) {
  return (
    <p class="wall-quiet muted">
      <Mark shape="none" sign="✓" tone="quiet" /> {children}
    </p>
  )
}

function IncidentLine({ incident }: { incident: WallIncident }) {
  const m = messages.value
  return (
    <p class="wall-line">
      <Priority level={incident.severity} filled={!incident.acknowledged} label={m.severity(incident.severity)} />
      <span class="wall-line-text">
        <span class="strong">{named(incident.kind_vi, incident.kind_en)}</span> {incident.area}
        {incident.is_exercise && <Chip tone="hatched">{m.exercise}</Chip>}
      </span>
      <span class="num muted">{roughly((second.value - ms(incident.reported_at)) / 1000)}</span>
    </p>
  )
}

export function Alerts({ picture }: { picture: Picture }) {
  const m = messages.value
  const part = picture.alerts
  return (
    <Panel title={m.alerts} name="alerts">
      {part.state === 'forbidden' ? (
        <Forbidden />
      ) : part.items.length === 0 ? (
        <Quiet>{m.noAlerts}</Quiet>
      ) : (
        <FitList items={part.items} keyOf={({ id }) => id} row={(alert) => <AlertLine alert={alert} />} />
      )}
    </Panel>
  )
}

function AlertLine({ alert }: { alert: WallAlert }) {
  const m = messages.value
  return (
    <p class="wall-line">
      <Priority level={alert.priority} filled={alert.state === 'new'} label={m.severity(alert.priority)} />
      <span class="wall-line-text">
        <span class="strong">{named(alert.title_vi, alert.title_en) || m.byHand}</span> {alert.area}
        {alert.is_exercise && <Chip tone="hatched">{m.exercise}</Chip>}
      </span>
      <span class="num muted">{roughly((second.value - ms(alert.first_at)) / 1000)}</span>
    </p>
  )
}

export function Tasks({ picture }: { picture: Picture }) {
  const m = messages.value
  const part = picture.tasks
  const title = part.state === 'ok' ? `${m.tasks}: ${m.tasksTotal(number(part.open), number(part.late))}` : m.tasks
  return (
    <Panel title={title} name="tasks">
      {part.state === 'forbidden' ? <Forbidden /> : <UnitBars units={part.units} calm={m.noTasks} />}
    </Panel>
  )
}

/** What leaders have asked for, and who owes it; against the original due. */
export function Directives({ picture }: { picture: Picture }) {
  const m = messages.value
  const part = picture.directives
  const title = part.state === 'ok' ? `${m.directives}: ${m.tasksTotal(number(part.open), number(part.overdue))}` : m.directives
  return (
    <Panel title={title} name="directives">
      {part.state === 'forbidden' ? <Forbidden /> : <UnitBars units={part.units} calm={m.noDirectives} />}
    </Panel>
  )
}

function UnitBars({ units, calm }: { units: readonly { name: string; open: number; late: number }[]; calm: string }) {
  const m = messages.value
  if (units.length === 0) return <Quiet>{calm}</Quiet>
  const most = Math.max(1, ...units.map((unit) => unit.open))
  return (
    <FitList
      items={units}
      keyOf={({ name }) => name}
      row={(unit) => (
        <p class="wall-line">
          <span class="wall-line-text">{unit.name}</span>
          <meter class="wall-bar" min={0} max={most} value={unit.open} aria-hidden="true" />
          <span class="num">{number(unit.open)}</span>
          <span class={`num wall-late ${unit.late > 0 ? 'strong' : 'muted'}`}>{unit.late > 0 ? m.late(number(unit.late)) : '✓'}</span>
        </p>
      )}
    />
  )
}

export function Health({ picture }: { picture: Picture }) {
  const m = messages.value
  const { cameras, feeds } = picture
  const rows: [string, [string, number][]][] = [
    [`${m.cameras} ${number(cameras.total)}`, [[m.cameraStates.live, cameras.live], [m.cameraStates.lost, cameras.lost], [m.cameraStates.unchecked, cameras.unchecked]]],
  ]
  if (feeds.state === 'ok') {
    const late = feeds.late - feeds.dead
    rows.push([`${m.feeds} ${number(feeds.total)}`, [[m.feedStates.onTime, feeds.total - feeds.late], [m.feedStates.late, late], [m.feedStates.dead, feeds.dead]]])
  }
  return (
    <Panel title={m.views.health} name="health">
      {rows.map(([title, parts]) => (
        <section key={title} class="wall-health">
          <h3>{title}</h3>
          <dl>
            {parts.map(([word, count]) => (
              <div key={word}>
                <dd class="num">{number(count)}</dd>
                <dt class="muted">{word}</dt>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Panel>
  )
}

/** The map of the province: open incidents, alerts, lost cameras. Drawn as SVG, so that it can be as large as its letters. */
export function WallMap({ picture, unit }: { picture: Picture; unit: number }) {
  const here = site.value
  const data = useSignal(picture)
  data.value = picture
  const points = useComputed(() => pointsOf(data.value))
  const command = useMemo(() => signal<Command | null>(null), [])
  const nothing = useMemo(() => signal<MapPoint | null>(null), [])
  const scale = unit / 13
  return (
    <div class="wall-map">
      <div
        class="wall-map-scaled"
        style={{ width: `${100 / scale}%`, height: `${100 / scale}%`, transform: `scale(${scale})` }}
        key={Math.round(scale * 20)}
      >
        <MapSurface
          engine="svg"
          kinds={['camera']}
          points={points}
          selected={nothing}
          home={here?.bounds ?? WHOLE}
          start={null}
          command={command}
          tell={(next) => (command.value = next)}
          province={here?.province_code ?? null}
          hasTiles={false}
          onMove={() => undefined}
          onSelect={() => undefined}
        />
      </div>
    </div>
  )
}

function pointsOf(picture: Picture): MapPoint[] {
  const found: MapPoint[] = picture.cameras.lost_at.map(([lon, lat], index) => ({ id: `camera ${index}`, name: '', lon, lat, kind: 0, old: true }))
  const marks = [
    ...(picture.alerts.state === 'ok' ? picture.alerts.items.map((it) => ({ ...it, level: it.priority, key: `alert ${it.id}` })) : []),
    ...(picture.incidents.state === 'ok' ? picture.incidents.items.map((it) => ({ ...it, level: it.severity, key: `incident ${it.id}` })) : []),
  ]
  for (const { location, level, key, area } of marks) {
    if (location) found.push({ id: key, name: area ?? '', lon: location[0], lat: location[1], kind: 0, old: false, priority: level })
  }
  return found
}
