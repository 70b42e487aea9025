// One model: how strict the site is with it, its attributes, and what did not fit.
import { useState } from 'preact/hooks'
import { get } from '../../api/client'
import type { Model, ModelAttribute, Violation } from '../../api/models'
import { useResource } from '../../api/resource'
import { sectorName } from '../../api/sectors'
import { Field, Tabs } from '../../design/controls'
import { Empty, Loading, ProblemBox } from '../../design/notice'
import { number } from '../../format/number'
import { dateTime } from '../../format/time'
import { Age } from '../../design/value'
import { named } from '../../messages/catalogue'
import { models as messages } from '../../messages/models'
import { href, param } from '../../router'
import { matches, rangeWords, typeWords } from './choose'
import { ModeSwitch } from './mode'

const tab = param('tab', 'attributes')

export function ModelPanel({ type, onChange }: { type: string; onChange: () => void }) {
  const m = messages.value
  const resource = useResource(`model ${type}`, (signal) => get<Model>(`/api/v1/models/${encodeURIComponent(type)}`, {}, signal))
  const model = resource.data
  if (resource.problem?.document.status === 404) return <Empty title={m.gone} />
  if (resource.problem) return <ProblemBox problem={resource.problem} onRetry={resource.reload} />
  if (!model) return <Loading />
  const changed = () => {
    resource.reload()
    onChange()
  }
  return (
    <>
      <header class="two-lines">
        <h2>{named(model.vi, model.en)}</h2>
        <span class="muted mono">{model.type}</span>
      </header>
      {model.text && <p class="muted">{model.text}</p>}
      <Facts model={model} />
      <ModeSwitch key={model.version} model={model} onChange={changed} />
      <Tabs
        label={m.tabs.label}
        tabs={[
          { id: 'attributes', label: m.tabs.attributes, count: model.attributes.length, href: href('', { tab: null }) },
          { id: 'violations', label: m.tabs.violations, count: model.violations.length, href: href('', { tab: 'violations' }) },
        ]}
        current={tab.value}
      />
      {tab.value === 'violations' ? <Violations model={model} /> : <Attributes model={model} />}
    </>
  )
}

function Facts({ model }: { model: Model }) {
  const m = messages.value.facts
  return (
    <dl class="facts">
      <dt>{m.sector}</dt>
      <dd>{sectorName(model.sector)}</dd>
      <dt>{m.entities}</dt>
      <dd>
        <span class="num">{number(model.entities)}</span>
        {model.entities > 0 && (
          <>
            {' · '}
            <a href={href('/city', { f: `type:${model.type}` })}>{m.onMap}</a>
          </>
        )}
      </dd>
      {model.extends && (
        <>
          <dt>{m.extends}</dt>
          <dd>
            <a class="mono" href={href(`/models/${encodeURIComponent(model.extends)}`)}>
              {model.extends}
            </a>
          </dd>
        </>
      )}
      <dt>{m.source}</dt>
      <dd>{model.source ? `${model.source.name} · ${model.source.subject} · ${model.source.version}` : m.ownSource}</dd>
      {model.source && (
        <>
          <dt>{m.licence}</dt>
          <dd class="mono model-address">{model.source.licence}</dd>
        </>
      )}
      <dt>{m.schema}</dt>
      <dd>
        <a class="mono model-address" href={`/api/v1/models/${encodeURIComponent(model.type)}/schema`} data-external target="_blank">
          {`/api/v1/models/${model.type}/schema`}
        </a>
      </dd>
    </dl>
  )
}

