// Opening a case: which contract, what it is about, and the written warning that opens it.
import { useState } from 'preact/hooks'
import { everyPage, get, newKey, send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { useResource } from '../../api/resource'
import { Button, Field, Select } from '../../design/controls'
import { ProblemBox, toast } from '../../design/notice'
import { compare } from '../../format/fold'
import { parties as messages } from '../../messages/programme-parties'
import { param } from '../../router'
import { BESIDE, bodyOf, PaperFields, useDraft, type Draft } from './cases-form'
import type { CaseFull, ContractChoice } from './cases-types'
import type { Line } from './types'

const project = param('project')
const contract = param('contract')

export function NewCase({ onMade }: { onMade: (made: CaseFull) => void }) {
  const m = messages.value.cases
  const [chosen, setChosen] = useState({ project: project.peek(), contract: contract.peek() })
  const [subject, setSubject] = useState('')
  const [draft, setDraft] = useDraft()
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const [key, setKey] = useState(newKey)
  const projects = useResource('projects of cases', (signal) => everyPage<Line>('/api/v1/programme/projects', signal))
  const where = chosen.project ? `/api/v1/programme/projects/${chosen.project}` : null
  const contracts = useResource(where, (signal) => get<{ items: ContractChoice[] }>(`${where}/records/contract`, {}, signal))
  const change = (next: Draft) => {
    setKey(newKey())
    setDraft(next)
  }
  const submit = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    setProblem(null)
    const { act: _, ...warning } = bodyOf('warn', draft, false)
    const body = { contract_id: Number(chosen.contract), subject: subject.trim(), warning: { act: 'warn', ...warning } }
    try {
      const made = await send<CaseFull>('POST', `${where}/contractor-cases`, body, { key })
      toast(m.saved(m.acts.warn))
      onMade(made)
    } catch (error) {
      setProblem(asProblem(error))
      setBusy(false)
    }
  }
  const open = (contracts.data?.items ?? []).filter(({ ended_on }) => ended_on === null)
  return (
    <>
      <h2>{m.newCase}</h2>
      <p class="muted">{m.restricted}</p>
      <form class="form" aria-label={m.newCase} onSubmit={(event) => void submit(event)}>
        <Select
          label={m.project}
          value={chosen.project}
          options={[{ value: '', label: m.choose }, ...[...(projects.data?.items ?? [])].sort((a, b) => compare(a.name, b.name)).map((each) => ({ value: String(each.id), label: each.name }))]}
          onChange={(value) => setChosen({ project: value, contract: '' })}
        />
        <Select
          label={m.contract}
          value={chosen.contract}
          options={[{ value: '', label: m.choose }, ...open.map((each) => ({ value: String(each.id), label: `${each.contract_no} · ${each.contractor_name}` }))]}
          onChange={(value) => setChosen({ ...chosen, contract: value })}
          {...(problem?.fault('contract_id') ? { fault: problem.fault('contract_id') as string } : {})}
        />
        <Field label={m.subject} value={subject} onInput={setSubject} required fault={problem?.fault('subject')} />
        <PaperFields act="warn" draft={draft} problem={problem} onChange={change} />
        {(problem ?? projects.problem ?? contracts.problem) && (
          <ProblemBox problem={(problem ?? projects.problem ?? contracts.problem) as Problem} beside={[...BESIDE, 'contract_id', 'subject']} />
        )}
        <div class="form-foot">
          <Button type="submit" kind="primary" busy={busy} disabled={!chosen.contract}>
            {m.submit(m.acts.warn)}
          </Button>
        </div>
      </form>
    </>
  )
}
