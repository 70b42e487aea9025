// One context: every term with its meaning, who uses it; downloaded again, or deleted after a question.
import { useState } from 'preact/hooks'
import { get, send } from '../../api/client'
import type { HeldContext } from '../../api/operations'
import { useResource } from '../../api/resource'
import { may } from '../../api/session'
import { Field } from '../../design/controls'
import { Chip } from '../../design/mark'
import { Empty, Loading, ProblemBox, toast } from '../../design/notice'
import { Age } from '../../design/value'
import { fold } from '../../format/fold'
import { bytes, number } from '../../format/number'
import { dateTime } from '../../format/time'
import { common } from '../../messages/common'
import { operations as messages } from '../../messages/operations'
import { href } from '../../router'
import { Confirmed, Facts, Figure } from './parts'
import { isFixed } from './state'
import { termsOf } from './terms'

const SHOWN = 200

interface Props {
  context: HeldContext
  onChange: () => void
  onRemoved: () => void
}

export function ContextPanel({ context, onChange, onRemoved }: Props) {
  const m = messages.value.contexts
  const url = `/ngsi-ld/v1/jsonldContexts/${encodeURIComponent(context.id ?? '')}`
  const [round, setRound] = useState(0)
  const body = useResource(context.id === null ? null : `${context.id} ${round}`, (signal) => get<unknown>(url, {}, signal))
  const reload = async () => {
    await send('DELETE', `${url}?reload=true`)
    toast(m.reloaded)
    setRound(round + 1)
    onChange()
  }
  const remove = async () => {
    await send('DELETE', url)
    toast(m.removed)
    onRemoved()
  }
  return (
    <>
      <header class="panel-head">
        <p>
          <Chip>{m.kind[context.kind]}</Chip>
        </p>
        <h2 class="broken">{context.url}</h2>
      </header>
      {isFixed(context) && <p class="muted">{m.builtIn}</p>}
      {!isFixed(context) && !context.may_remove && may('entity.write') && <p class="muted">{m.notYours}</p>}
      {context.may_remove && (
        <div class="form-foot">
          {context.kind === 'cached' && (
            <Confirmed label={m.reload} question={`${m.reload}?`} text={context.url} confirm={m.reload} icon="refresh" act={reload} />
          )}
          <Confirmed label={m.remove} question={m.confirmRemove} text={m.confirmText} confirm={m.remove} icon="close" act={remove} />
        </div>
      )}
      <Facts
        rows={[
          [m.column.terms, <Figure value={context.terms} />],
          context.bytes !== null && [m.size, <Figure value={context.bytes} show={bytes} />],
          context.created_at !== null && [m.column.created, <span class="num">{dateTime(context.created_at)}</span>],
          [m.column.owner, context.owner_org_name ?? <span class="muted">{common.value.none}</span>],
          [m.column.users, <Users context={context} />],
          context.hits !== null && [m.hits, <Figure value={context.hits} />],
          context.hits !== null && [m.used, <Age at={context.used_at} />],
          context.imports.length > 0 && [
            m.imports,
            <ul>
              {context.imports.map((one) => (
                <li key={one} class="mono broken">
                  {one}
                </li>
              ))}
            </ul>,
          ],
        ]}
      />
      {body.problem && <ProblemBox problem={body.problem} onRetry={body.reload} />}
      {body.loading && !body.data && <Loading />}
      {body.data !== undefined && <Terms body={body.data} />}
    </>
  )
}

function Users({ context }: { context: HeldContext }) {
  if (context.used_by.length === 0) return <span class="muted">{messages.value.contexts.nobody}</span>
  return (
    <ul>
      {context.used_by.map((one) => (
        <li key={one.no}>
          <a class="broken" href={href(`/operations/subscriptions/${one.no}`)}>
            {one.name || one.id}
          </a>
        </li>
      ))}
    </ul>
  )
}

function Terms({ body }: { body: unknown }) {
  const m = messages.value.contexts
  const [typed, setTyped] = useState('')
  const found = termsOf(body).filter(([term, meaning]) => fold(`${term} ${meaning}`).includes(fold(typed)))
  return (
    <section aria-label={m.terms} class="form">
      <h3>{m.terms}</h3>
      <Field label={m.search} type="search" value={typed} onInput={setTyped} />
      {found.length === 0 && <Empty title={m.noTerms} />}
      <dl class="terms">
        {found.slice(0, SHOWN).map(([term, meaning]) => (
          <div key={term} class="term">
            <dt class="mono broken">{term}</dt>
            <dd class="mono muted broken">{meaning}</dd>
          </div>
        ))}
      </dl>
      {found.length > SHOWN && <p class="muted">{m.more(number(found.length - SHOWN))}</p>}
    </section>
  )
}
