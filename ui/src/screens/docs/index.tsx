// The API for people who program against it: every route with what it takes, and reads that can be tried here.
import { useState } from 'preact/hooks'
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import { Field } from '../../design/controls'
import { Empty, Loading, ProblemBox } from '../../design/notice'
import { Split, useListKeys } from '../../design/table'
import { compare, fold } from '../../format/fold'
import { number } from '../../format/number'
import { useKeys } from '../../keys'
import { docs as messages } from '../../messages/docs'
import { lang } from '../../preferences'
import { go, href, param } from '../../router'
import { half, operationsOf, type OpenApi, type Operation } from './openapi'
import { OperationPanel } from './operation'
import './docs.css'

const typed = param('q')
const opened = param('op')

export default function Docs() {
  const m = messages.value
  const resource = useResource('openapi', (signal) => get<OpenApi>('/schema/openapi.json', {}, signal))
  const api = resource.data
  const all = api ? operationsOf(api) : []
  const found = all.filter(passes)
  const groups = [...new Set(found.map((one) => one.group))].sort(compare)
  const inOrder = groups.flatMap((group) => found.filter((one) => one.group === group))
  const [cursor, setCursor] = useState<string | null>(null)
  const openKey = opened.value || null
  const shown = all.find((one) => one.key === openKey)
  const open = (key: string) => go('', { op: key }, { replace: openKey !== null })
  useListKeys(
    inOrder.map((one) => one.key),
    openKey ?? cursor,
    (key) => (openKey ? open(key) : setCursor(key)),
    m,
  )
  useKeys([{ press: 'Enter', shown: 'Enter', label: () => messages.value.open, run: () => cursor && open(cursor) }])
  return (
    <Split
      panelLabel={shown?.key ?? m.title}
      onClose={() => go('', { op: null })}
      panel={openKey && api && (shown ? <OperationPanel key={shown.key} api={api} operation={shown} /> : <Empty title={m.gone} />)}
      list={
        <div class="page">
          <header class="page-head">
            <div>
              <h1>{m.title}</h1>
              <p>{m.question}</p>
            </div>
            <p>
              <a href="/schema/openapi.json" data-external>
                openapi.json
              </a>
            </p>
          </header>
          <Field
            label={m.search}
            type="search"
            value={typed.value}
            onInput={(value) => go('', { q: value }, { replace: true })}
          />
          {resource.problem && <ProblemBox problem={resource.problem} onRetry={resource.reload} />}
          {!api && resource.loading && <Loading />}
          {api && <p class="muted" role="status">{m.count(number(found.length))}</p>}
          {groups.map((group) => (
            <Group
              key={group}
              name={group}
              operations={inOrder.filter((one) => one.group === group)}
              current={openKey ?? cursor}
            />
          ))}
        </div>
      }
    />
  )
}

function passes(one: Operation): boolean {
  return fold(`${one.key} ${one.summary} ${one.description} ${one.group}`).includes(fold(typed.value))
}

function Group({ name, operations, current }: { name: string; operations: readonly Operation[]; current: string | null }) {
  return (
    <section aria-label={name}>
      <h2 class="docs-group">{messages.value.groups[name] ?? name}</h2>
      <ul class="docs-list card">
        {operations.map((one) => (
          <li key={one.key} class={one.key === current ? 'docs-row is-current' : 'docs-row'}>
            <a href={href('', { op: one.key })} aria-current={one.key === opened.value ? 'true' : undefined}>
              <span class="mono docs-method">{one.method}</span>
              <span class="mono broken docs-path">{one.path}</span>
              <span class="muted docs-summary">{half(one.summary, lang.value)}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  )
}
