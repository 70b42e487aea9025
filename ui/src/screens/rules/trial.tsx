// A rule against history, before it is switched on: how often it would have fired, and where.
import { useState } from 'preact/hooks'
import { send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import type { Trial } from '../../api/rules'
import { may } from '../../api/session'
import { serverNow } from '../../api/time'
import { Button, Select } from '../../design/controls'
import { ProblemBox } from '../../design/notice'
import { number } from '../../format/number'
import { dateTime } from '../../format/time'
import { named } from '../../messages/catalogue'
import { rules as messages } from '../../messages/rules'
import { href } from '../../router'

const DAY_MS = 86_400_000

export function TrialPart({ name }: { name: string }) {
  const m = messages.value.trial
  const [days, setDays] = useState('30')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [found, setFound] = useState<Trial | null>(null)
  const run = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    setProblem(null)
    const to = serverNow()
    const span = { from: new Date(to - Number(days) * DAY_MS).toISOString(), to: new Date(to).toISOString() }
    try {
      setFound(await send<Trial>('POST', `/api/v1/alert-rules/${encodeURIComponent(name)}/trial`, span))
    } catch (error) {
      setProblem(asProblem(error))
    }
    setBusy(false)
  }
  const spans = Object.entries(m.span).map(([value, label]) => ({ value, label }))
  return (
    <section class="rule-trial">
      <p class="muted">{m.text}</p>
      <form class="rule-trial-form" onSubmit={(event) => void run(event)}>
        <Select label={m.days} value={days} options={spans} onChange={setDays} />
        <Button type="submit" kind="primary" busy={busy} disabled={!may('alert.rule')}>
          {m.run}
        </Button>
      </form>
      {problem && <ProblemBox problem={problem} />}
      {found && <Found trial={found} />}
    </section>
  )
}

function Found({ trial }: { trial: Trial }) {
  const m = messages.value.trial
  return (
    <div class="rule-found" role="status">
      <p class="strong">{named(trial.text_vi, trial.text_en)}</p>
      <p class="muted small">
        {m.perDay(number(trial.per_day))} · {m.observations(number(trial.observations))}
      </p>
      {trial.partial && <p class="strong small">{m.partial}</p>}
      {trial.by_entity.length > 0 && (
        <>
          <h3>{m.byEntity}</h3>
          <ul class="rule-times">
            {trial.by_entity.slice(0, 8).map((one) => (
              <li key={one.id}>
                <a class="rule-entity" href={href(`/city/${encodeURIComponent(one.id)}`)}>
                  {one.name ?? one.id}
                </a>{' '}
                <span class="num muted">{m.times(number(one.fired))}</span>
              </li>
            ))}
          </ul>
          <h3>{m.examples}</h3>
          <ul class="rule-times">
            {trial.examples.map((one) => (
              <li key={`${one.entity.id} ${one.raised_at}`}>
                <span class="num">{dateTime(one.raised_at)}</span>{' '}
                <span class="muted num">{one.cleared_at ? m.until(dateTime(one.cleared_at)) : m.standing}</span> {one.entity.name ?? one.entity.id}
                {one.text_vi && <span class="muted">: {named(one.text_vi, one.text_en ?? one.text_vi)}</span>}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}
