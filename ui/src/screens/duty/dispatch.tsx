// Sending units: the nearest free one is marked already, so that Enter alone sends it. J and K move, X marks.
import { useEffect, useRef, useState } from 'preact/hooks'
import { Button, Field } from '../../design/controls'
import { Loading, ProblemBox } from '../../design/notice'
import { distance } from '../../format/number'
import { useKeys } from '../../keys'
import { common } from '../../messages/common'
import { duty as messages } from '../../messages/duty'
import { actOnIncident, busy, form } from './doing'
import { byDistance, useNearest } from './near'
import { board } from './store'
import { Units } from './units'
import type { Incident, Resource } from './types'

export function Dispatch({ incident }: { incident: Incident }) {
  const m = messages.value
  const near = useNearest(incident.id, incident.version)
  const free = freeOf(near.data?.resources ?? board.value?.resources ?? [])
  const [marked, setMarked] = useState<ReadonlySet<number> | null>(null)
  const [cursor, setCursor] = useState(0)
  const [org, setOrg] = useState('')
  const [text, setText] = useState('')
  const list = useRef<HTMLUListElement>(null)
  const taken = marked ?? new Set(free.slice(0, 1).map(({ id }) => id))
  const close = () => (form.value = null)
  const toggle = (id: number) => {
    const next = new Set(taken)
    if (!next.delete(id)) next.add(id)
    setMarked(next)
  }
  const send = () => {
    const resource_ids = free.filter(({ id }) => taken.has(id)).map(({ id }) => id)
    if (resource_ids.length === 0 && !org) return
    void actOnIncident(incident, { act: 'dispatch', resource_ids, orgs: org ? [Number(org)] : [], text: text.trim() })
  }
  const step = (by: number) => setCursor(Math.min(free.length - 1, Math.max(0, cursor + by)))
  useKeys([
    { press: 'KeyJ', shown: 'J', label: () => messages.value.next, run: () => step(1) },
    { press: 'KeyK', shown: 'K', label: () => messages.value.previous, run: () => step(-1) },
    { press: 'KeyX', shown: 'X', label: () => messages.value.dispatch.choose, run: () => free[cursor] && toggle(free[cursor].id) },
    { press: 'Enter', shown: 'Enter', label: () => messages.value.acts.dispatch, run: send },
    { press: 'Escape', shown: 'Esc', label: () => common.value.cancel, run: close, inText: true },
  ])
  // Enter must reach the list, not the button that has opened it.
  useEffect(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
    list.current?.querySelector('[data-cursor]')?.scrollIntoView({ block: 'nearest' })
  }, [near.data === undefined, cursor])
  if (near.problem && !near.data && !board.value?.resources) return <ProblemBox problem={near.problem} onRetry={near.reload} />
  if (!near.data && near.loading) return <Loading />
  return (
    <section class="inset-form form duty-dispatch" aria-label={m.dispatch.title}>
      <h3>{m.dispatch.title}</h3>
      <p class="muted small">{m.dispatch.hint}</p>
      {free.length === 0 && <p>{m.dispatch.none}</p>}
      <ul class="duty-near" ref={list} aria-label={m.dispatch.choose}>
        {free.map((unit, index) => (
          <li key={unit.id} data-cursor={index === cursor ? '' : undefined} data-resource={unit.id}>
            <label class="check">
              <input type="checkbox" checked={taken.has(unit.id)} onChange={() => toggle(unit.id)} />
              <span>
                {unit.name} <span class="muted small">{unit.org.name}</span>
              </span>
            </label>
            <span class="num muted">{unit.distance_m == null ? common.value.none : m.dispatch.distance(distance(unit.distance_m))}</span>
          </li>
        ))}
      </ul>
      <Units label={m.dispatch.orgs} value={org} onChange={setOrg} />
      <Field label={m.form.text} value={text} onInput={setText} />
      <div class="form-foot">
        <Button kind="primary" busy={busy.value} disabled={taken.size === 0 && !org} onClick={send}>
          {m.dispatch.send(taken.size + (org ? 1 : 0))}
        </Button>
        <Button onClick={close}>{common.value.cancel}</Button>
      </div>
    </section>
  )
}

function freeOf(resources: readonly Resource[]): Resource[] {
  return resources.filter(({ status }) => status === 'free').sort(byDistance)
}
