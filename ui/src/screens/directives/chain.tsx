// What a directive hangs together with: the earlier ones that it repeats, the later ones that repeat it, and other matters.
import { useState } from 'preact/hooks'
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import type { Page } from '../../api/types'
import { Button, Field, Select } from '../../design/controls'
import { ProblemBox } from '../../design/notice'
import { date } from '../../format/time'
import { common } from '../../messages/common'
import { directives as messages } from '../../messages/directives'
import { href } from '../../router'
import { useDirectiveAct } from './directive-acts'
import type { Brief, Directive, Link } from './types'

interface Props {
  directive: Directive
  onChange: () => void
}

export function Chain({ directive, onChange }: Props) {
  const m = messages.value.directive
  const [finding, setFinding] = useState(false)
  const { busy, problem, perform } = useDirectiveAct(directive, onChange)
  const earlier = directive.earlier?.length ? directive.earlier : directive.follows ? [directive.follows] : []
  const chain = [...earlier].sort((a, b) => (a.given_on < b.given_on ? -1 : 1))
  const isAlone = chain.length === 0 && directive.repeated_by.length === 0
  const canTie = directive.acts.includes('follow')
  return (
    <section aria-label={m.chain}>
      <h2>{m.chain}</h2>
      {isAlone ? (
        <p class="muted">{m.noChain}</p>
      ) : (
        <>
          <p class="muted small">{m.chainText(directive.age_days, date(directive.first_given_on))}</p>
          <ol class="directive-chain">
            {chain.map((each) => (
              <ChainLine key={each.id} each={each} />
            ))}
            <li aria-current="true">
              <span class="num">{date(directive.given_on)}</span> <span class="strong">{m.this}</span>
            </li>
            {directive.repeated_by.map((each) => (
              <ChainLine key={each.id} each={each} />
            ))}
          </ol>
        </>
      )}
      {canTie && !finding && (
        <div class="form-foot">
          <Button onClick={() => setFinding(true)}>{m.follow}</Button>
          {directive.follows && (
            <Button kind="ghost" busy={busy} onClick={() => void perform({ act: 'follow', directive_id: null }, m.unfollow)}>
              {m.unfollow}
            </Button>
          )}
        </div>
      )}
      {finding && (
        <Find
          directive={directive}
          busy={busy}
          onClose={() => setFinding(false)}
          onTake={(id) => void perform({ act: 'follow', directive_id: id }, m.followDone).then((done) => done && setFinding(false))}
        />
      )}
      {problem && <ProblemBox problem={problem} />}
    </section>
  )
}

function ChainLine({ each }: { each: Brief }) {
  return (
    <li>
      <span class="num">{date(each.given_on)}</span>{' '}
      <a href={href(`/directives/${each.id}`)}>
        {each.document.number || each.document.kind} · {each.no}
      </a>
      <span class="muted small clamp">{each.action}</span>
    </li>
  )
}

function Find({ directive, busy, onClose, onTake }: { directive: Directive; busy: boolean; onClose: () => void; onTake: (id: number) => void }) {
  const m = messages.value.directive
  const [typed, setTyped] = useState('')
  const sought = typed.trim()
  const found = useResource(sought.length > 1 ? `find ${sought}` : null, (signal) =>
    get<Page<Directive>>('/api/v1/directives', { q: sought, limit: 10 }, signal),
  )
  const others = (found.data?.items ?? []).filter(({ id }) => id !== directive.id)
  return (
    <div class="form inset">
      <Field label={m.followFind} type="search" value={typed} onInput={setTyped} autofocus />
      <ul class="add-list">
        {others.map((each) => (
          <li key={each.id}>
            <button type="button" class="add-line" disabled={busy} onClick={() => onTake(each.id)}>
              <span class="num small">
                {date(each.given_on)} · {each.document?.number} · {each.no}
              </span>
              <span class="clamp">{each.text}</span>
            </button>
          </li>
        ))}
      </ul>
      {found.problem && <ProblemBox problem={found.problem} />}
      <div class="form-foot">
        <Button onClick={onClose}>{common.value.cancel}</Button>
      </div>
    </div>
  )
}

const KINDS = ['project', 'indicator', 'incident', 'document'] as const
/** Where a linked matter is looked at, for those that have a screen. */
const PLACES: Partial<Record<Link['kind'], (ref: string) => string>> = {
  incident: (ref) => href('/duty', { sel: `incident:${ref}` }),
  document: (ref) => href(`/directives/documents/${ref}`),
}

export function Links({ directive, onChange }: Props) {
  const m = messages.value.directive
  const words = messages.value.linkKind
  const [draft, setDraft] = useState<{ kind: Link['kind']; ref: string; title: string } | null>(null)
  const { busy, problem, perform } = useDirectiveAct(directive, onChange)
  const add = async (event: Event) => {
    event.preventDefault()
    if (draft && (await perform({ act: 'link', ...draft, ref: draft.ref.trim(), title: draft.title.trim() }, m.linked))) setDraft(null)
  }
  return (
    <section aria-label={m.links}>
      <h2>{m.links}</h2>
      {directive.links.length === 0 && <p class="muted">{m.noLinks}</p>}
      <ul class="links">
        {directive.links.map((link) => {
          const title = link.title || link.ref
          const to = /^\d+$/.test(link.ref) ? PLACES[link.kind]?.(link.ref) : undefined
          return (
            <li key={`${link.kind} ${link.ref}`}>
              <span class="muted">{words[link.kind]}</span> {to ? <a href={to}>{title}</a> : <span class="strong">{title}</span>}
              {directive.acts.includes('unlink') && (
                <Button
                  kind="ghost"
                  icon="close"
                  busy={busy}
                  label={m.unlink(title)}
                  onClick={() => void perform({ act: 'unlink', kind: link.kind, ref: link.ref }, m.unlinked)}
                />
              )}
            </li>
          )
        })}
      </ul>
      {directive.acts.includes('link') && !draft && (
        <Button icon="plus" onClick={() => setDraft({ kind: 'project', ref: '', title: '' })}>
          {m.link}
        </Button>
      )}
      {draft && (
        <form class="form inset" onSubmit={(event) => void add(event)} aria-label={m.link}>
          <Select
            label={m.linkKind}
            value={draft.kind}
            options={KINDS.map((value) => ({ value, label: words[value] }))}
            onChange={(kind) => setDraft({ ...draft, kind: kind as Link['kind'] })}
          />
          <Field label={m.linkRef} value={draft.ref} onInput={(ref) => setDraft({ ...draft, ref })} required />
          <Field label={m.linkTitle} value={draft.title} onInput={(title) => setDraft({ ...draft, title })} />
          <div class="form-foot">
            <Button type="submit" kind="primary" busy={busy}>
              {m.linkDo}
            </Button>
            <Button onClick={() => setDraft(null)}>{common.value.cancel}</Button>
          </div>
        </form>
      )}
      {problem && <ProblemBox problem={problem} />}
    </section>
  )
}
