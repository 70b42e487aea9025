// The proposals of a document beside its text: each is looked at once, by the keyboard alone if one likes.
import { useEffect } from 'preact/hooks'
import { newKey, send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { Button, Field, Select } from '../../design/controls'
import { Empty, ProblemBox, toast } from '../../design/notice'
import { useKeys, type Binding } from '../../keys'
import { common } from '../../messages/common'
import { directives as messages } from '../../messages/directives'
import { go, param } from '../../router'
import { signal } from '@preact/signals'
import { AddForm } from './add-form'
import { Card, type CardActs } from './card'
import { above, act, currentDefaults, defaults, documentId, filled, forget, form, nextOpen, pending, refuse, refused, selected, settle, today, type Form } from './doing'
import { PRESETS, presetDue, type Preset } from './due'
import { IssueForm } from './issue'
import { clearSelection } from './paper'
import type { Candidate, DirectiveDocument } from './types'

interface Props {
  document: DirectiveDocument
  /** Candidates in the order of the text, without those that others have taken the place of. */
  list: readonly Candidate[]
  current: Candidate | null
  onPut: (after: Candidate) => void
  onReload: () => void
}

const chosen = param('c')
/** What the last act on the whole document was refused for. */
const problem = signal<Problem | null>(null)

/** The candidate of the address; without one the first that waits. */
export function currentIn(list: readonly Candidate[]): Candidate | null {
  return list.find(({ id }) => String(id) === chosen.value) ?? list.find(({ state }) => state === 'open') ?? list[0] ?? null
}

export function choose(id: number | null): void {
  form.value = null
  go('', { c: id === null ? null : String(id), d: null }, { replace: true })
}

export function Confirm({ document, list, current, onPut, onReload }: Props) {
  const m = messages.value.confirm
  const canAct = document.state !== 'withdrawn' && (document.acts.includes('add') || document.acts.includes('change'))
  const acts = actsOn(document, list, onPut, onReload)
  useEffect(() => {
    documentId.value = document.id
    return () => {
      form.value = null
      above.value = null
      problem.value = null
    }
  }, [document.id])
  useKeys(keysOf(document, list, current, canAct, acts, onReload))
  const settled = list.filter(({ state }) => state !== 'open').length
  const gaps = currentDefaults()
  const complete = list.filter((each) => each.state === 'open' && filled(each, gaps).left.length === 0)
  const failed = list.filter(({ id }) => refused.value.has(id) && id !== current?.id)
  return (
    <section class="confirm-side" aria-label={m.candidates}>
      <header class="confirm-head">
        <h2>{m.candidates}</h2>
        {list.length > 0 && (
          <span class="muted num" role="status">
            {settled === list.length ? m.allSettled : m.tally(settled, list.length)}
          </span>
        )}
        <span class="confirm-doors">
          {canAct && (
            <Button icon="plus" expanded={above.value === 'add'} onClick={() => addOrAsk(document, onReload)}>
              {m.add}
            </Button>
          )}
          {document.acts.includes('issue') && (
            <Button kind="primary" expanded={above.value === 'issue'} onClick={() => toggle('issue')}>
              {m.issue.open(list.filter(({ state }) => state === 'accepted').length)}
            </Button>
          )}
        </span>
      </header>
      {canAct && list.some(({ state }) => state === 'open') && <Gaps />}
      {canAct && complete.length > 1 && (
        <p>
          <Button onClick={() => void acceptComplete(document, onReload)}>{m.acceptComplete(complete.length)}</Button>
        </p>
      )}
      {problem.value && <ProblemBox problem={problem.value} />}
      {failed.length > 0 && (
        <p class="confirm-failed" role="status">
          {m.failed}
          {failed.map((each) => (
            <Button key={each.id} onClick={() => choose(each.id)}>
              {each.no}
            </Button>
          ))}
        </p>
      )}
      {above.value === 'add' && <AddForm document={document} list={list} onAdd={(span) => add(document, span, onReload)} onClose={() => (above.value = null)} />}
      {above.value === 'issue' && <IssueForm document={document} list={list} onChoose={choose} onDone={onReload} />}
      {list.length === 0 && above.value === null && <Empty title={m.none} text={canAct ? m.noneText : undefined} />}
      <ol class="cards">
        {list.map((candidate, place) => (
          <Card
            key={candidate.id}
            candidate={candidate}
            isCurrent={candidate.id === current?.id}
            canAct={canAct}
            hasNext={place + 1 < list.length && ['open', 'accepted'].includes(list[place + 1]?.state ?? '')}
            acts={acts}
          />
        ))}
      </ol>
      {canAct && list.length > 0 && <p class="confirm-help muted small">{m.help}</p>}
    </section>
  )
}

function toggle(what: 'add' | 'issue'): void {
  above.value = above.value === what ? null : what
}

/** What fills a gap, chosen once for the document: where it stands, a proposal that lacks only that needs one key. */
function Gaps() {
  const m = messages.value.confirm
  const held = currentDefaults()
  const set = (change: Partial<typeof held>) => (defaults.value = { ...defaults.peek(), [documentId.peek()]: { ...held, ...change } })
  return (
    <details class="gaps" open={held.due !== ''}>
      <summary>
        {m.defaults}: <span class="strong">{held.due ? `${m.preset[held.due]} · ${held.product}` : m.defaultsNone}</span>
      </summary>
      <div class="form-row">
        <Select
          label={m.due}
          value={held.due}
          options={[{ value: '', label: m.defaultsNone }, ...PRESETS.map((value) => ({ value, label: m.preset[value] }))]}
          onChange={(value) => set({ due: value as Preset | '' })}
        />
        <Field label={m.product} value={held.product} onInput={(product) => set({ product })} />
      </div>
      <p class="muted small">{m.defaultsText}</p>
    </details>
  )
}

function actsOn(document: DirectiveDocument, list: readonly Candidate[], onPut: Props['onPut'], onReload: () => void): CardActs {
  const moveOn = (after: Candidate) => {
    const next = nextOpen(list, after.id)
    choose(next?.id ?? after.id)
    if (selected.peek()) clearSelection()
  }
  const guarded = async (candidate: Candidate, work: () => Promise<unknown>) => {
    try {
      await work()
      forget(candidate.id)
    } catch (error) {
      refuse(candidate, asProblem(error))
      onReload()
    }
  }
  return {
    choose,
    open: (candidate, which) => {
      if (candidate.id !== currentIn(list)?.id) choose(candidate.id)
      form.value = which
    },
    accept: (candidate) => {
      if (candidate.state !== 'open' || pending.peek().has(candidate.id)) return
      const { facts, left } = filled(candidate, currentDefaults())
      if (left.length > 0) {
        form.value = 'fill'
        return
      }
      void settle(candidate, facts, true, onPut).then((after) => after || onReload())
      moveOn(candidate)
    },
    save: async (candidate, facts, accepting) => {
      const after = await settle(candidate, facts, accepting, onPut)
      if (!after) {
        onReload()
        return false
      }
      form.value = null
      if (facts.text_span) onReload()
      if (accepting && candidate.state === 'open') moveOn(candidate)
      return true
    },
    reject: (candidate, reason) => {
      form.value = null
      void guarded(candidate, async () => onPut(await act(candidate, { act: 'reject', reason })))
      moveOn(candidate)
    },
    reopen: (candidate) => void guarded(candidate, async () => onPut(await act(candidate, { act: 'reopen' }))),
    split: (candidate, at) =>
      void guarded(candidate, async () => {
        await act(candidate, { act: 'split', at })
        form.value = null
        onReload()
      }),
    merge: (candidate) => {
      const next = list[list.indexOf(candidate) + 1]
      if (!next) return
      void guarded(candidate, async () => {
        await send('POST', `/api/v1/directive-documents/${document.id}/candidates/merge`, { ids: [candidate.id, next.id] }, { key: newKey() })
        onReload()
      })
    },
    leave: (candidate) => {
      forget(candidate.id)
      form.value = null
    },
  }
}

/** Add what is selected in the document; where nothing is, offer the sentences that nobody has proposed. */
function addOrAsk(document: DirectiveDocument, onReload: () => void): void {
  const span = selected.peek()
  if (span) void add(document, span, onReload)
  else toggle('add')
}

export async function add(document: DirectiveDocument, span: { start: number; end: number }, onReload: () => void): Promise<void> {
  problem.value = null
  try {
    const made = await send<Candidate>('POST', `/api/v1/directive-documents/${document.id}/candidates`, span, { key: newKey() })
    clearSelection()
    above.value = null
    onReload()
    choose(made.id)
  } catch (error) {
    problem.value = asProblem(error)
  }
}

async function acceptComplete(document: DirectiveDocument, onReload: () => void): Promise<void> {
  problem.value = null
  try {
    const { due, product } = currentDefaults()
    const body = due ? { due: presetDue(due, today()), product: product.trim() } : {}
    const path = `/api/v1/directive-documents/${document.id}/accept-complete`
    const { accepted } = await send<{ accepted: number[] }>('POST', path, body, { key: newKey() })
    toast(messages.peek().confirm.completed(accepted.length))
  } catch (error) {
    problem.value = asProblem(error)
  }
  onReload()
}

function keysOf(
  document: DirectiveDocument,
  list: readonly Candidate[],
  current: Candidate | null,
  canAct: boolean,
  acts: CardActs,
  onReload: () => void,
): Binding[] {
  const step = (by: number) => {
    const at = current ? list.indexOf(current) : -1
    const next = list[Math.min(list.length - 1, Math.max(0, at + by))]
    if (next) choose(next.id)
  }
  const on = (run: (candidate: Candidate) => void, ...states: Candidate['state'][]) => () => {
    if (current && canAct && states.includes(current.state)) run(current)
  }
  const opened = (which: Form) => on((candidate) => acts.open(candidate, which), 'open', 'accepted')
  const key = (press: string, shown: string, label: () => string, run: () => void): Binding => ({ press, shown, label, run })
  const m = () => messages.value.confirm
  return [
    key('Enter', 'Enter', () => m().acceptKey, on(acts.accept, 'open')),
    key('Space', 'Space', () => m().acceptKey, on(acts.accept, 'open')),
    key('KeyJ', 'J', () => m().next, () => step(1)),
    key('KeyK', 'K', () => m().previous, () => step(-1)),
    key('ArrowDown', '↓', () => m().next, () => step(1)),
    key('ArrowUp', '↑', () => m().previous, () => step(-1)),
    key('KeyE', 'E', () => m().correct, opened('correct')),
    key('KeyX', 'X', () => m().reject, opened('reject')),
    key('KeyS', 'S', () => m().split, opened('split')),
    key('KeyM', 'M', () => m().mergeKey, on(acts.merge, 'open', 'accepted')),
    key('KeyR', 'R', () => m().reopen, on(acts.reopen, 'accepted', 'rejected')),
    key('KeyN', 'N', () => m().addKey, () => canAct && addOrAsk(document, onReload)),
    key('KeyI', 'I', () => m().issueKey, () => document.acts.includes('issue') && toggle('issue')),
    key('shift+KeyA', '⇧ A', () => m().completeKey, () => canAct && void acceptComplete(document, onReload)),
    key('Escape', 'Esc', () => common.value.back, () => {
      form.value = null
      above.value = null
      clearSelection()
    }),
  ]
}

