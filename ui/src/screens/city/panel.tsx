// One thing in full: where it is, whose it is, every value with its age, and its history.
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { get } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { clock, formatMoment, isLive, now } from '../../clock/clock'
import { Loading, ProblemBox, Simulated } from '../../design/notice'
import { Panel } from '../../design/table'
import { Age, Value } from '../../design/value'
import { number } from '../../format/number'
import { dateTime, duration } from '../../format/time'
import { named } from '../../messages/catalogue'
import { History } from './history'
import { Raw } from './raw'
import { kindOf, thing } from './store'
import { TypeIcon } from './types'
import { say, words } from './words'

export interface Attribute {
  name: string
  label_vi: string
  label_en: string
  kind: string
  value: unknown
  unit: string | null
  decimals: number | null
  observed_at: string | null
  received_at: string | null
  state: 'fresh' | 'stale' | 'dead' | 'static'
}

export interface Detail {
  id: string
  type: string
  type_vi: string
  type_en: string
  name: string
  owner: { id: number; name: string } | null
  area: { code: string; name: string } | null
  sector: string | null
  source: string | null
  simulated: boolean
  location: { type: string; coordinates: unknown } | null
  expected_period_s: number | null
  attributes: Attribute[]
}

/** Between two reads of a thing whose values keep coming. */
const REFRESH_MS = 2000

export function EntityPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const detail = useSignal<Detail | null>(null)
  const problem = useSignal<Problem | null>(null)
  const attempt = useSignal(0)
  const { mode, from } = clock.value
  // Replay moves on by itself; its values are read once a minute of the shown time.
  const minute = Math.floor(now.value / 60_000) * 60_000
  const at = isLive.value ? null : mode === 'replay' ? Math.max(minute, from ?? 0) : now.value
  const changed = isLive.value ? `${thing(id)?.observedAt} ${thing(id)?.value}` : ''

  useEffect(() => {
    const abort = new AbortController()
    const wait = detail.peek()?.id === id && mode === 'live' ? REFRESH_MS : 0
    const timer = setTimeout(() => {
      const query = { at: at === null ? null : formatMoment(at) }
      get<Detail>(`/api/v1/entities/${encodeURIComponent(id)}`, query, abort.signal).then(
        (found) => {
          detail.value = found
          problem.value = null
        },
        (error: unknown) => {
          if (abort.signal.aborted) return
          problem.value = asProblem(error)
          if (problem.value.code === 'not-found') detail.value = null // what was true later is not shown as of then
        },
      )
    }, wait)
    return () => {
      clearTimeout(timer)
      if (detail.peek()?.id !== id) abort.abort()
    }
  }, [id, at, changed, attempt.value])

  const found = detail.value?.id === id ? detail.value : null
  const failed = problem.value
  const isGone = failed?.code === 'not-found'
  return (
    <div class="city-panel">
      <Panel label={words.value.panel} onClose={onClose}>
        {isGone && <p class="muted">{words.value.gone}</p>}
        {failed && !isGone && <ProblemBox problem={failed} onRetry={() => (attempt.value += 1)} />}
        {found ? <DetailView detail={found} /> : !failed && <Loading />}
      </Panel>
    </div>
  )
}

function DetailView({ detail }: { detail: Detail }) {
  const text = words.value
  const numeric = detail.attributes.filter((it) => typeof it.value === 'number' && it.state !== 'static')
  return (
    <>
      <header class="city-panel-head">
        <p class="muted city-panel-kind">
          <TypeIcon name={kindOf.value.get(detail.type)?.icon} /> {named(detail.type_vi, detail.type_en)}
        </p>
        <h2>{detail.name}</h2>
        <p class="city-panel-chips">
          {detail.simulated && <Simulated />}
          {detail.expected_period_s && (
            <span class="muted small">{text.period(duration(detail.expected_period_s))}</span>
          )}
        </p>
      </header>
      <Attributes detail={detail} />
      <History id={detail.id} attributes={numeric} periodS={detail.expected_period_s} />
      <Facts detail={detail} />
      <Raw id={detail.id} />
    </>
  )
}

function Attributes({ detail }: { detail: Detail }) {
  const text = words.value
  return (
    <section aria-label={text.attributes}>
      <h3>{text.attributes}</h3>
      <table class="city-attributes">
        <colgroup>
          <col class="city-attribute-label" />
          <col />
          <col />
        </colgroup>
        <thead class="hidden-text">
          <tr>
            <th scope="col">{text.attribute}</th>
            <th scope="col">{text.value}</th>
            <th scope="col">{text.age}</th>
          </tr>
        </thead>
        <tbody>
          {detail.attributes.map((it) => (
            <AttributeRow key={it.name} it={it} periodS={detail.expected_period_s} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** Longer text than this (letters) stands below its label in place of beside it. */
const LONG_TEXT = 18

function AttributeRow({ it, periodS }: { it: Attribute; periodS: number | null }) {
  const value = plain(it.value)
  const label = named(it.label_vi, it.label_en) || it.name
  const isLong = typeof value === 'string' && value.length > LONG_TEXT
  return (
    <tr data-attribute={it.name} data-state={it.state}>
      <th scope="row" colSpan={isLong ? 2 : 1}>
        {label}
        {isLong && <span class="city-attribute-text">{value}</span>}
      </th>
      {!isLong && (
        <td class="city-attribute-value">
          <Value value={value} unit={it.unit} decimals={it.decimals} />
        </td>
      )}
      <td class="small city-attribute-age">
        {it.state === 'static' ? (
          <span class="muted">{words.value.static}</span>
        ) : (
          <Age at={it.observed_at ?? it.received_at} periodS={periodS} now={now.value} />
        )}
      </td>
    </tr>
  )
}

/** Numbers and words as they are; what is built of words (an address), as those words; all else as its JSON. */
function plain(value: unknown): number | string | null {
  if (typeof value === 'number' || value === null || value === undefined) return value ?? null
  if (typeof value === 'string' || typeof value === 'boolean') return say(String(value)) as string
  const parts = typeof value === 'object' && value !== null ? Object.values(value) : []
  const isWords = parts.length > 0 && parts.every((part) => typeof part === 'string')
  return isWords ? parts.join(', ') : JSON.stringify(value)
}

function Facts({ detail }: { detail: Detail }) {
  const text = words.value
  const place = detail.location?.type === 'Point' ? (detail.location.coordinates as [number, number]) : null
  const seen = thing(detail.id)?.observedAt ?? null
  return (
    <section aria-label={text.facts}>
      <h3>{text.facts}</h3>
      <dl class="facts">
        <dt>{text.owner}</dt>
        <dd>{detail.owner?.name ?? <span class="muted">{text.noOwner}</span>}</dd>
        <dt>{text.area}</dt>
        <dd>{detail.area?.name ?? <span class="muted">—</span>}</dd>
        <dt>{text.sector}</dt>
        <dd>{detail.sector ? (text.sectors[detail.sector] ?? detail.sector) : <span class="muted">—</span>}</dd>
        <dt>{text.source}</dt>
        <dd>{detail.source || <span class="muted">—</span>}</dd>
        {place && (
          <>
            <dt>{text.position}</dt>
            <dd class="num">
              {number(place[1], 5)} · {number(place[0], 5)}
            </dd>
          </>
        )}
        <dt>{text.identifier}</dt>
        <dd class="mono city-id">{detail.id}</dd>
        {seen !== null && (
          <>
            <dt>{text.age}</dt>
            <dd class="num">{dateTime(seen)}</dd>
          </>
        )}
      </dl>
    </section>
  )
}
