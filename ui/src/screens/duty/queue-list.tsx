// The alert queue: counts, filters, banner of a flood, what is new behind its button, and the rows.
import { useEffect, useRef } from 'preact/hooks'
import { newKey, send } from '../../api/client'
import { sectorName } from '../../api/sectors'
import { second } from '../../api/time'
import { Button } from '../../design/controls'
import { Chip, Priority } from '../../design/mark'
import { Empty, Simulated, toast } from '../../design/notice'
import { number } from '../../format/number'
import { time } from '../../format/time'
import { Value } from '../../design/value'
import { named } from '../../messages/catalogue'
import { duty as messages } from '../../messages/duty'
import { go, href } from '../../router'
import { attempt } from './doing'
import { sel } from './link'
import { AlertMark, answersLate, Left } from './marks'
import { freshLevel } from './queue'
import { board, filters, held, hovering, lines, load, rows, showFresh, withFilter } from './store'
import type { Alert, Group, Level } from './types'

const COUNTS = ['new', 'acked', 'cleared', 'shelved', 'suppressed'] as const
const LEVELS: readonly Level[] = [1, 2, 3, 4]

export function QueueList() {
  const m = messages.value
  const queue = board.value?.queue
  if (board.value && !queue) return <Empty title={m.forbidden} />
  return (
    <section class="duty-queue" aria-label={m.queue}>
      <Counts />
      <Filters />
      {queue?.flood?.active && (
        <p class="duty-flood" role="status">
          {m.flood(time(queue.flood.since), queue.flood.rate)}
        </p>
      )}
      {filters.value['group'] && (
        <p>
          <a href={href('', { f: withFilter('group', '') })}>← {m.group.back}</a>
        </p>
      )}
      <Fresh />
      <ol
        class="duty-rows"
        aria-label={m.queue}
        onPointerEnter={() => (hovering.value = true)}
        onPointerLeave={() => (hovering.value = false)}
      >
        {lines.value.map((line) => ('key' in line ? <GroupRow key={line.key} group={line} /> : <Row key={line.id} alert={line} />))}
      </ol>
      {board.value && lines.value.length === 0 && (
        <Empty title={Object.keys(filters.value).length > 0 ? m.emptyFiltered : m.empty} />
      )}
      <Foot />
    </section>
  )
}

/** How many stand in each state; a press shows those alone, a second press all again. */
function Counts() {
  const m = messages.value
  const counts = board.value?.queue?.counts ?? {}
  const chosen = filters.value['state']
  return (
    <nav class="duty-counts" aria-label={m.filters.label}>
      {COUNTS.map((state) => {
        const count = counts[state] ?? 0
        const isChosen = chosen === state
        if (count === 0 && !isChosen && state !== 'new' && state !== 'acked') return null
        return (
          <a
            key={state}
            class="segment"
            aria-current={isChosen ? 'true' : undefined}
            href={href('', { f: withFilter('state', isChosen ? '' : state) })}
          >
            {m.counts[state]} <span class="num">{number(count)}</span>
          </a>
        )
      })}
    </nav>
  )
}