function Attributes({ model }: { model: Model }) {
  const m = messages.value.attribute
  const [sought, setSought] = useState('')
  const rows = model.attributes.filter((one) => matches(sought, one.name, one.vi, one.en))
  return (
    <>
      <Field label={m.search} type="search" value={sought} onInput={setSought} />
      {rows.length === 0 ? (
        <Empty title={m.none} />
      ) : (
        <table class="model-attributes" aria-label={m.list}>
          <thead>
            <tr>
              <th scope="col">{m.name}</th>
              <th scope="col">{m.type}</th>
              <th scope="col">{m.unit}</th>
              <th scope="col" class="model-carried">
                {m.carried}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((one) => (
              <AttributeRow key={one.name} one={one} sampled={model.sampled} />
            ))}
          </tbody>
        </table>
      )}
      {model.others.length > 0 && <Others model={model} />}
    </>
  )
}

function AttributeRow({ one, sampled }: { one: ModelAttribute; sampled: number }) {
  const m = messages.value.attribute
  const range = rangeWords(one)
  return (
    <tr title={one.text || undefined}>
      <td>
        <span class="two-lines">
          <span>
            {named(one.vi, one.en)} {one.required && <span class="model-required">{m.required}</span>}
          </span>
          <span class="muted mono model-address">{one.name}</span>
          {one.enum.length > 0 && (
            <span class="muted small model-enum">
              {one.open ? m.usual : m.values}: {one.enum.join(', ')}
            </span>
          )}
        </span>
      </td>
      <td>{typeWords(one)}</td>
      <td>
        <span class="two-lines">
          {one.unit_code && (
            <span>
              {one.unit} <span class="muted mono small">{one.unit_code}</span>
            </span>
          )}
          {range && <span class="muted small num">{range}</span>}
        </span>
      </td>
      <td class="model-carried num">
        {sampled > 0 && (
          <span class={one.carried ? '' : 'muted'} title={m.carriedTitle(number(one.carried), number(sampled))}>
            {m.carriedOf(number(one.carried), number(sampled))}
          </span>
        )}
      </td>
    </tr>
  )
}

/** What our entities carry and the model does not name. */
function Others({ model }: { model: Model }) {
  const m = messages.value.attribute
  return (
    <section>
      <h3>{m.others}</h3>
      <ul class="model-others">
        {model.others.map((one) => (
          <li key={one.name}>
            <span class="mono">{one.name}</span>{' '}
            <span class="muted small num" title={m.carriedTitle(number(one.carried), number(model.sampled))}>
              {m.carriedOf(number(one.carried), number(model.sampled))}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Violations({ model }: { model: Model }) {
  const m = messages.value.violation
  if (model.violations.length === 0) {
    return <Empty title={m.none} text={model.checked > 0 ? m.noneText(number(model.checked)) : m.notYet} />
  }
  return (
    <ul class="model-violations">
      {model.violations.map((one) => (
        <ViolationCard key={`${one.attribute} ${one.reason}`} one={one} model={model} />
      ))}
    </ul>
  )
}

function ViolationCard({ one, model }: { one: Violation; model: Model }) {
  const m = messages.value.violation
  const attribute = model.attributes.find((other) => other.name === one.attribute)
  const name = one.attribute === '*' ? m.others : attribute ? named(attribute.vi, attribute.en) : one.attribute
  return (
    <li class="model-violation">
      <p>
        <span class="strong">{name}</span> {named(one.vi, one.en)}
      </p>
      <p class="muted small">
        <span class="num">{m.count(number(one.count))}</span>
        {one.refused > 0 && <span class="num">, {m.refused(number(one.refused))}</span>} · {m.since(dateTime(one.first_at))}
      </p>
      <dl class="facts">
        <dt>{m.last}</dt>
        <dd>
          <Age at={one.last_at} />
        </dd>
        <dt>{m.example}</dt>
        <dd>
          <a class="mono model-address" href={href(`/city/${encodeURIComponent(one.entity_id)}`)}>
            {one.entity_id}
          </a>
        </dd>
        <dt>{m.value}</dt>
        <dd>{one.value === null ? <span class="muted">{m.hidden}</span> : <span class="mono model-address">{one.value}</span>}</dd>
      </dl>
    </li>
  )
}
