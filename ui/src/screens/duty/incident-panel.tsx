// One incident: who commands, how its clocks stand, and behind tabs its procedure, log, roles and links.
import { useEffect, useState } from 'preact/hooks'
import { get } from '../../api/client'
import { useResource, type Resource as Asked } from '../../api/resource'
import { may } from '../../api/session'
import { Button, Tabs } from '../../design/controls'
import { Chip } from '../../design/mark'
import { Empty, Loading, ProblemBox } from '../../design/notice'
import { dateTime, time } from '../../format/time'
import { named } from '../../messages/catalogue'
import { duty as messages } from '../../messages/duty'
import { href, param } from '../../router'
import { Refused } from './act-form'
import { Dispatch } from './dispatch'
import { actOnIncident, actWord, busy, form } from './doing'
import { IncidentForm } from './incident-form'
import { Links } from './links'
import { Journal } from './journal'
import { Left, Running, SeverityMark } from './marks'
import { ProcedureSteps } from './procedure'
import { Roles } from './roles'
import { touched } from './store'
import type { Clock, Incident, Procedure } from './types'

export const tab = param('tab', 'work')
const PLAIN = ['acknowledge'] as const
/** Open all the time, and kept behind the others: what is done in its own tab, or seldom. */
const ELSEWHERE: ReadonlySet<string> = new Set(['note', 'link', 'unlink', 'set_role', 'assign_commander'])
/** Done seldom: behind one button. */
const SELDOM: ReadonlySet<string> = new Set(['describe', 'reject', 'merge', 'split', 'invite'])
const KEYS: Record<string, string> = { acknowledge: 'A', dispatch: 'D', escalate: 'E' }

export function useIncident(id: number): { incident: Asked<Incident>; procedure: Asked<Procedure> } {
  const incident = useResource(`incident ${id}`, (signal) => get<Incident>(`/api/v1/incidents/${id}`, {}, signal))
  const procedure = useResource(`procedure ${id}`, (signal) => get<Procedure>(`/api/v1/incidents/${id}/procedure`, {}, signal))
  const round = touched.value[`incident:${id}`] ?? 0
  useEffect(() => {
    if (round === 0) return
    incident.reload()
    procedure.reload()
  }, [round])
  return { incident, procedure }
}

export function IncidentPanel({ id }: { id: number }) {
  const m = messages.value
  const { incident: asked, procedure } = useIncident(id)
  const incident = asked.data
  if (asked.problem?.document.status === 404) return <Empty title={m.incidents.gone} text={m.incidents.goneText} />
  if (!incident) return asked.problem ? <ProblemBox problem={asked.problem} onRetry={asked.reload} /> : <Loading />
  const reload = () => {
    asked.reload()
    procedure.reload()
  }
  const run = procedure.data?.run
  const tabs = [
    { id: 'work', label: run ? `${m.tabs.work} ${run.done}/${run.of}` : m.tabs.work, href: href('', { tab: null }) },
    { id: 'log', label: m.tabs.log, href: href('', { tab: 'log' }) },
    { id: 'people', label: m.tabs.people, href: href('', { tab: 'people' }) },
    { id: 'links', label: m.tabs.links, count: incident.links.length, href: href('', { tab: 'links' }) },
  ]
  return (
    <article class={`duty-panel${incident.is_exercise ? ' duty-exercise' : ''}`} aria-label={`${incident.code} ${incident.title}`}>
      <Head incident={incident} />
      <Acts incident={incident} />
      <Refused onReload={reload} beside={['text']} />
      {form.value === 'dispatch' ? <Dispatch incident={incident} /> : <IncidentForm key={`${form.value}`} incident={incident} />}
      <Clocks clocks={incident.clocks} />
      <Tabs label={m.tabs.label} tabs={tabs} current={tab.value} />
      {tab.value === 'log' ? (
        <Journal incident={incident} />
      ) : tab.value === 'people' ? (
        <Roles incident={incident} />
      ) : tab.value === 'links' ? (
        <Links incident={incident} />
      ) : (
        <ProcedureSteps incident={incident} asked={procedure} onChange={reload} />
      )}
    </article>
  )
}

