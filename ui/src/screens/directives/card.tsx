// One candidate: whom it means, what is to be done, by when, what it lacks, and what a person may say to it.
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Conflict, isConflict } from '../../design/conflict'
import { Button } from '../../design/controls'
import { Chip, Mark } from '../../design/mark'
import { ProblemBox } from '../../design/notice'
import { listed } from '../../format/fold'
import { percent } from '../../format/number'
import { date } from '../../format/time'
import { named } from '../../messages/catalogue'
import { directives as messages } from '../../messages/directives'
import { href } from '../../router'
import { form, pending, refused, type Facts, type Form } from './doing'
import { dueWords } from './due'
import { CorrectForm, FillForm, RejectForm, SplitForm } from './forms'
import type { Candidate, Meant, Party } from './types'
import { useUnits } from './unit-picker'

export interface CardActs {
  choose: (id: number) => void
  accept: (candidate: Candidate) => void
  save: (candidate: Candidate, facts: Facts, accepting: boolean) => Promise<boolean>
  reject: (candidate: Candidate, reason: string) => void
  split: (candidate: Candidate, at: number[]) => void
  merge: (candidate: Candidate) => void
  reopen: (candidate: Candidate) => void
  open: (candidate: Candidate, form: Form) => void
  /** Leave it as somebody else made it. */
  leave: (candidate: Candidate) => void
}

interface Props {
  candidate: Candidate
  isCurrent: boolean
  canAct: boolean
  hasNext: boolean
  acts: CardActs
}

const SIGNS = { open: '○', accepted: '✓', rejected: '×', issued: '→', replaced: '~' } as const

export function Card({ candidate, isCurrent, canAct, hasNext, acts }: Props) {
  const m = messages.value.confirm
  const own = useRef<HTMLLIElement>(null)
  const isPending = pending.value.has(candidate.id)
  const opened = isCurrent ? form.value : null
  useEffect(() => {
    const card = own.current
    if (!isCurrent || !card) return
    card.scrollIntoView({ block: 'nearest' })
    const focus = document.activeElement
    // The focus follows the keys, but is never taken out of what somebody types in.
    if (!focus || focus === document.body || focus.closest('.cards, .main') === focus || focus.closest('.card-candidate')) {
      if (!card.contains(focus)) card.focus({ preventScroll: true })
    }
  }, [isCurrent])
  return (
    <li
      ref={own}
      class={`card-candidate card-${candidate.state}`}
      tabIndex={-1}
      aria-current={isCurrent ? 'true' : undefined}
      aria-busy={isPending || undefined}
      aria-label={`${candidate.no}. ${messages.value.candidateState[candidate.state]}`}
      onClick={(event) => {
        if (!isCurrent && !(event.target as Element).closest('a, button, input, select, textarea')) acts.choose(candidate.id)
      }}
    >
      <p class="card-head">
        <span class="card-no num">{candidate.no}</span>
        <Mark shape="none" sign={isPending ? '…' : SIGNS[candidate.state]} tone="quiet" label={messages.value.candidateState[candidate.state]} />
        <span class="strong">{leadWords(candidate)}</span>
        <span class="card-due">{dueWords(candidate.due)}</span>
      </p>
      <p class={isCurrent ? 'card-text' : 'card-text clamp'}>{candidate.text}</p>
      {candidate.state === 'open' && candidate.missing.length > 0 && (
        <p class="card-missing">
          <Mark shape="triangle" sign="!" tone="stale" /> {m.missing(listed(candidate.missing.map((word) => messages.value.missing[word])))}
        </p>
      )}
      {isCurrent && <Facts candidate={candidate} acts={acts} canAct={canAct} />}
      {isCurrent && canAct && !opened && <Doors candidate={candidate} acts={acts} hasNext={hasNext} />}
      {opened === 'fill' && <FillForm key={`${candidate.id}`} candidate={candidate} acts={acts} />}
      {opened === 'correct' && <CorrectForm key={`${candidate.id}`} candidate={candidate} acts={acts} />}
      {opened === 'reject' && <RejectForm key={`${candidate.id}`} candidate={candidate} acts={acts} />}
      {opened === 'split' && <SplitForm key={`${candidate.id}`} candidate={candidate} acts={acts} />}
      <Refused candidate={candidate} acts={acts} />
    </li>
  )
}

