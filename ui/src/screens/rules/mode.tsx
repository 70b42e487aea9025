// How a rule runs: shown to everybody, changed by who manages rules over the whole site, with a reason.
import { useState } from 'preact/hooks'
import { get, newKey, send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import type { Rule, RuleMode } from '../../api/rules'
import { may } from '../../api/session'
import { Conflict, isConflict } from '../../design/conflict'
import { Button, Field } from '../../design/controls'
import { ProblemBox, toast } from '../../design/notice'
import { dateTime } from '../../format/time'
import { named } from '../../messages/catalogue'
import { rules as messages } from '../../messages/rules'

const MODES: readonly RuleMode[] = ['on', 'trial', 'off']

export function ModeSwitch({ rule, onChange }: { rule: Rule; onChange: () => void }) {
  const m = messages.value.switch
  const words = messages.value.mode
  const [chosen, setChosen] = useState<RuleMode>(rule.mode)
  const [reason, setReason] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [theirs, setTheirs] = useState<Rule | null>(null)
  const [key, setKey] = useState(newKey)
  const path = `/api/v1/alert-rules/${encodeURIComponent(rule.rule)}`
  const save = async (version: number) => {
    setBusy(true)
    setProblem(null)
    setTheirs(null)
    try {
      await send('PUT', `${path}/mode`, { mode: chosen, reason: reason.trim() }, { version, key })
      toast(m.saved(named(rule.title_vi, rule.title_en), words[chosen]))
      onChange()
    } catch (error) {
      const now = isConflict(error) ? await get<Rule>(path).catch(() => null) : null
      setTheirs(now)
      if (!now) setProblem(asProblem(error))
      setKey(newKey())
    }
    setBusy(false)
  }
  const submit = (event: Event) => {
    event.preventDefault()
    void save(rule.version)
  }
  return (
    <form class="rule-mode" onSubmit={submit}>
      <fieldset disabled={!may('alert.rule') || busy}>
        <legend class="strong">{m.title}</legend>
        {MODES.map((mode) => (
          <label class="check" key={mode}>
            <input type="radio" name="mode" value={mode} checked={chosen === mode} onChange={() => setChosen(mode)} />
            <span class="two-lines">
              <span>{words[mode]}</span>
              <span class="muted small">{m[mode]}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <p class="muted small">
        {rule.mode_at
          ? m.changed(words[rule.delivered_mode], dateTime(rule.mode_at), rule.mode_reason ?? '')
          : m.delivered(words[rule.delivered_mode])}
        {!may('alert.rule') && ` · ${m.onlyManager}`}
      </p>
      {problem && <ProblemBox problem={problem} />}
      {theirs && (
        <Conflict
          sides={[{ label: m.title, mine: words[chosen], theirs: words[theirs.mode] }]}
          busy={busy}
          onMine={() => void save(theirs.version)}
          onTheirs={onChange}
        />
      )}
      {chosen !== rule.mode && !theirs && (
        <>
          <Field label={m.reason} value={reason} onInput={setReason} required />
          <div class="form-foot">
            <Button type="submit" kind="primary" busy={busy}>
              {m.save}
            </Button>
          </div>
        </>
      )}
    </form>
  )
}
