// One document: its text with what was found in it on the left, the proposals on the right, and what was issued from it.
import { get, newKey, send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { useResource } from '../../api/resource'
import { useRef, useState } from 'preact/hooks'
import { Chip } from '../../design/mark'
import { Button } from '../../design/controls'
import { Empty, Loading, ProblemBox, Simulated, toast } from '../../design/notice'
import { date } from '../../format/time'
import { directives as messages } from '../../messages/directives'
import { go, href, param, path } from '../../router'
import { add, choose, Confirm, currentIn } from './confirm'
import { drafts, form, pending, selected } from './doing'
import { DocumentFacts } from './facts'
import { IssuedList } from './issued'
import { Paper } from './paper'
import { documentName, SecrecyMark, stateWords, useTold } from './parts'
import type { Candidate, Directive, DirectiveDocument } from './types'

const pane = param('pane', 'candidates')
const opened = param('facts')
/** The directive that a link from its page asks to see in its place. */
const issuedParam = param('d')

export default function DocumentPage() {
  const m = messages.value
  const id = path.value[2] ?? ''
  const isKnown = /^\d+$/.test(id)
  const acted = useRef(new Map<number, Candidate>())
  const resource = useResource(isKnown ? `document ${id}` : null, (signal) =>
    get<DirectiveDocument>(`/api/v1/directive-documents/${id}`, {}, signal),
  )
  // What others do is shown at once, unless it would pull the ground from under an act that is under way.
  useTold(() => pending.peek().size === 0 && form.peek() === null && resource.reload())
  if (!isKnown || resource.problem?.document.status === 404) return <Empty title={m.documents.gone} text={m.documents.goneText} />
  if (resource.problem && !resource.data) return <ProblemBox problem={resource.problem} onRetry={resource.reload} />
  if (!resource.data) return <Loading />
  // What an act has answered outlives an answer that was asked for before it and came after it.
  const newest = (each: Candidate) => {
    const told = acted.current.get(each.id)
    return told && told.version > each.version ? told : each
  }
  const document = { ...resource.data, candidates: resource.data.candidates.map(newest) }
  const put = (after: Candidate) => {
    acted.current.set(after.id, after)
    resource.put((held) => ({ ...held }))
  }
  return <Opened key={document.id} document={document} onPut={put} onReload={resource.reload} />
}

interface Props {
  document: DirectiveDocument
  onPut: (after: Candidate) => void
  onReload: () => void
}

function Opened({ document, onPut, onReload }: Props) {
  const m = messages.value
  const list = document.candidates
    .filter(({ state }) => state !== 'replaced')
    .sort((a, b) => a.start - b.start || a.id - b.id)
    .map((each, place) => ({ ...each, no: place + 1 }))
  const issued = document.directives.map(asFound)
  const wanted = document.directives.find(({ id }) => String(id) === issuedParam.value)
  // Whoever only reads sees what was issued marked in the text; what is still proposed is for the office.
  const marked = list.length > 0 ? list : issued
  const current = (wanted && marked.find(({ start, end }) => start === wanted.start && end === wanted.end)) ?? currentIn(list)
  const canAdd = document.acts.includes('add')
  return (
    <div class={`confirm-page confirm-${pane.value}`}>
      <Head document={document} onReload={onReload} />
      <nav class="segments confirm-panes" aria-label={m.confirm.panes}>
        {(['candidates', 'paper'] as const).map((name) => (
          <a
            key={name}
            class="segment"
            href={href('', { pane: name === 'candidates' ? null : name })}
            aria-current={pane.value === name ? 'true' : undefined}
          >
            {m.confirm[name]}
          </a>
        ))}
      </nav>
      <div class="confirm-body">
        <div class="confirm-left">
          {document.text === null ? (
            <Empty title={m.confirm.noText} text={document.secrecy === 'secret' ? m.confirm.secretPane : undefined} />
          ) : (
            <Paper
              text={document.text}
              candidates={marked}
              current={current?.id ?? null}
              onChoose={(id) => (id > 0 ? choose(id) : go(`/directives/${-id}`))}
              onAdd={canAdd ? () => selected.peek() && void add(document, selected.peek()!, onReload) : null}
            />
          )}
        </div>
        <div class="confirm-right">
          {document.directives.length > 0 && <IssuedList document={document} />}
          {document.text !== null && <Confirm document={document} list={list} current={current} onPut={onPut} onReload={onReload} />}
        </div>
      </div>
    </div>
  )
}

/** What was issued, as a mark in the text. */
function asFound(each: Directive, place: number): Candidate {
  return {
    id: -each.id, no: place + 1, text: each.text, start: each.start, end: each.end, lead: [], cooperating: [], action: '',
    product: '', deadline: null, due: null, warnings: [], rules: [], confidence: 1, state: 'issued', edited: false,
    assignee: null, principal: null, fan_out: null, missing: [], version: each.version,
  }
}

function Head({ document, onReload }: { document: DirectiveDocument; onReload: () => void }) {
  const m = messages.value
  return (
    <header class="document-head">
      <div class="document-title">
        <h1>{documentName(document)}</h1>
        <Chip>{stateWords(document)}</Chip>
        <SecrecyMark secrecy={document.secrecy} />
        {document.simulated && <Simulated short />}
        <span class="muted">
          {[document.issuer, document.issued_on && date(document.issued_on)].filter(Boolean).join(' · ')}
          {document.issued_on && document.issued_on_certain === false && ` (${m.facts.uncertain})`}
        </span>
        <span class="document-doors">
          <a class="button button-ghost" href={href('', { facts: opened.value ? null : '1' })} aria-expanded={opened.value ? 'true' : 'false'}>
            {m.facts.change}
          </a>
          {document.acts.includes('read') && <ReadAgain document={document} onDone={onReload} />}
        </span>
      </div>
      <p class="clamp">{document.subject}</p>
      {opened.value && <DocumentFacts key={document.id} document={document} onChange={onReload} />}
    </header>
  )
}

function ReadAgain({ document, onDone }: { document: DirectiveDocument; onDone: () => void }) {
  const m = messages.value.confirm
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const read = async () => {
    setBusy(true)
    setProblem(null)
    try {
      await send('POST', `/api/v1/directive-documents/${document.id}/read`, {}, { version: document.version, key: newKey() })
      drafts.clear()
      toast(m.readDone)
      onDone()
    } catch (error) {
      setProblem(asProblem(error))
    }
    setBusy(false)
  }
  return (
    <>
      <Button kind="ghost" icon="refresh" busy={busy} onClick={() => void read()}>
        {m.readAgain}
      </Button>
      {problem && <ProblemBox problem={problem} />}
    </>
  )
}
