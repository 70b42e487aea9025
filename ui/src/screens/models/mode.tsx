// How strict the site is with a type: shown to everybody, changed by who manages models over its sector.
import { useState } from 'preact/hooks'
import { get, newKey, send } from '../../api/client'
import type { Mode, Model } from '../../api/models'
import { asProblem, type Problem } from '../../api/problem'
import { Conflict, isConflict } from '../../design/conflict'
import { Button } from '../../design/controls'
import { ProblemBox, toast } from '../../design/notice'
import { number } from '../../format/number'
import { dateTime } from '../../format/time'
import { named } from '../../messages/catalogue'
import { models as messages } from '../../messages/models'

const MODES: readonly Mode[] = ['accept', 'warn', 'reject']

export function ModeSwitch({ model, onChange }: { model: Model; onChange: () => void }) {
  const m = messages.value.switch
  const words = messages.value.mode
  const [chosen, setChosen] = useState<Mode>(model.mode)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [theirs, setTheirs] = useState<Model | null>(null)
  const [key, setKey] = useState(newKey)
  const save = async (version: number) => {
    setBusy(true)
    setProblem(null)
    setTheirs(null)
    const path = `/api/v1/models/${encodeURIComponent(model.type)}`
    try {
      await send('PATCH', path, { mode: chosen }, { version, key })
      toast(m.saved(named(model.vi, model.en), words[chosen]))
      onChange()
    } catch (error) {
      const now = isConflict(error) ? await get<Model>(path).catch(() => null) : null
      setTheirs(now)
      if (!now) setProblem(asProblem(error))
      setKey(newKey())
    }
    setBusy(false)
  }
  const submit = (event: Event) => {
    event.preventDefault()
    void save(model.version)
  }
  return (
    <form class="model-mode" onSubmit={submit}>
      <fieldset disabled={!model.may_change || busy}>
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
        {model.changed_at ? m.changed(dateTime(model.changed_at)) : m.declared(words[model.declared])}
        {!model.may_change && ` · ${m.onlyManager}`}
      </p>
      {chosen === 'reject' && model.mode !== 'reject' && model.faulty > 0 && (
        <p class="model-foresee">{m.foresee(number(model.faulty), number(model.checked))}</p>
      )}
      {problem && <ProblemBox problem={problem} />}
      {theirs && (
        <Conflict
          sides={[{ label: m.mode, mine: words[chosen], theirs: words[theirs.mode] }]}
          busy={busy}
          onMine={() => void save(theirs.version)}
          onTheirs={onChange}
        />
      )}
      {chosen !== model.mode && !theirs && (
        <div class="form-foot">
          <Button type="submit" kind="primary" busy={busy}>
            {m.save}
          </Button>
        </div>
      )}
    </form>
  )
}
