// One directive: its wording as it was issued, its tasks and what can be done with them, the chain, the links, the matrix.
import type { ComponentChildren } from 'preact'
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import { CopyButton } from '../../design/controls'
import { Chip } from '../../design/mark'
import { Empty, Loading, ProblemBox, Simulated } from '../../design/notice'
import { listed } from '../../format/fold'
import { date } from '../../format/time'
import { named } from '../../messages/catalogue'
import { directives as messages } from '../../messages/directives'
import { href, path } from '../../router'
import { Chain, Links } from './chain'
import { DirectiveActs } from './directive-acts'
import { dueWords } from './due'
import { MatrixPart } from './matrix'
import { SecrecyMark, useTold } from './parts'
import { TaskRows } from './task-rows'
import type { Addressee, Directive } from './types'

export default function DirectivePage() {
  const m = messages.value.directive
  const id = path.value[1] ?? ''
  const resource = useResource(`directive ${id}`, (signal) => get<Directive>(`/api/v1/directives/${id}`, {}, signal))
  useTold(resource.reload)
  if (resource.problem?.document.status === 404) return <Empty title={m.gone} text={m.goneText} />
  if (resource.problem && !resource.data) return <ProblemBox problem={resource.problem} onRetry={resource.reload} />
  if (!resource.data) return <Loading />
  return <Opened key={id} directive={resource.data} onReload={resource.reload} />
}

/** Above so many tasks the matrix is the list of tasks. */
const FEW = 4

function Opened({ directive, onReload }: { directive: Directive; onReload: () => void }) {
  const m = messages.value.directive
  const source = directive.document
  const name = source ? `${named(source.kind_vi, source.kind_en)} ${source.number}` : ''
  return (
    <article class="page directive-page" aria-label={m.label(directive.no, name)}>
      <header class="directive-head">
        <p class="directive-source">
          {source && (
            <a href={href(`/directives/documents/${source.id}`)}>
              {name}
              {source.issued_on && <span class="num"> · {date(source.issued_on)}</span>}
            </a>
          )}
          {source?.secrecy && <SecrecyMark secrecy={source.secrecy} />}
          {directive.simulated && <Simulated />}
          {directive.replaced_by && (
            <Chip tone="hatched">
              {m.replacedBy} <a href={href(`/directives/${directive.replaced_by.id}`)}>#{directive.replaced_by.id}</a>
            </Chip>
          )}
          {directive.replaces && (
            <Chip>
              {m.replaces} <a href={href(`/directives/${directive.replaces.id}`)}>#{directive.replaces.id}</a>
            </Chip>
          )}
        </p>
        <h1 class="directive-title">{m.label(directive.no, name)}</h1>
      </header>
      <div class="directive-columns">
        <div class="directive-main">
          <section aria-label={m.wording}>
            <blockquote class="wording">{directive.text}</blockquote>
            <p class="muted small">
              {m.wordingText}{' '}
              {source && <a href={href(`/directives/documents/${source.id}`, { d: String(directive.id) })}>{m.inDocument}</a>}
            </p>
          </section>
          {directive.of + (directive.tasks_hidden ?? 0) > FEW || directive.tasks.length > FEW ? (
            <MatrixPart directive={directive} onChange={onReload} />
          ) : (
            <TaskRows directive={directive} onChange={onReload} />
          )}
          <DirectiveActs directive={directive} onChange={onReload} />
        </div>
        <div class="directive-side">
          <Facts directive={directive} />
          <Chain directive={directive} onChange={onReload} />
          <Links directive={directive} onChange={onReload} />
        </div>
      </div>
    </article>
  )
}

function Facts({ directive }: { directive: Directive }) {
  const m = messages.value.directive
  const rows: [string, ComponentChildren][] = [
    [m.givenBy, directive.given_by || messages.value.facts.untold],
    [m.givenOn, <span class="num">{date(directive.given_on)}</span>],
    [m.lead, <Addressees list={directive.lead} />],
  ]
  if (directive.cooperating.length > 0) rows.push([m.cooperating, <Addressees list={directive.cooperating} />])
  rows.push([m.product, directive.product])
  rows.push([m.due, dueWords(directive.due)])
  if (directive.review_on) rows.push([m.reviewOn, <span class="num">{date(directive.review_on)}</span>])
  if (directive.age_days > 0) rows.push([m.age, m.ageDays(directive.age_days)])
  rows.push([
    m.hash,
    <span class="hash">
      <span class="mono broken">{directive.text_hash}</span>
      <CopyButton text={directive.text_hash} />
    </span>,
  ])
  return (
    <dl class="facts directive-facts">
      {rows.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

const MANY = 6

function Addressees({ list }: { list: readonly Addressee[] }) {
  const m = messages.value.confirm
  if (list.length > MANY) {
    return (
      <details>
        <summary>{m.collective(list.length)}</summary>
        <p class="small">{listed(list.map(({ name }) => name))}</p>
      </details>
    )
  }
  return (
    <ul>
      {list.map((each) => (
        <li key={each.id}>
          <span class="strong">{each.name}</span>
          {each.via && (
            <span class="via" title={each.via.legal_basis ?? undefined}>
              {m.via((messages.value.via as Record<string, string>)[each.via.kind] ?? each.via.kind, each.via.from_name, date(each.via.on_date))}
            </span>
          )}
        </li>
      ))}
    </ul>
  )
}
