// The procedure that runs: its steps in order, whose they are, by when, and what can be done with the one that is open.
import { useState } from 'preact/hooks'
import { newKey, send } from '../../api/client'
import type { Resource as Asked } from '../../api/resource'
import { may } from '../../api/session'
import { Button, Field, Select } from '../../design/controls'
import { Chip, Mark } from '../../design/mark'
import { Empty, Loading, ProblemBox, toast } from '../../design/notice'
import { time } from '../../format/time'
import { named } from '../../messages/catalogue'
import { duty as messages } from '../../messages/duty'
import { href } from '../../router'
import { ActFrame } from './act-form'
import { attempt, busy, form, refused } from './doing'
import { Left } from './marks'
import type { Incident, Procedure, Step } from './types'

const SIGNS: Record<Step['state'], string> = { waiting: '·', unneeded: '–', asked: '?', open: '▸', approving: '…', done: '✓', skipped: '–' }
/** Acts that need no words. */
const PLAIN: ReadonlySet<string> = new Set(['start'])

interface Props {
  incident: Incident
  asked: Asked<Procedure>
  onChange: () => void
}

export function ProcedureSteps({ incident, asked, onChange }: Props) {
  const m = messages.value
  const run = asked.data?.run
  if (asked.problem && !asked.data) return <ProblemBox problem={asked.problem} onRetry={asked.reload} />
  if (!asked.data) return <Loading />
  if (!run) return <Start incident={incident} procedure={asked.data} onChange={onChange} />
  return (
    <section>
      <p class="duty-run">
        <span class="strong">{named(run.vi, run.en)}</span> <span class="muted num">v{run.version}</span>{' '}
        <span class="muted">{m.procedure.progress(run.done, run.of)}</span>
      </p>
      <ol class="duty-steps" aria-label={m.procedure.label}>
        {run.steps.map((step, index) => (
          <StepRow key={step.id} no={index + 1} step={step} incident={incident} onChange={onChange} />
        ))}
      </ol>
    </section>
  )
}

function Start({ incident, procedure, onChange }: { incident: Incident; procedure: Procedure; onChange: () => void }) {
  const m = messages.value.procedure
  const [chosen, setChosen] = useState('')
  const start = async () => {
    const body = chosen ? { procedure: chosen } : {}
    if (await attempt(() => send('POST', `/api/v1/incidents/${incident.id}/procedure`, body, { key: newKey() }))) onChange()
  }
  const choices = [...procedure.choices].sort((a, b) => Number(b.applies === true) - Number(a.applies === true))
  return (
    <div class="duty-start">
      <Empty title={m.none} />
      {may('incident.work') && incident.closed_at === null && (
        <div class="form">
          <Select
            label={m.choose}
            value={chosen}
            options={[{ value: '', label: m.auto }, ...choices.map((each) => ({ value: each.procedure, label: named(each.vi, each.en) }))]}
            onChange={setChosen}
          />
          <div class="form-foot">
            <Button busy={busy.value} onClick={() => void start()}>
              {m.start}
            </Button>
          </div>
        </div>
      )}
    </div>
  )
}

/** The step that S ticks: the first open one that the reader may settle. */
export function nextStep(procedure: Procedure | undefined): Step | undefined {
  return procedure?.run?.steps.find((step) => step.acts.includes('done') || step.acts.includes('approve'))
}