function Head({ incident }: { incident: Incident }) {
  const m = messages.value
  return (
    <header class="duty-head">
      <p class="duty-head-line">
        <SeverityMark level={incident.severity} filled={incident.acknowledged_at === null} />
        <span class="num muted">{incident.code}</span>
        <Chip>{m.incidentState[incident.state]}</Chip>
        <span class="muted">{named(incident.kind_vi, incident.kind_en)}</span>
        <Running since={incident.reported_at} until={incident.closed_at} />
        {incident.is_exercise && <Chip tone="hatched">{m.exercise.word}</Chip>}
      </p>
      <h2>{incident.title}</h2>
      <p class="muted">
        {[incident.place, incident.area?.name].filter(Boolean).join(' · ')}
        {incident.place || incident.area ? ' · ' : ''}
        {m.incidents.commander}: {commanderOf(incident) ?? m.incidents.noCommander}
      </p>
      {incident.text && <p class="duty-text">{incident.text}</p>}
    </header>
  )
}

function commanderOf(incident: Incident): string | null {
  const { commander } = incident
  if (!commander?.role) return null
  return [roleWord(commander.role), commander.name].filter(Boolean).join(' ')
}

export function roleWord(role: string): string {
  return (messages.value.roles.names as Record<string, string>)[role] ?? role
}

function Acts({ incident }: { incident: Incident }) {
  const m = messages.value
  const [more, setMore] = useState(false)
  const open = (incident.acts ?? []).filter((act) => !ELSEWHERE.has(act))
  const acts = open.filter((act) => more || !SELDOM.has(act) || form.value === act)
  const first = ['acknowledge', 'verify', 'classify', 'dispatch', 'on_scene', 'contain', 'close'].find((act) => acts.includes(act))
  const said = (act: string) => (KEYS[act] ? `${actWord(act)} (${KEYS[act]})` : actWord(act))
  return (
    <div class="duty-acts" role="group" aria-label={m.acts.label}>
      {acts.map((act) => (
        <Button
          key={act}
          kind={act === first ? 'primary' : 'plain'}
          label={said(act)}
          busy={busy.value && act === first}
          expanded={(PLAIN as readonly string[]).includes(act) ? undefined : form.value === act}
          onClick={() =>
            (PLAIN as readonly string[]).includes(act)
              ? void actOnIncident(incident, { act })
              : (form.value = form.value === act ? null : act)
          }
        >
          {actWord(act)}
        </Button>
      ))}
      {may('warning.write') && (
        <a class="button button-plain" href={href('/warnings/new', { incident: String(incident.id) })}>
          {m.incidents.warning}
        </a>
      )}
      {open.some((act) => SELDOM.has(act)) && (
        <Button kind="ghost" expanded={more} onClick={() => setMore(!more)}>
          {m.acts.more}
        </Button>
      )}
      {(incident.closed_at || incident.contained_at) && (
        <>
          <a class="button button-plain" data-external href={`/api/v1/incidents/${incident.id}/after-action?format=docx`} download={`${incident.code}.docx`}>
            {m.incidents.report} ({m.incidents.docx})
          </a>
          <a class="button button-plain" data-external href={`/api/v1/incidents/${incident.id}/after-action?format=pdf`} download={`${incident.code}.pdf`}>
            {m.incidents.pdf}
          </a>
        </>
      )}
    </div>
  )
}

/** By when what must have happened, and when it did. */
function Clocks({ clocks }: { clocks: readonly Clock[] }) {
  const m = messages.value
  if (clocks.length === 0) return null
  return (
    <ol class="duty-clocks" aria-label={m.clocks.label}>
      {clocks.map((clock) => {
        const late = clock.met_at !== null && clock.target_at !== null && clock.met_at > clock.target_at
        return (
          <li key={clock.name} data-state={clock.state}>
            <span class="muted small">{(m.clocks as Record<string, string>)[clock.name] ?? clock.name}</span>
            {clock.met_at ? (
              <span class="num" title={dateTime(clock.met_at)}>
                <span aria-hidden="true">{late ? '!' : '✓'}</span> {time(clock.met_at)}
                {late && <span class="small"> {m.clockState.met_late}</span>}
              </span>
            ) : (
              <Left until={clock.target_at} />
            )}
          </li>
        )
      })}
    </ol>
  )
}
