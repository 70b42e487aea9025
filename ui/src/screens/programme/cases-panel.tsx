// One case: the way it went with its papers, the contractor's right of reply, what may be done now and what must wait.
import { useState } from 'preact/hooks'
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import { may } from '../../api/session'
import { second } from '../../api/time'
import { Button } from '../../design/controls'
import { Mark } from '../../design/mark'
import { Empty, Loading, ProblemBox } from '../../design/notice'
import { bigDong } from '../../format/money'
import { asField, date, dateTime } from '../../format/time'
import { parties as messages } from '../../messages/programme-parties'
import { href } from '../../router'
import { ActForm } from './cases-form'
import { ReplyWords } from './cases-reply'
import type { ActName, CaseFull, CaseStep } from './cases-types'
import { hindranceOf, lastReply, LEADS, nextState, skippable, wayOf, type Place } from './cases-way'

export function CasePanel({ id, onChange }: { id: string; onChange: () => void }) {
  const m = messages.value.cases
  const where = `/api/v1/programme/contractor-cases/${encodeURIComponent(id)}`
  const resource = useResource(where, (signal) => get<CaseFull>(where, {}, signal))
  const found = resource.data
  if (resource.problem?.document.status === 404) return <Empty title={m.gone} text={m.goneText} />
  if (!found) return resource.problem ? <ProblemBox problem={resource.problem} onRetry={resource.reload} /> : <Loading />
  const done = (next: CaseFull) => {
    resource.put(() => next)
    onChange()
  }
  return (
    <>
      <header class="case-head">
        <h2>{found.subject}</h2>
        <p class="muted">
          <a href={href(`/programme/contractor/${found.contractor_id}`)}>{found.contractor_name}</a> · <span class="num">{found.contract_no}</span> ·{' '}
          <a href={href(`/programme/projects/${found.project_id}`)}>{found.project_name}</a>
        </p>
      </header>
      <section class="block-section" aria-label={m.way}>
        <h3>{m.way}</h3>
        <ol class="case-way">
          {wayOf(found).map((place) => (
            <Step key={place.state} place={place} />
          ))}
        </ol>
        <p class="small case-reply">
          <span class="muted">{m.reply}:</span> <ReplyWords found={found} />
        </p>
      </section>
      <Next key={found.version} found={found} where={where} onDone={done} onReload={resource.reload} />
      <section class="block-section" aria-label={m.log}>
        <h3>{m.log}</h3>
        <ol class="case-log">
          {[...found.log].reverse().map((step) => (
            <Paper key={step.no} step={step} />
          ))}
        </ol>
      </section>
    </>
  )
}

function Step({ place }: { place: Place }) {
  const m = messages.value.cases
  const words = { done: m.done, now: m.now, skipped: m.skipped, ahead: m.ahead }[place.standing]
  return (
    <li class={`case-step case-step-${place.standing}`} aria-current={place.standing === 'now' ? 'step' : undefined}>
      <span class="case-dot" aria-hidden="true">
        {place.standing === 'done' ? '✓' : place.standing === 'skipped' ? '–' : ''}
      </span>
      <span class="case-step-words">
        <span class={place.standing === 'now' ? 'strong' : ''}>{m.states[place.state]}</span>
        <span class="muted small num">{place.step ? `${place.step.document} · ${date(place.step.dated_on)}` : words}</span>
      </span>
    </li>
  )
}

interface NextProps {
  found: CaseFull
  where: string
  onDone: (next: CaseFull) => void
  onReload: () => void
}

/** The acts that are open as buttons, the one on the way first; what stands against the next one in words. */
function Next({ found, where, onDone, onReload }: NextProps) {
  const m = messages.value.cases
  const [chosen, setChosen] = useState<ActName | null>(null)
  const [skipping, setSkipping] = useState(false)
  const next = nextState(found.state)
  const hindrance = hindranceOf(found, second.value, asField(second.value).slice(0, 10))
  const over = found.state === 'closed' || found.state === 'replaced'
  const why = hindrance && ('until' in hindrance ? m.why[hindrance.why](date(hindrance.why === 'window' ? lastReply(hindrance.until) : hindrance.until)) : m.why[hindrance.why])
  const forced = may('programme.oversee') ? skippable(found) : []
  const pick = (act: ActName, skips: boolean) => {
    setChosen(chosen === act && skipping === skips ? null : act)
    setSkipping(skips)
  }
  return (
    <section class="block-section" aria-label={m.nextAct}>
      <h3>{m.nextAct}</h3>
      {over && <p class="muted">{m.nothing}</p>}
      {next && why && (
        <p class="note">
          <Mark shape="none" sign="‖" tone="quiet" /> <span>{m.notYet(m.acts[LEADS[next].act], why)}</span>
        </p>
      )}
      {found.acts.length > 0 && (
        <div class="form-foot">
          {found.acts.map((act) => (
            <Button key={act} kind={next && LEADS[next].act === act ? 'primary' : 'plain'} expanded={chosen === act && !skipping} onClick={() => pick(act, false)}>
              {m.acts[act]}
            </Button>
          ))}
        </div>
      )}
      {chosen && !skipping && <ActForm key={chosen} act={chosen} found={found} where={where} onDone={onDone} onReload={onReload} />}
      {!over && forced.length > 0 && (
        <details class="fold">
          <summary class="small">{m.skip}</summary>
          <p class="muted small">{m.skipText}</p>
          <div class="form-foot">
            {forced.map((act) => (
              <Button key={act} expanded={chosen === act && skipping} onClick={() => pick(act, true)}>
                {m.acts[act]}
              </Button>
            ))}
          </div>
          {chosen && skipping && <ActForm key={`skip ${chosen}`} act={chosen} skips found={found} where={where} onDone={onDone} onReload={onReload} />}
        </details>
      )}
    </section>
  )
}

function Paper({ step }: { step: CaseStep }) {
  const m = messages.value.cases
  const cut = typeof step.facts['cut_dong'] === 'number' ? step.facts['cut_dong'] : null
  const until = typeof step.facts['plan_until'] === 'string' ? step.facts['plan_until'] : null
  const said = [
    step.reply_until && m.replyUntil(date(lastReply(step.reply_until))),
    until && m.until(date(until)),
    cut !== null && m.cut(bigDong(cut)),
    step.skips && m.bySkipping(step.skips),
  ].filter(Boolean)
  return (
    <li class={`case-paper${step.act === 'reply' ? ' case-paper-reply' : ''}`}>
      <p>
        <span class="strong">{m.acts[step.act]}</span> · <span class="num">{step.document}</span>
      </p>
      <p class="muted small">{m.signedBy(step.decided_by, date(step.dated_on))}</p>
      <p class="case-text">{step.text}</p>
      {said.length > 0 && <p class="small">{said.join(' · ')}</p>}
      <p class="muted small num">
        {dateTime(step.at)} · {m.by(step.by)}
      </p>
    </li>
  )
}