function Filters() {
  const m = messages.value
  const chosen = filters.value
  const levels = new Set((chosen['priority'] ?? '').split(',').filter(Boolean))
  const toggled = (level: Level) => {
    const next = new Set(levels)
    if (!next.delete(String(level))) next.add(String(level))
    return [...next].sort().join(',')
  }
  const known = [...rows.value, ...(board.value?.queue?.groups ?? [])]
  const areas = new Map(known.flatMap(({ area }) => (area ? [[area.code, area.name] as const] : [])))
  const sectors = new Set(rows.value.flatMap(({ sector }) => sector ?? []))
  return (
    <div class="duty-filters">
      <div class="duty-levels" role="group" aria-label={m.filters.priority}>
        {LEVELS.map((level) => (
          <a
            key={level}
            class="duty-level"
            href={href('', { f: withFilter('priority', toggled(level)) })}
            aria-current={levels.has(String(level)) ? 'true' : undefined}
            title={m.priorityLabel(level, m.priority[level])}
          >
            <Priority level={level} filled={levels.has(String(level))} label={m.priorityLabel(level, m.priority[level])} />
          </a>
        ))}
      </div>
      {(areas.size > 1 || chosen['area']) && (
        <select
          aria-label={m.filters.area}
          value={chosen['area'] ?? ''}
          onChange={(event) => go('', { f: withFilter('area', event.currentTarget.value) }, { replace: true })}
        >
          <option value="">{m.filters.allAreas}</option>
          {chosen['area'] && !areas.has(chosen['area']) && <option value={chosen['area']}>{chosen['area']}</option>}
          {[...areas].map(([code, name]) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </select>
      )}
      {(sectors.size > 1 || chosen['sector']) && (
        <select
          aria-label={m.filters.sector}
          value={chosen['sector'] ?? ''}
          onChange={(event) => go('', { f: withFilter('sector', event.currentTarget.value) }, { replace: true })}
        >
          <option value="">{m.filters.allSectors}</option>
          {chosen['sector'] && !sectors.has(chosen['sector']) && (
            <option value={chosen['sector']}>{sectorName(chosen['sector'])}</option>
          )}
          {[...sectors].map((sector) => (
            <option key={sector} value={sector}>
              {sectorName(sector)}
            </option>
          ))}
        </select>
      )}
    </div>
  )
}

/** What came while somebody works in the list. */
function Fresh() {
  const m = messages.value
  const count = held.value.fresh.length
  const level = freshLevel(held.value)
  return (
    <p class="duty-fresh muted small" role="status">
      {count === 0 && m.noFresh}
      {count > 0 && level && (
        <button type="button" class={`button button-plain${level === 1 ? ' duty-fresh-p1' : ''}`} title={`${m.showFresh} (N)`} onClick={showFresh}>
          <span class={level === 1 ? 'duty-blink' : ''}>
            <Priority level={level} label={m.priorityLabel(level, m.priority[level])} />
          </span>
          <span class="num">{m.fresh(count)}</span>
        </button>
      )}
    </p>
  )
}

function Row({ alert }: { alert: Alert }) {
  const m = messages.value
  const key = `alert:${alert.id}`
  const isChosen = sel.value === key
  const place = useRef<HTMLLIElement>(null)
  useEffect(() => {
    if (isChosen) place.current?.scrollIntoView({ block: 'nearest' })
  }, [isChosen])
  const isAway = !['new', 'acked', 'cleared'].includes(alert.state)
  return (
    <li
      ref={place}
      class={`duty-row${isAway ? ' duty-row-away' : ''}`}
      data-alert={alert.id}
      data-state={alert.state}
      aria-current={isChosen ? 'true' : undefined}
      onClick={(event) => !(event.target as Element).closest('a, button') && go('', { sel: key }, { replace: true })}
    >
      <AlertMark alert={alert} />
      <div class="duty-row-text">
        <p class="duty-row-title">
          <a href={href('', { sel: key })}>{named(alert.title_vi, alert.title_en)}</a>
          {alert.count > 1 && <span class="num muted">{m.times(alert.count)}</span>}
          {alert.is_exercise && <Chip tone="hatched">{m.exercise.word}</Chip>}
        </p>
        <p class="duty-row-more muted small">
          {[alert.entity?.name, alert.area?.name].filter(Boolean).join(' · ')}
          {alert.simulated && <Simulated short />}
        </p>
      </div>
      <div class="duty-row-end">
        <time class="num muted" dateTime={alert.first_at}>
          {time(alert.first_at)}
        </time>
        {isAway ? (
          <Chip>{alert.state === 'shelved' && alert.shelved_until ? m.shelvedUntil(time(alert.shelved_until)) : m.alertState[alert.state]}</Chip>
        ) : answersLate(alert) ? (
          <Left until={alert.respond_by} />
        ) : (
          <span class="small">{typeof alert.value === 'number' && <Value value={alert.value} unit={alert.unit} />}</span>
        )}
      </div>
    </li>
  )
}

function GroupRow({ group }: { group: Group }) {
  const m = messages.value
  const open = href('', { f: withFilter('group', group.key) })
  const ackAll = async () => {
    const body = { do: { act: 'acknowledge' }, group: group.key, seen: group.seen }
    const done = await attempt(() => send<{ items: { problem?: unknown }[] }>('POST', '/api/v1/alerts/bulk', body, { key: newKey() }))
    if (!done) return
    toast(m.group.acked(done.items.filter((each) => !each.problem).length))
    void load({ whole: true })
  }
  return (
    <li class="duty-row duty-group" data-group={group.key}>
      <AlertMark alert={{ priority: group.priority, state: group.new > 0 ? 'new' : 'acked' }} />
      <div class="duty-row-text">
        <p class="duty-row-title">
          <a href={open} title={m.group.open}>
            {named(group.title_vi, group.title_en)}
          </a>
        </p>
        <p class="duty-row-more muted small">
          {[group.area?.name, m.group.count(group.count, group.new)].filter(Boolean).join(' · ')}
        </p>
      </div>
      {group.new > 0 && <Button onClick={() => void ackAll()}>{m.group.ack}</Button>}
    </li>
  )
}

/** Load per operator against what people can bear, and what is put aside. */
function Foot() {
  const m = messages.value
  const queue = board.value?.queue
  if (!queue) return null
  const shelved = queue.counts['shelved'] ?? 0
  const until = rows.value.flatMap((alert) => (alert.state === 'shelved' && alert.shelved_until ? [alert.shelved_until] : [])).sort()[0]
  void second.value
  return (
    <p class="duty-foot muted small">
      {queue.rate && <span class="num">{m.rate(number(queue.rate.per_hour, 1), number(queue.rate.goal))}</span>}
      {shelved > 0 && (
        <a href={href('', { f: withFilter('state', 'shelved') })}>
          {m.shelvedCount(shelved)}
          {until && ` (${m.shelvedUntil(time(until))})`}
        </a>
      )}
    </p>
  )
}
