// One alert: what it says, why it exists and what is to be done, and the acts that are open now.
import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import { second, serverNow } from '../../api/time'
import { Button, Field } from '../../design/controls'
import { Chip } from '../../design/mark'
import { Empty, Loading, ProblemBox, Simulated, toast } from '../../design/notice'
import { Value } from '../../design/value'
import { number } from '../../format/number'
import { dateTime, time } from '../../format/time'
import { named } from '../../messages/catalogue'
import { duty as messages } from '../../messages/duty'
import { href } from '../../router'
import { ActFrame, Choice, Refused, WordsForm } from './act-form'
import { acknowledge, actOnAlert, actorWord, actWord, busy, form, refused } from './doing'
import { NewIncident } from './new-incident'
import { AlertMark, answersLate, Left } from './marks'
import { held, putAlert, touched } from './store'
import type { Alert } from './types'

const MINUTE_MS = 60_000
/** Acts that need no word more. */
const PLAIN = ['acknowledge', 'unshelve', 'unsuppress'] as const

interface Logged extends Alert {
  log?: { no: number; at: string; actor: string; action: string; body: Record<string, unknown> }[]
}

export function AlertPanel({ id, onIncident, onDispatch }: { id: number; onIncident: () => void; onDispatch: () => void }) {
  const m = messages.value
  const resource = useResource(`alert ${id}`, (signal) => get<Logged>(`/api/v1/alerts/${id}`, {}, signal))
  const round = touched.value[`alert:${id}`] ?? 0
  useEffect(() => {
    if (round > 0) resource.reload()
  }, [round])
  useEffect(() => {
    if (resource.data) putAlert(resource.data)
  }, [resource.data?.version])
  const row = held.value.rows.get(id)
  const opened = resource.data
  const alert = row && opened ? (row.version > opened.version ? { ...opened, ...row } : { ...row, ...opened, ...stateOf(row) }) : (opened ?? row)
  if (!alert) {
    if (resource.problem?.document.status === 404) return <Empty title={m.incidents.gone} text={m.incidents.goneText} />
    return resource.problem ? <ProblemBox problem={resource.problem} onRetry={resource.reload} /> : <Loading />
  }
  return (
    <article class="duty-panel" aria-label={named(alert.title_vi, alert.title_en)}>
      <header class="duty-head">
        <p class="duty-head-line">
          <AlertMark alert={alert} />
          <Chip>{m.alertState[alert.state]}</Chip>
          {alert.state !== 'cleared' && <Chip>{alert.active ? m.alert.active : m.alert.inactive}</Chip>}
          {answersLate(alert) && <Left until={alert.respond_by} />}
          {alert.is_exercise && <Chip tone="hatched">{m.exercise.word}</Chip>}
          {alert.simulated && <Simulated />}
        </p>
        <h2>{named(alert.title_vi, alert.title_en)}</h2>
        <p class="muted">{[alert.entity?.name, alert.area?.name].filter(Boolean).join(' · ')}</p>
      </header>
      <Acts alert={alert} onIncident={onIncident} onDispatch={onDispatch} />
      <Refused onReload={resource.reload} beside={['text', 'reason']} />
      <Open alert={alert} />
      <Rationale alert={alert} />
      <Facts alert={alert} />
      {opened?.log && <Log entries={opened.log} />}
    </article>
  )
}

/** What an act that is under way has changed already. */
function stateOf(row: Alert): Partial<Alert> {
  return busy.peek() ? { state: row.state, acked_at: row.acked_at } : {}
}

function Acts({ alert, onIncident, onDispatch }: { alert: Alert; onIncident: () => void; onDispatch: () => void }) {
  const m = messages.value
  const acts = alert.acts ?? []
  const plain = (act: string) => {
    if (act === 'acknowledge') void acknowledge(alert)
    else void actOnAlert(alert, { act })
  }
  const keys: Record<string, string> = { acknowledge: 'A', shelve: 'H', escalate: 'E' }
  const said = (act: string) => (keys[act] ? `${actWord(act)} (${keys[act]})` : actWord(act))
  return (
    <div class="duty-acts" role="group" aria-label={m.acts.label}>
      {acts.includes('acknowledge') && (
        <Button kind="primary" busy={busy.value} label={said('acknowledge')} onClick={() => plain('acknowledge')}>
          {m.acts.acknowledge}
        </Button>
      )}
      <Button label={`${alert.incident_id ? m.acts.toIncident : m.acts.incident} (I)`} kind={acts.includes('acknowledge') ? 'plain' : 'primary'} onClick={onIncident}>
        {alert.incident_id ? m.acts.toIncident : m.acts.incident}
      </Button>
      {acts
        .filter((act) => act !== 'acknowledge')
        .map((act) => (
          <Button
            key={act}
            label={said(act)}
            expanded={(PLAIN as readonly string[]).includes(act) ? undefined : form.value === act}
            onClick={() => ((PLAIN as readonly string[]).includes(act) ? plain(act) : (form.value = form.value === act ? null : act))}
          >
            {actWord(act)}
          </Button>
        ))}
      {alert.incident_id !== null && (
        <Button label={`${m.acts.dispatch} (D)`} onClick={onDispatch}>
          {m.acts.dispatch}
        </Button>
      )}
    </div>
  )
}