function leadWords(candidate: Candidate): string {
  const m = messages.value.confirm
  if (candidate.lead.length === 0) return m.noLead
  return listed(
    candidate.lead.map((party) => {
      if (party.choice_needed) return party.text || party.name
      // A group of which a person chose one or two is called by these; many by what the text calls them.
      if (party.orgs.length > 3) return party.name || party.text
      return party.orgs.length > 0 ? party.orgs.map(({ name }) => name).join(', ') : party.name
    }),
  )
}

function Doors({ candidate, acts, hasNext }: { candidate: Candidate; acts: CardActs; hasNext: boolean }) {
  const m = messages.value.confirm
  const { state } = candidate
  if (state === 'rejected') {
    return (
      <div class="card-doors">
        <Button onClick={() => acts.reopen(candidate)}>{m.reopen}</Button>
      </div>
    )
  }
  if (state === 'issued') {
    return candidate.directive_id ? (
      <p>
        <a href={href(`/directives/${candidate.directive_id}`)}>{m.openDirective}</a>
      </p>
    ) : null
  }
  if (state === 'replaced') return null
  return (
    <div class="card-doors">
      {state === 'open' ? (
        <Button kind="primary" icon="check" onClick={() => acts.accept(candidate)}>
          {m.accept}
        </Button>
      ) : (
        <Button onClick={() => acts.reopen(candidate)}>{m.reopen}</Button>
      )}
      <Button onClick={() => acts.open(candidate, 'correct')}>{m.correct}</Button>
      <Button onClick={() => acts.open(candidate, 'reject')}>{m.reject}</Button>
      <Button onClick={() => acts.open(candidate, 'split')}>{m.split}</Button>
      {hasNext && <Button label={m.mergeKey} onClick={() => acts.merge(candidate)}>{m.merge}</Button>}
    </div>
  )
}

