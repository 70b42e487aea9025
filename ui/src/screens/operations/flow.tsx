// The way of the data as a chain: written, in the log, passed by each step, sent out. What stands still is red.
import type { ComponentChildren } from 'preact'
import { get } from '../../api/client'
import type { Operations, StepState, Writer } from '../../api/operations'
import { usePolled } from '../../api/resource'
import { may } from '../../api/session'
import { second } from '../../api/time'
import { Loading, ProblemBox } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { Age } from '../../design/value'
import { number } from '../../format/number'
import { duration, roughly } from '../../format/time'
import { operations as messages } from '../../messages/operations'
import { href } from '../../router'
import { EVERY_MS, type PartProps } from './part'
import { Facts, Figure, VerdictMark } from './parts'
import { inboxState, outboxState, stepState, worst, writerState, type Verdict } from './state'

export function Flow({ head }: PartProps) {
  const resource = usePolled('operations', EVERY_MS, (signal) => get<Operations>('/api/v1/operations', {}, signal))
  return (
    <div class="page">
      {head}
      {resource.problem && <ProblemBox problem={resource.problem} onRetry={resource.reload} />}
      {resource.data ? <Chain found={resource.data} /> : resource.loading && <Loading />}
    </div>
  )
}

function Chain({ found }: { found: Operations }) {
  const m = messages.value
  return (
    <>
      <ol class="chain" aria-label={m.flow.label}>
        <Link title={m.flow.writer} verdict={writerState(found.writer)}>
          <WriterFacts writer={found.writer} />
        </Link>
        <Link title={m.flow.log} verdict={inboxState(found.inbox)}>
          <Facts
            rows={[
              [m.flow.head, <Figure value={found.head.seq} />],
              [m.flow.lastWrite, <Age at={found.head.at} />],
              [m.flow.inbox, <Figure value={found.inbox} />],
            ]}
          />
        </Link>
        <Link title={m.flow.steps} verdict={worst(found.steps.map(stepState))}>
          <StepFacts steps={found.steps} />
        </Link>
        <Link title={m.flow.outbox} verdict={outboxState(found.outbox, second.value)}>
          <OutboxFacts outbox={found.outbox} />
        </Link>
      </ol>
      <section aria-label={m.flow.steps} class="chain-steps">
        <h2>{m.flow.steps}</h2>
        <p class="muted">{m.flow.stepsText}</p>
        <Table label={m.flow.steps} columns={stepColumns()} rows={found.steps} rowKey={(step) => step.step} />
      </section>
      <p class="muted small">{m.updated(duration(EVERY_MS / 1000))}</p>
    </>
  )
}

function Link({ title, verdict, children }: { title: string; verdict: Verdict; children: ComponentChildren }) {
  return (
    <li class={`chain-link card chain-${verdict}`}>
      <header class="chain-head">
        <h2>{title}</h2>
        <VerdictMark verdict={verdict} />
      </header>
      {children}
    </li>
  )
}

function WriterFacts({ writer }: { writer: Writer | null }) {
  const m = messages.value.flow
  if (!writer) return <p class="muted">{m.elsewhere}</p>
  const { group_entities: group, commit_s_p50: half, commit_s_p99: most } = writer
  return (
    <>
      {!writer.alive && <p class="strong">{m.stopped}</p>}
      <Facts
        rows={[
          [m.queue, <WithMuted value={number(writer.waiting)} more={m.ofLimit(number(writer.queue_limit))} />],
          [m.rate, <span class="num">{m.perSecond(number(writer.entities_s, writer.entities_s < 10 ? 1 : 0))}</span>],
          group === null
            ? [m.group, <span class="muted">{m.idle}</span>]
            : [m.group, <span class="num">{m.groupSize(number(group, group < 10 ? 1 : 0))}</span>],
          half !== null && most !== null && [m.commit, <span class="num">{m.commitTimes(millis(half), millis(most))}</span>],
          writer.refused > 0 && [m.refused, <Figure value={writer.refused} />],
          writer.reconnects > 0 && [m.reconnects, <Figure value={writer.reconnects} />],
        ]}
      />
    </>
  )
}

function OutboxFacts({ outbox }: { outbox: Operations['outbox'] }) {
  const m = messages.value.flow
  return (
    <>
      <Facts
        rows={[
          [m.waiting, <Figure value={outbox.waiting} />],
          outbox.oldest_at !== null && [m.oldest, <Age at={outbox.oldest_at} />],
          [m.dead, <span class={`num${outbox.dead > 0 ? ' strong' : ''}`}>{number(outbox.dead)}</span>],
        ]}
      />
      {may('subscription.read') && (
        <p>
          {outbox.dead > 0 ? (
            <a href={href('/operations/letters')}>{m.toLetters}</a>
          ) : (
            <a href={href('/operations/subscriptions')}>{m.toSubscriptions}</a>
          )}
        </p>
      )}
    </>
  )
}

function StepFacts({ steps }: { steps: readonly StepState[] }) {
  const m = messages.value.flow
  const slowest = [...steps].sort((a, b) => (b.lag_s ?? 0) - (a.lag_s ?? 0))[0]
  return (
    <Facts
      rows={[
        [m.count, <Figure value={steps.length} />],
        slowest && (slowest.lag_s ?? 0) >= 1 ? [m.slowest, stepName(slowest)] : null,
        slowest ? [m.behindFor, <Behind step={slowest} />] : null,
      ]}
    />
  )
}

function Behind({ step }: { step: StepState }) {
  if (step.lag_s === null || step.lag_s < 1) return <span class="muted">{messages.value.flow.none}</span>
  return <span class="num">{roughly(step.lag_s)}</span>
}

function stepColumns(): Column<StepState>[] {
  const m = messages.value.flow
  return [
    { key: 'state', head: messages.value.letters.column.state, cell: (step) => <VerdictMark verdict={stepState(step)} /> },
    { key: 'step', head: m.step, cell: (step) => <span class="strong">{stepName(step)}</span>, title: true },
    { key: 'lag', head: m.behind, numeric: true, cell: (step) => <Figure value={step.lag} /> },
    { key: 'for', head: m.behindFor, numeric: true, cell: (step) => <Behind step={step} /> },
    { key: 'seq', head: m.reached, numeric: true, wide: true, cell: (step) => <Figure value={step.seq} /> },
  ]
}

function stepName({ step }: StepState): string {
  return messages.value.flow.stepNames[step] ?? step
}

function WithMuted({ value, more }: { value: string; more: string }) {
  return (
    <span class="num">
      {value} <span class="muted">{more}</span>
    </span>
  )
}

/** A short time as an operator says it: `4,2 ms`, `1,3 s`. */
function millis(seconds: number): string {
  return seconds < 1 ? `${number(seconds * 1000, seconds < 0.01 ? 1 : 0)} ms` : `${number(seconds, 1)} s`
}
