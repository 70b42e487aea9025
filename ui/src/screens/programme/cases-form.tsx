// The form of one act of a case. What was typed is kept when the server refuses; a newer version is fetched, not lost.
import { useState } from 'preact/hooks'
import { get, newKey, send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { useResource } from '../../api/resource'
import { second } from '../../api/time'
import { Button, Field, Select } from '../../design/controls'
import { ProblemBox, toast } from '../../design/notice'
import { bigDong } from '../../format/money'
import { parseNumber } from '../../format/number'
import { asField } from '../../format/time'
import { parties as messages } from '../../messages/programme-parties'
import type { ActName, CaseFull, ContractChoice } from './cases-types'

const STEPS: ReadonlySet<string> = new Set(['warn', 'demand', 'plan', 'cut_scope', 'replace'])
const REPLY_DAYS = '5'
const FIELDS = ['document', 'dated_on', 'decided_by', 'text', 'reply_working_days', 'plan_until', 'cut_dong', 'new_contract_id', 'skips'] as const
export const BESIDE = FIELDS.flatMap((name) => [name, `do.${name}`, `warning.${name}`])

export interface Draft {
  document: string
  dated_on: string
  decided_by: string
  text: string
  reply_working_days: string
  plan_until: string
  cut_dong: string
  new_contract_id: string
  skips: string
}

export function useDraft() {
  const today = asField(second.peek()).slice(0, 10)
  return useState<Draft>({
    document: '', dated_on: today, decided_by: '', text: '', reply_working_days: REPLY_DAYS, plan_until: '', cut_dong: '', new_contract_id: '', skips: '',
  })
}

/** The act as the server takes it: only what belongs to it, and nothing that was left empty. */
export function bodyOf(act: ActName | 'warn', draft: Draft, skips: boolean): Record<string, unknown> {
  const amount = parseNumber(draft.cut_dong)
  return {
    act,
    document: draft.document.trim(),
    dated_on: draft.dated_on,
    decided_by: draft.decided_by.trim(),
    text: draft.text.trim(),
    ...(STEPS.has(act) ? { reply_working_days: Number(draft.reply_working_days) || Number(REPLY_DAYS) } : {}),
    ...(skips && draft.skips.trim() ? { skips: draft.skips.trim() } : {}),
    ...(act === 'plan' ? { plan_until: draft.plan_until } : {}),
    ...(act === 'cut_scope' && amount !== null ? { cut_dong: Math.round(amount) } : {}),
    ...(act === 'replace' && draft.new_contract_id ? { new_contract_id: Number(draft.new_contract_id) } : {}),
  }
}

interface PaperProps {
  act: ActName | 'warn'
  draft: Draft
  problem: Problem | null
  onChange: (draft: Draft) => void
}

/** Number, day and signer of the paper, what it says, and how long the contractor has to reply. */
export function PaperFields({ act, draft, problem, onChange }: PaperProps) {
  const m = messages.value.cases
  const set = (name: keyof Draft) => (value: string) => onChange({ ...draft, [name]: value })
  const fault = (name: string) => problem?.fault(`do.${name}`) ?? problem?.fault(`warning.${name}`) ?? problem?.fault(name)
  return (
    <>
      <div class="form-row">
        <Field label={m.document} value={draft.document} onInput={set('document')} required fault={fault('document')} />
        <Field label={m.dated} type="date" value={draft.dated_on} onInput={set('dated_on')} required fault={fault('dated_on')} />
      </div>
      <Field
        label={act === 'reply' ? m.signedForContractor : m.decidedBy}
        value={draft.decided_by}
        onInput={set('decided_by')}
        required
        fault={fault('decided_by')}
      />
      <Field label={m.text} value={draft.text} onInput={set('text')} lines={4} required fault={fault('text')} />
      {STEPS.has(act) && <Field label={m.replyDays} value={draft.reply_working_days} onInput={set('reply_working_days')} fault={fault('reply_working_days')} />}
    </>
  )
}

interface Props {
  act: ActName
  /** By a decision: a step is passed over, or the reply not waited for. */
  skips?: boolean
  found: CaseFull
  where: string
  onDone: (next: CaseFull) => void
  onReload: () => void
}

export function ActForm({ act, skips = false, found, where, onDone, onReload }: Props) {
  const m = messages.value.cases
  const [draft, setDraft] = useDraft()
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const [key, setKey] = useState(newKey)
  const change = (next: Draft) => {
    setKey(newKey())
    setDraft(next)
  }
  const amount = parseNumber(draft.cut_dong)
  const submit = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    setProblem(null)
    try {
      const next = await send<CaseFull>('POST', `${where}/acts`, { do: bodyOf(act, draft, skips) }, { version: found.version, key })
      toast(m.saved(m.acts[act]))
      onDone(next)
    } catch (error) {
      const told = asProblem(error)
      setProblem(told)
      setBusy(false)
      if (told.document.status === 409) onReload()
    }
  }
  return (
    <form class="form inset" aria-label={m.acts[act]} onSubmit={(event) => void submit(event)}>
      <PaperFields act={act} draft={draft} problem={problem} onChange={change} />
      {act === 'plan' && (
        <Field label={m.planUntil} type="date" value={draft.plan_until} onInput={(plan_until) => change({ ...draft, plan_until })} required fault={problem?.fault('do.plan_until') ?? problem?.fault('plan_until')} />
      )}
      {act === 'cut_scope' && (
        <Field
          label={m.cutDong}
          value={draft.cut_dong}
          hint={amount !== null ? m.cutRead(bigDong(amount)) : undefined}
          fault={draft.cut_dong && amount === null ? m.badAmount : problem?.fault('do.cut_dong')}
          onInput={(cut_dong) => change({ ...draft, cut_dong })}
        />
      )}
      {act === 'replace' && <NewContract found={found} value={draft.new_contract_id} onChange={(new_contract_id) => change({ ...draft, new_contract_id })} />}
      {skips && <Field label={m.skips} value={draft.skips} onInput={(value) => change({ ...draft, skips: value })} required fault={problem?.fault('do.skips') ?? problem?.fault('skips')} />}
      {problem && <ProblemBox problem={problem} beside={BESIDE} />}
      <div class="form-foot">
        <Button type="submit" kind="primary" busy={busy} disabled={Boolean(draft.cut_dong) && amount === null}>
          {m.submit(m.acts[act])}
        </Button>
      </div>
    </form>
  )
}

function NewContract({ found, value, onChange }: { found: CaseFull; value: string; onChange: (value: string) => void }) {
  const m = messages.value.cases
  const where = `/api/v1/programme/projects/${found.project_id}/records/contract`
  const contracts = useResource(where, (signal) => get<{ items: ContractChoice[] }>(where, {}, signal))
  const others = (contracts.data?.items ?? []).filter(({ id }) => id !== found.contract_id)
  return (
    <Select
      label={m.newContract}
      value={value}
      options={[{ value: '', label: m.noNewContract }, ...others.map((each) => ({ value: String(each.id), label: `${each.contract_no} · ${each.contractor_name}` }))]}
      onChange={onChange}
    />
  )
}
