// The entity as programs read it: each representation of NGSI-LD, and the command that fetches it.
import { useSignal } from '@preact/signals'
import { getText } from '../../api/client'
import { useResource } from '../../api/resource'
import { isLive } from '../../clock/clock'
import { CopyButton } from '../../design/controls'
import { Loading, ProblemBox } from '../../design/notice'
import { go, param } from '../../router'
import { command, FORMS, pathOf, type Form } from './forms'
import { words } from './words'

const formParam = param('json')

/** Closed until somebody asks: few people read JSON, and it costs a request. */
export function Raw({ id }: { id: string }) {
  const text = words.value.json
  const form = FORMS.find((it) => it === formParam.value) ?? null
  return (
    <details
      class="city-raw"
      open={form !== null}
      onToggle={(event) => {
        const isOpen = event.currentTarget.open
        if (isOpen !== (form !== null)) go('', { json: isOpen ? 'normalized' : null }, { replace: true })
      }}
    >
      <summary>{text.title}</summary>
      {form && <Shown id={id} form={form} />}
    </details>
  )
}

function Shown({ id, form }: { id: string; form: Form }) {
  const text = words.value.json
  const round = useSignal(0)
  const { path, accept } = pathOf(form, id)
  const answer = useResource(`${path} ${accept} ${round.value}`, (signal) => getText(path, accept, signal))
  return (
    <div class="city-raw-body">
      <div class="segments" role="group" aria-label={text.forms}>
        {FORMS.map((it) => (
          <button
            key={it}
            type="button"
            class="segment"
            aria-pressed={it === form}
            onClick={() => go('', { json: it }, { replace: true })}
          >
            {text.form[it]}
          </button>
        ))}
      </div>
      <p class="muted small">{text.about[form]}</p>
      {!isLive.value && <p class="small strong">{text.onlyNow}</p>}
      <div class="code-head">
        <h4>{text.command}</h4>
        <CopyButton text={command(form, id, location.origin)} label={text.copyCommand} />
      </div>
      <pre class="code city-raw-command" tabIndex={0} aria-label={text.command}>
        {command(form, id, location.origin)}
      </pre>
      <p class="muted small">{text.key}</p>
      {answer.problem && <ProblemBox problem={answer.problem} onRetry={answer.reload} />}
      {!answer.data && answer.loading && <Loading />}
      {answer.data && (
        <>
          <div class="code-head">
            <h4>{text.answer}</h4>
            <CopyButton text={answer.data} label={text.copyAnswer} />
          </div>
          <pre class="code" tabIndex={0} aria-label={text.answer}>
            {answer.data}
          </pre>
        </>
      )}
    </div>
  )
}