function StepRow({ no, step, incident, onChange }: { no: number; step: Step; incident: Incident; onChange: () => void }) {
  const m = messages.value
  const isNow = step.state === 'open' || step.state === 'asked' || step.state === 'approving'
  const chosen = form.value?.startsWith(`step:${step.id}:`) ? form.value.split(':')[2] : undefined
  const act = async (facts: Record<string, unknown>) => {
    const url = `/api/v1/incidents/${incident.id}/procedure/steps/${step.id}`
    const done = await attempt(() => send('POST', url, { do: facts }, { version: step.version, key: newKey() }))
    if (!done) return
    form.value = null
    toast(m.done(`${no}. ${named(step.vi, step.en)}`))
    onChange()
  }
  const who = step.role ? [named(step.role.vi, step.role.en), step.role.person?.name ?? step.role.org?.name].filter(Boolean).join(': ') : null
  return (
    <li class="duty-step" data-step={step.id} data-state={step.state}>
      <span class="duty-step-sign" title={m.stepState[step.state]}>
        {step.late ? <Mark shape="triangle" sign="!" tone="p2" filled label={m.procedure.late} /> : <span aria-hidden="true">{SIGNS[step.state]}</span>}
      </span>
      <div class="duty-row-text">
        <p class="duty-row-title">
          <span class={isNow ? 'strong' : step.state === 'done' ? '' : 'muted'}>
            <span class="num">{no}.</span> {named(step.vi, step.en)}
          </span>
        </p>
        <p class="muted small">
          {[
            m.stepState[step.state],
            who,
            step.approve && m.procedure.approver(step.approve.by ?? named(step.approve.vi, step.approve.en)),
            step.by && step.settled_at && `${step.by} ${time(step.settled_at)}`,
            isNow && step.evidence !== 'text' && m.procedure.evidence[step.evidence],
            step.state === 'asked' && step.when && m.procedure.when(step.when),
            step.reason,
          ]
            .filter(Boolean)
            .join(' · ')}{' '}
          {isNow && step.due_at && <Left until={step.due_at} />}{' '}
          {step.task_id !== null && (
            <a href={href(`/tasks/${step.task_id}`)}>
              {m.procedure.task} #{step.task_id}
            </a>
          )}
        </p>
        <StepActions step={step} />
        {step.acts.length > 0 && (
          <div class="duty-acts" role="group" aria-label={`${m.acts.label}: ${named(step.vi, step.en)}`}>
            {step.acts.map((name) => (
              <Button
                key={name}
                kind={name === 'done' || name === 'approve' ? 'primary' : 'plain'}
                busy={busy.value && chosen === name}
                expanded={PLAIN.has(name) ? undefined : chosen === name}
                label={`${(m.stepActs as Record<string, string>)[name] ?? name}: ${named(step.vi, step.en)}`}
                onClick={() => (PLAIN.has(name) ? void act({ act: name }) : (form.value = chosen === name ? null : `step:${step.id}:${name}`))}
              >
                {(m.stepActs as Record<string, string>)[name] ?? name}
              </Button>
            ))}
          </div>
        )}
        {chosen && step.acts.includes(chosen) && <StepForm key={chosen} act={chosen} step={step} onSend={(facts) => void act({ act: chosen, ...facts })} />}
      </div>
    </li>
  )
}

/** What the step does by itself, and how that went. */
function StepActions({ step }: { step: Step }) {
  const m = messages.value.procedure
  if (step.actions.length === 0) return null
  return (
    <p class="duty-step-actions">
      {step.actions.map((action) => (
        <Chip key={action.no}>
          {named(action.vi, action.en) || ((m.action as Record<string, string>)[action.kind] ?? action.kind)}:{' '}
          {(m.actionState as Record<string, string>)[action.state] ?? action.state}
          {action.kind === 'cap_draft' && action.ref && <a href={href(`/warnings/${action.ref.replace('warning:', '')}`)}> #{action.ref.replace('warning:', '')}</a>}
        </Chip>
      ))}
    </p>
  )
}

function StepForm({ act, step, onSend }: { act: string; step: Step; onSend: (facts: Record<string, unknown>) => void }) {
  const m = messages.value
  const [text, setText] = useState('')
  const [product, setProduct] = useState('')
  const [needed, setNeeded] = useState('yes')
  const words = m.stepForm as Record<string, string>
  const failed = step.actions.find((action) => action.state === 'failed') ?? step.actions[0]
  const submit = () => {
    const said = text.trim()
    if (act === 'done') onSend({ text: said, ...(product.trim() ? { product: product.trim() } : {}) })
    else if (act === 'approve') onSend({ text: said })
    else if (!said) return
    else if (act === 'answer') onSend({ needed: needed === 'yes', reason: said })
    else if (act === 'repeat_action') onSend({ action: failed?.no ?? 0, reason: said })
    else onSend({ [act === 'return' ? 'text' : 'reason']: said })
  }
  return (
    <ActFrame label={(m.stepActs as Record<string, string>)[act] ?? act} onSubmit={submit}>
      {act === 'answer' && (
        <Select
          label={m.stepForm.needed}
          value={needed}
          options={[
            { value: 'yes', label: m.stepForm.yes },
            { value: 'no', label: m.stepForm.no },
          ]}
          onChange={setNeeded}
        />
      )}
      <Field
        label={words[act] ?? m.form.text}
        value={text}
        onInput={setText}
        lines={2}
        required={act !== 'approve'}
        fault={refused.value?.fault('text') || refused.value?.fault('reason')}
      />
      {act === 'done' && step.evidence === 'document' && (
        <Field label={m.stepForm.product} value={product} onInput={setProduct} fault={refused.value?.fault('product')} />
      )}
    </ActFrame>
  )
}