/** The form of the act that was chosen. */
function Open({ alert }: { alert: Alert }) {
  const m = messages.value
  const act = form.value
  if (act === 'incident') return <NewIncident alert={alert} />
  if (!act || !alert.acts?.includes(act)) return null
  const send = (facts: Record<string, unknown>) => void actOnAlert(alert, { act, ...facts })
  if (act === 'shelve') return <Shelve key={alert.id} alert={alert} />
  if (act === 'suppress') return <Suppress key={alert.id} alert={alert} />
  if (act === 'note') return <WordsForm key={act} act={act} label={m.acts.note} text={m.form.text} onSend={(text) => send({ text })} />
  if (act === 'give_task') {
    return <WordsForm key={act} act={act} label={m.acts.give_task} text={m.form.text} required={false} onSend={(text) => send({ text })} />
  }
  return <WordsForm key={act} act={act} label={actWord(act)} text={m.form.reason} onSend={(reason) => send({ reason })} />
}

/** Put aside until a moment and for a reason; for ten seconds it can be taken back. */
function Shelve({ alert }: { alert: Alert }) {
  const m = messages.value
  const [minutes, setMinutes] = useState('30')
  const [reason, setReason] = useState('')
  void second.value
  const send = async () => {
    if (!reason.trim()) return
    const after = await actOnAlert(alert, { act: 'shelve', minutes: Number(minutes), reason: reason.trim() })
    if (after?.shelved_until) toast(m.shelvedUntil(time(after.shelved_until)))
  }
  return (
    <ActFrame label={m.acts.shelve} onSubmit={() => void send()}>
      <Choice label={m.form.until} words={m.form.untilKinds} value={minutes} onChange={setMinutes} />
      <Field label={m.form.reason} value={reason} onInput={setReason} fault={refused.value?.fault('reason')} required />
    </ActFrame>
  )
}

/** Work is done on the thing: what it says until then is expected. */
function Suppress({ alert }: { alert: Alert }) {
  const m = messages.value
  const [minutes, setMinutes] = useState('120')
  const [reason, setReason] = useState('')
  const send = () => {
    if (!reason.trim()) return
    const until = new Date(serverNow() + Number(minutes) * MINUTE_MS).toISOString()
    void actOnAlert(alert, { act: 'suppress', until, reason: reason.trim() })
  }
  return (
    <ActFrame label={m.acts.suppress} onSubmit={send}>
      <Choice label={m.form.until} words={m.form.untilKinds} value={minutes} onChange={setMinutes} />
      <Field label={m.form.reason} value={reason} onInput={setReason} fault={refused.value?.fault('reason')} required />
    </ActFrame>
  )
}

/** Why this alert exists: an alert without these three would have been refused as a rule. */
function Rationale({ alert }: { alert: Alert }) {
  const m = messages.value.alert
  const parts: [string, string][] = [
    [m.action, named(alert.action_vi, alert.action_en)],
    [m.consequence, named(alert.consequence_vi, alert.consequence_en)],
    [m.cause, named(alert.cause_vi, alert.cause_en)],
  ]
  return (
    <dl class="duty-why">
      {parts
        .filter(([, text]) => text)
        .map(([label, text], index) => (
          <div key={label} class={index === 0 ? 'duty-why-first' : ''}>
            <dt class="muted small">{label}</dt>
            <dd>{text}</dd>
          </div>
        ))}
    </dl>
  )
}

function Facts({ alert }: { alert: Alert }) {
  const m = messages.value
  const facts: [string, ComponentChildren][] = []
  if (alert.entity) facts.push([m.alert.entity, <a href={href('/city', { sel: alert.entity.id })}>{alert.entity.name}</a>])
  if (alert.value !== null) {
    facts.push([
      m.alert.value,
      <>
        <Value value={alert.value} unit={alert.unit} />{' '}
        {alert.limit !== null && <span class="muted num">({m.alert.limit(number(alert.limit))})</span>}
      </>,
    ])
  }
  if (alert.owner) facts.push([m.alert.owner, alert.owner.name])
  facts.push([m.alert.first, <span class="num">{dateTime(alert.first_at)}</span>])
  if (alert.count > 1) {
    facts.push([m.alert.last, <span class="num">{`${dateTime(alert.last_at)} (${m.times(alert.count)})`}</span>])
  }
  if (alert.acked_by) facts.push([m.alert.ackedBy, [actorWord(alert.acked_by), alert.acked_at && time(alert.acked_at)].filter(Boolean).join(' · ')])
  if (alert.shelved_until) facts.push([m.acts.shelve, [m.shelvedUntil(time(alert.shelved_until)), alert.shelved_reason].filter(Boolean).join(': ')])
  facts.push([m.alert.rule, alert.rule ? <span class="mono">{alert.rule}</span> : m.alert.byHand])
  return (
    <dl class="facts">
      {facts.map(([label, value]) => (
        <>
          <dt key={`${label} term`}>{label}</dt>
          <dd key={label}>{value}</dd>
        </>
      ))}
    </dl>
  )
}

function Log({ entries }: { entries: NonNullable<Logged['log']> }) {
  const m = messages.value
  if (entries.length === 0) return null
  return (
    <section>
      <h3>{m.alert.log}</h3>
      <ol class="duty-log" aria-label={m.alert.log}>
        {entries.map((entry) => (
          <li key={entry.no}>
            <span class="num muted">{time(entry.at)}</span> <span class="strong">{actWord(entry.action.replace(/^alert\./, ''))}</span>{' '}
            <span class="muted">{actorWord(entry.actor)}</span>
            {typeof entry.body['text'] === 'string' && entry.body['text'] && <p>{entry.body['text']}</p>}
            {typeof entry.body['reason'] === 'string' && entry.body['reason'] && <p>{entry.body['reason']}</p>}
          </li>
        ))}
      </ol>
    </section>
  )
}