function Facts({ candidate, acts, canAct }: { candidate: Candidate; acts: CardActs; canAct: boolean }) {
  const m = messages.value.confirm
  const { name } = useUnits()
  const wasEdited = Array.isArray(candidate.edited) ? candidate.edited.length > 0 : candidate.edited
  const choose = canAct && candidate.state === 'open' ? (org: Meant, party: Party) => pick(candidate, acts, org, party) : null
  const leads = candidate.lead.flatMap(({ orgs }) => orgs)
  const rows: [string, ComponentChildren][] = [
    [m.lead, candidate.lead.length > 0 ? <Parties parties={candidate.lead} onPick={choose} /> : <Gap words={m.noLead} />],
  ]
  if (candidate.cooperating.length > 0) rows.push([m.cooperating, <Parties parties={candidate.cooperating} onPick={null} />])
  if (leads.length > 1) {
    const words = candidate.fan_out ? m.fanOutN(leads.length) : candidate.principal ? m.principalOf(name(candidate.principal)) : null
    if (words) rows.push([m.principal, words])
  }
  rows.push([m.action, candidate.action || <Gap words={m.noLead} />])
  if (candidate.state === 'accepted') rows.push([m.code, <span class="num">#{candidate.id}</span>])
  rows.push([m.product, candidate.product || <Gap words={m.noProduct} />])
  rows.push([
    m.due,
    <>
      {candidate.due ? <span>{dueWords(candidate.due)}</span> : <Gap words={m.noDue} />}
      {candidate.due?.inferred && <span class="muted"> · {m.inferred}</span>}
      {candidate.deadline && <span class="muted"> · {m.asWritten(candidate.deadline.text)}</span>}
    </>,
  ])
  if (candidate.heading) rows.push([m.heading, <span class="muted clamp">{candidate.heading}</span>])
  return (
    <>
      <dl class="facts card-facts">
        {rows.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {candidate.warnings.map((warning) => (
        <p key={warning.code} class="card-warning">
          <Mark shape="diamond" sign="!" tone="stale" /> {named(warning.vi, warning.en)}
        </p>
      ))}
      <p class="card-chips small">
        {wasEdited && <Chip>{m.edited}</Chip>}
        {candidate.origin === 'hand' && <Chip>{m.byHand}</Chip>}
        {candidate.follows && candidate.follows.length > 0 && <span class="muted">{m.follows(candidate.follows.join(', '))}</span>}
        {candidate.rules.length > 0 && (
          <span class="muted">{m.confidence(percent(candidate.confidence))}</span>
        )}
      </p>
      {candidate.why && candidate.why.length > 0 && (
        <details class="small muted">
          <summary>{m.whyProposed}</summary>
          <ul>
            {candidate.why.map((rule) => (
              <li key={rule.id}>{named(rule.vi, rule.en)}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  )
}

/** A unit chosen for a name that the text could not tell; the other addressees stay as they are. */
function pick(candidate: Candidate, acts: CardActs, org: Meant, party: Party): void {
  const others = candidate.lead.filter((each) => each !== party && !each.choice_needed).flatMap(({ orgs }) => orgs.map(({ id }) => id))
  void acts.save(candidate, { lead_orgs: [...new Set([...others, org.id])] }, false)
}

function Gap({ words }: { words: string }) {
  return <span class="gap">{words}</span>
}

const MANY = 6

function Parties({ parties, onPick }: { parties: readonly Party[]; onPick: ((org: Meant, party: Party) => void) | null }) {
  const m = messages.value.confirm
  return (
    <ul class="parties">
      {parties.map((party, place) => (
        <li key={place}>
          {party.choice_needed ? (
            <Choice party={party} onPick={onPick} />
          ) : party.orgs.length > MANY ? (
            <details>
              <summary>
                {party.text || party.name} · {m.collective(party.orgs.length)}
              </summary>
              <p class="small">{listed(party.orgs.map(({ name }) => name))}</p>
            </details>
          ) : party.orgs.length === 0 ? (
            <>
              <span class="strong">{party.text || party.name}</span> <Gap words={m.unresolved} />
            </>
          ) : (
            party.orgs.map((org) => <Today key={org.id} org={org} party={party} />)
          )}
          {party.exceptions.length > 0 && <span class="muted"> {m.except(listed(party.exceptions))}</span>}
        </li>
      ))}
    </ul>
  )
}

/** Today's unit; where the document names an older one, how the one became the other. */
function Today({ org, party }: { org: Meant; party: Party }) {
  const m = messages.value
  const { via } = org
  const isOther = party.text && !via && party.text !== org.name
  return (
    <span class="today">
      <span>{org.name}</span>
      {via && (
        <span class="via" title={via.legal_basis ? m.confirm.viaTitle(via.legal_basis) : undefined}>
          {m.confirm.via((m.via as Record<string, string>)[via.kind] ?? via.kind, via.from_name, date(via.on_date))}
        </span>
      )}
      {isOther && <span class="muted small">“{party.text}”</span>}
    </span>
  )
}

function Choice({ party, onPick }: { party: Party; onPick: ((org: Meant, party: Party) => void) | null }) {
  const m = messages.value.confirm
  return (
    <span class="choice">
      <span>
        <span class="strong">{party.text || party.name}</span>{' '}
        <Gap words={party.hint ? named(party.hint.vi, party.hint.en) : m.unresolved} />
      </span>
      {onPick && party.orgs.length > 0 && party.orgs.length <= MANY && (
        <span class="choice-orgs">
          {m.maybe}
          {party.orgs.map((org) => (
            <Button key={org.id} onClick={() => onPick(org, party)}>
              {org.name}
            </Button>
          ))}
        </span>
      )}
    </span>
  )
}

/** A refusal. Where somebody else was quicker, both versions: what was meant, and the row as it has been fetched since. */
function Refused({ candidate, acts }: { candidate: Candidate; acts: CardActs }) {
  const m = messages.value
  const found = refused.value.get(candidate.id)
  if (!found) return null
  if (!isConflict(found.problem)) return <ProblemBox problem={found.problem} />
  const { facts, seen } = found
  const say = (each: Candidate): Record<string, string> => ({
    state: m.candidateState[each.state],
    lead: leadWords(each),
    action: each.action,
    product: each.product,
    due: dueWords(each.due),
  })
  const mine: Record<string, string> = {
    ...say(seen),
    ...(facts.action === undefined ? {} : { action: facts.action }),
    ...(facts.product === undefined ? {} : { product: facts.product }),
    ...(facts.due ? { due: dueWords(facts.due as Candidate['due']) } : {}),
    state: m.candidateState.accepted,
  }
  const theirs = say(candidate)
  const { state, lead, action, product, due } = m.conflict
  return (
    <Conflict
      busy={pending.value.has(candidate.id)}
      sides={Object.entries({ state, lead, action, product, due }).map(([key, label]) => ({
        label,
        mine: mine[key] ?? '',
        theirs: theirs[key] ?? '',
      }))}
      onMine={() => void acts.save(candidate, facts, true)}
      onTheirs={() => acts.leave(candidate)}
    />
  )
}
