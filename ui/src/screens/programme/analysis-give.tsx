// Giving a task from a risk: cause, wording and day are proposed from what the risk says; the person changes them or sends.
import { useState } from 'preact/hooks'
import { newKey, send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { may } from '../../api/session'
import { second } from '../../api/time'
import { Button, Field, Select } from '../../design/controls'
import { ProblemBox, toast } from '../../design/notice'
import { asField } from '../../format/time'
import { named } from '../../messages/catalogue'
import { figures as messages } from '../../messages/programme-figures'
import { Units } from '../../tasks/acts'
import type { Party, Risk } from './analysis-types'
import type { Bottleneck } from './types'

const DAYS = 14
const DAY_MS = 86_400_000
const BESIDE = ['description', 'due', 'due.on', 'owner_org', 'cause']
type Cause = Bottleneck['cause']

/** Which cause the words of the reasons speak of first. */
const HINTS: readonly [RegExp, Cause][] = [
  [/clearance|mặt bằng/i, 'clearance'],
  [/contract|contractor|nhà thầu|hợp đồng/i, 'contractor'],
  [/appraisal|thẩm định/i, 'appraisal'],
  [/equipment|thiết bị/i, 'equipment'],
  [/price|dự toán/i, 'price'],
  [/alloc|phân bổ|capital|bố trí vốn/i, 'capital'],
]

export function causeOf(risk: Pick<Risk, 'reasons'>): Cause {
  const said = risk.reasons.map((each) => `${each.code ?? ''} ${each.vi}`)
  for (const words of said) for (const [pattern, cause] of HINTS) if (pattern.test(words)) return cause
  return 'other'
}

interface Props {
  risk: Risk
  year: number
  owner: Party
  onGiven: () => void
}

export function GiveTask({ risk, year, owner, onGiven }: Props) {
  const m = messages.value.give
  const reasons = risk.reasons.map((each) => named(each.vi, each.en)).join('; ')
  const [draft, setDraft] = useState({
    cause: causeOf(risk) as string,
    description: m.draft(year, reasons ? `${reasons}.` : '').trim(),
    on: asField(second.peek() + DAYS * DAY_MS).slice(0, 10),
    org: '',
  })
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const [key, setKey] = useState(newKey)
  if (!may(['programme.edit', 'programme.oversee'])) return <p class="muted">{m.noRight}</p>
  const set = (name: keyof typeof draft) => (value: string) => {
    setKey(newKey())
    setDraft({ ...draft, [name]: value })
  }
  const submit = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    setProblem(null)
    const body = {
      cause: draft.cause,
      description: draft.description.trim(),
      due: { precision: 'day', on: draft.on },
      ...(draft.org ? { owner_org: Number(draft.org) } : {}),
    }
    try {
      await send<Bottleneck>('POST', `/api/v1/programme/projects/${risk.project.id}/bottlenecks`, body, { key })
      toast(m.done)
      onGiven()
      setKey(newKey())
    } catch (error) {
      setProblem(asProblem(error))
    }
    setBusy(false)
  }
  return (
    <form class="form" aria-label={m.title} onSubmit={(event) => void submit(event)}>
      <h3>{m.title}</h3>
      <Select
        label={m.cause}
        value={draft.cause}
        options={Object.entries(m.causes).map(([value, label]) => ({ value, label }))}
        onChange={set('cause')}
      />
      <Field label={m.what} value={draft.description} onInput={set('description')} lines={4} required fault={problem?.fault('description')} />
      <div class="form-row">
        <Field label={m.due} type="date" value={draft.on} onInput={set('on')} required fault={problem?.fault('due.on') ?? problem?.fault('due')} />
        <Units label={m.owner} none={m.ownOwner(owner.name)} value={draft.org} fault={problem?.fault('owner_org')} onChange={set('org')} />
      </div>
      {problem && <ProblemBox problem={problem} beside={BESIDE} />}
      <div class="form-foot">
        <Button type="submit" kind="primary" icon="check" busy={busy}>
          {m.submit}
        </Button>
      </div>
    </form>
  )
}
