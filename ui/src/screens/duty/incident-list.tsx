// The open incidents of the shift: the gravest first, with their clock and how far the procedure is.
import { Button } from '../../design/controls'
import { Chip } from '../../design/mark'
import { Empty } from '../../design/notice'
import { may } from '../../api/session'
import { named } from '../../messages/catalogue'
import { duty as messages } from '../../messages/duty'
import { go, href } from '../../router'
import { form } from './doing'
import { sel } from './link'
import { Left, Running, SeverityMark } from './marks'
import { board } from './store'
import type { Incident } from './types'

export function IncidentList() {
  const m = messages.value
  const incidents = board.value?.incidents
  if (board.value && !incidents) return <Empty title={m.forbidden} />
  return (
    <section class="duty-queue" aria-label={m.incidents.list}>
      {may('incident.work') && (
        <p>
          <Button
            icon="plus"
            onClick={() => {
              go('', { sel: 'incident:new' }, { replace: true })
              form.value = 'incident'
            }}
          >
            {m.incidents.add}
          </Button>
        </p>
      )}
      <ol class="duty-rows" aria-label={m.incidents.list}>
        {incidents?.map((incident) => (
          <Row key={incident.id} incident={incident} />
        ))}
      </ol>
      {incidents?.length === 0 && <Empty title={m.incidents.empty} />}
    </section>
  )
}

function Row({ incident }: { incident: Incident }) {
  const m = messages.value
  const key = `incident:${incident.id}`
  const next = nextClock(incident)
  return (
    <li
      class="duty-row"
      data-incident={incident.id}
      aria-current={sel.value === key ? 'true' : undefined}
      onClick={(event) => !(event.target as Element).closest('a, button') && go('', { sel: key }, { replace: true })}
    >
      <SeverityMark level={incident.severity} filled={incident.acknowledged_at === null} />
      <div class="duty-row-text">
        <p class="duty-row-title">
          <a href={href('', { sel: key })}>{incident.title}</a>
          {incident.is_exercise && <Chip tone="hatched">{m.exercise.word}</Chip>}
        </p>
        <p class="duty-row-more muted small">
          {[
            named(incident.kind_vi, incident.kind_en),
            incident.area?.name,
            m.incidentState[incident.state],
            incident.procedure && m.incidents.procedure(incident.procedure.done, incident.procedure.of),
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </div>
      <div class="duty-row-end">
        <Running since={incident.reported_at} />
        {next && <Left until={next} />}
      </div>
    </li>
  )
}

/** The target that comes next, or is missed already. */
function nextClock(incident: Incident): string | null {
  return (
    incident.clocks
      .flatMap(({ met_at, target_at }) => (met_at === null && target_at ? [target_at] : []))
      .sort()[0] ?? null
  )
}
