// One route: who may, what it takes, the command that calls it; and where it only reads, its answer.
import { useState } from 'preact/hooks'
import { getText } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { me } from '../../api/session'
import { Button, CopyButton, Field } from '../../design/controls'
import { ProblemBox } from '../../design/notice'
import { docs as messages } from '../../messages/docs'
import { lang } from '../../preferences'
import { addressOf, commandOf, half, membersOf, typeOf, type OpenApi, type Operation, type Parameter } from './openapi'

interface Props {
  api: OpenApi
  operation: Operation
}

export function OperationPanel({ api, operation }: Props) {
  const m = messages.value
  const [values, setValues] = useState<Record<string, string>>({})
  const asked = operation.parameters.filter((one) => one.in === 'path' || one.in === 'query')
  const command = commandOf(operation, values, location.origin)
  return (
    <>
      <header class="docs-head">
        <p class="muted">{half(operation.summary, lang.value)}</p>
        <h2 class="mono broken">
          {operation.method} {operation.path}
        </h2>
        <p>{operation.description}</p>
      </header>
      <dl class="facts">
        {operation.permission && (
          <>
            <dt>{m.permission}</dt>
            <dd class="mono">{operation.permission}</dd>
          </>
        )}
        <dt>{m.statuses}</dt>
        <dd class="num">{operation.statuses.join(', ')}</dd>
      </dl>
      {operation.parameters.length > 0 && (
        <Members
          title={m.parameters}
          rows={operation.parameters.map((one) => ({
            name: one.name,
            place: m.places[one.in],
            type: typeOf(one.schema),
            required: one.required ?? false,
            text: one.description ?? '',
          }))}
        />
      )}
      {operation.body && <Body api={api} operation={operation} />}
      <section aria-label={m.command}>
        <div class="code-head">
          <h3>{m.command}</h3>
          <CopyButton text={command} />
        </div>
        <pre class="code" tabIndex={0} aria-label={m.command}>
          {command}
        </pre>
        <p class="muted small">{m.key}</p>
      </section>
      {operation.method === 'GET' && (
        <Try operation={operation} parameters={asked} values={values} onValue={(name, value) => setValues({ ...values, [name]: value })} />
      )}
    </>
  )
}

function Body({ api, operation }: Props) {
  const m = messages.value
  const rows = membersOf(operation.body, api)
  if (rows.length > 0) return <Members title={`${m.body} (${operation.bodyType})`} rows={rows} />
  return (
    <p>
      {m.body}: <span class="mono">{operation.bodyType}</span>
    </p>
  )
}

interface MembersProps {
  title: string
  rows: readonly { name: string; type: string; required: boolean; text?: string; place?: string }[]
}

function Members({ title, rows }: MembersProps) {
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <dl class="docs-members">
        {rows.map(({ name, type, required, text, place }) => (
          <div key={name} class="docs-member">
            <dt class="mono broken">
              {name}
              {required && <span class="docs-required"> {messages.value.required}</span>}
            </dt>
            <dd>
              <span class="muted">{place && `${place} · `}</span>
              <span class="mono muted broken">{type}</span>
              {text && <span class="docs-text">{text}</span>}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

interface TryProps {
  operation: Operation
  parameters: readonly Parameter[]
  values: Record<string, string>
  onValue: (name: string, value: string) => void
}

/** Only what reads is tried here: a write from a page of documentation would be a real write. */
function Try({ operation, parameters, values, onValue }: TryProps) {
  const m = messages.value
  const [answer, setAnswer] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  if (operation.path === '/api/v1/stream' || operation.path === '/metrics' || operation.path.includes('.pmtiles')) return null
  if (!me.value && operation.permission !== 'public') return <p class="muted">{m.signIn}</p>
  const submit = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    setProblem(null)
    try {
      setAnswer(await getText(addressOf(operation, values), 'application/json'))
    } catch (error) {
      setProblem(asProblem(error))
    }
    setBusy(false)
  }
  return (
    <form class="form" aria-label={m.attempt} onSubmit={(event) => void submit(event)}>
      <h3>{m.attempt}</h3>
      {parameters.map(({ name, required }) => (
        <Field
          key={name}
          label={name}
          value={values[name] ?? ''}
          onInput={(value) => onValue(name, value)}
          required={required ?? false}
        />
      ))}
      <div class="form-foot">
        <Button type="submit" busy={busy}>
          {m.send}
        </Button>
      </div>
      {problem && <ProblemBox problem={problem} />}
      {answer && (
        <pre class="code" tabIndex={0} aria-label={m.answer}>
          {answer}
        </pre>
      )}
    </form>
  )
}
