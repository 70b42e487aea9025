// Notifications that were given up: per endpoint, and one by one; looked into, and sent again after a question.
import { useState } from 'preact/hooks'
import { get, send } from '../../api/client'
import type { DeadLetter, Endpoint } from '../../api/operations'
import { usePolled } from '../../api/resource'
import { may } from '../../api/session'
import { second } from '../../api/time'
import type { Page } from '../../api/types'
import { Button } from '../../design/controls'
import { Empty, Loading, ProblemBox, toast } from '../../design/notice'
import { Split, Table, useListKeys, type Column } from '../../design/table'
import { Age } from '../../design/value'
import { number } from '../../format/number'
import { dateTime, duration } from '../../format/time'
import { useKeys } from '../../keys'
import { common } from '../../messages/common'
import { operations as messages } from '../../messages/operations'
import { go, href, param } from '../../router'
import { LetterPanel } from './letter'
import { EVERY_MS, type PartProps } from './part'
import { Confirmed, Figure, VerdictMark } from './parts'
import { endpointState } from './state'

const endpoint = param('endpoint')
const PAGE = 100

export function Letters({ head, openId }: PartProps) {
  const m = messages.value.letters
  const [size, setSize] = useState(PAGE)
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set())
  const [cursor, setCursor] = useState<string | null>(null)
  const boxes = usePolled('endpoints', EVERY_MS, (signal) =>
    get<{ items: Endpoint[] }>('/api/v1/notifications/endpoints', {}, signal),
  )
  const letters = usePolled(`letters ${endpoint.value} ${size}`, EVERY_MS, (signal) => firstOf(size, signal))
  const rows = letters.data?.items ?? []
  const standing = rows.filter((one) => chosen.has(one.no))
  const open = (no: string) => go(`/operations/letters/${no}`, kept(), { replace: openId !== null })
  const close = () => {
    setCursor(openId)
    go('/operations/letters', kept())
  }
  useListKeys(
    rows.map((one) => String(one.no)),
    openId ?? cursor,
    (no) => (openId ? open(no) : setCursor(no)),
    messages.value,
  )
  useKeys([{ press: 'Enter', shown: 'Enter', label: () => messages.value.open, run: () => cursor && open(cursor) }])

  const replay = async (which: { letters: number[] } | { endpoint: string }) => {
    const done = await send<{ replayed: number; left: number }>('POST', '/api/v1/notifications/dead/replay', which)
    setChosen(new Set())
    const left = done.left > 0 ? `; ${m.left(number(done.left))}` : ''
    toast(`${m.replayed(number(done.replayed))}${left}. ${m.watch}`)
    boxes.reload()
    letters.reload()
  }
  const opened = rows.find((one) => String(one.no) === openId)
  const problem = boxes.problem ?? letters.problem
  return (
    <Split
      panelLabel={openId ? m.letter(openId) : m.list}
      onClose={close}
      panel={
        openId &&
        (opened ? (
          <LetterPanel
            key={opened.no}
            letter={opened}
            onReplay={async () => {
              await replay({ letters: [opened.no] })
              close()
            }}
          />
        ) : (
          letters.data && <Empty title={m.gone} text={m.goneText} />
        ))
      }
      list={
        <div class="page">
          {head}
          {problem && <ProblemBox problem={problem} onRetry={letters.reload} />}
          {boxes.data && <Endpoints all={boxes.data.items} onReplay={(to) => replay({ endpoint: to })} />}
          {letters.data ? (
            <>
              {(rows.length > 0 || endpoint.value) && <ListHead />}
              {standing.length > 0 && (
                <div>
                  <Confirmed
                    label={m.replayChosen(number(standing.length))}
                    question={m.confirmMany(number(standing.length))}
                    text={m.confirmText}
                    confirm={m.confirm}
                    icon="refresh"
                    act={() => replay({ letters: standing.map((one) => one.no) })}
                  />
                </div>
              )}
              <Table
                label={m.list}
                columns={columns(rows, chosen, setChosen)}
                rows={rows}
                rowKey={(one) => String(one.no)}
                selected={openId ?? cursor}
                onOpen={(one) => open(String(one.no))}
                empty={<Empty title={endpoint.value ? m.noneHere : m.none} />}
              />
              {letters.data.next && <Button onClick={() => setSize(size + PAGE)}>{common.value.more}</Button>}
            </>
          ) : (
            letters.loading && <Loading />
          )}
          <p class="muted small">{messages.value.updated(duration(EVERY_MS / 1000))}</p>
        </div>
      }
    />
  )
}

/** The newest `size` letters, so that what is shown is always one whole and renewed as one. */
async function firstOf(size: number, signal: AbortSignal): Promise<Page<DeadLetter>> {
  const items: DeadLetter[] = []
  let cursor: string | null = null
  do {
    const query = { endpoint: endpoint.peek(), limit: Math.min(200, size - items.length), cursor }
    const page: Page<DeadLetter> = await get('/api/v1/notifications/dead', query, signal)
    items.push(...page.items)
    cursor = page.next
  } while (cursor !== null && items.length < size)
  return { items, next: cursor }
}

function kept() {
  return { endpoint: endpoint.peek() }
}

function ListHead() {
  const m = messages.value.letters
  return (
    <header class="list-head">
      <h2>{endpoint.value ? m.of(endpoint.value) : m.list}</h2>
      {endpoint.value && <a href={href('/operations/letters')}>{m.everyEndpoint}</a>}
    </header>
  )
}

function Endpoints({ all, onReplay }: { all: readonly Endpoint[]; onReplay: (endpoint: string) => Promise<void> }) {
  const m = messages.value.letters
  if (all.length === 0) {
    return (
      <p>
        <VerdictMark verdict="well" word={m.allWell} />
      </p>
    )
  }
  return (
    <section aria-label={m.endpoints} class="chain-steps">
      <h2>{m.endpoints}</h2>
      <Table label={m.endpoints} columns={endpointColumns(onReplay)} rows={all} rowKey={(one) => one.endpoint} />
    </section>
  )
}

function endpointColumns(onReplay: (endpoint: string) => Promise<void>): Column<Endpoint>[] {
  const m = messages.value.letters
  return [
    { key: 'state', head: m.column.state, cell: (one) => <VerdictMark verdict={endpointState(one, second.value)} /> },
    {
      key: 'endpoint',
      head: m.column.endpoint,
      title: true,
      cell: (one) => (
        <span class="two-lines">
          <a class="mono broken" href={href('/operations/letters', { endpoint: one.endpoint })}>
            {one.endpoint}
          </a>
          {one.error && <span class="muted small broken">{one.error}</span>}
        </span>
      ),
    },
    {
      key: 'waiting',
      head: m.column.waiting,
      numeric: true,
      wide: true,
      cell: (one) => (
        <span class="two-lines">
          <Figure value={one.waiting} />
          {one.oldest_waiting_at && (
            <span class="muted small">
              <Age at={one.oldest_waiting_at} />
            </span>
          )}
        </span>
      ),
    },
    { key: 'dead', head: m.column.dead, numeric: true, cell: (one) => <Figure value={one.dead} /> },
    {
      key: 'replay',
      head: m.replayOne,
      cell: (one) =>
        one.dead > 0 &&
        may('subscription.manage') && (
          <Confirmed
            label={m.replayAll(number(one.dead))}
            question={m.confirmAll(number(one.dead), one.endpoint)}
            text={m.confirmText}
            confirm={m.confirm}
            icon="refresh"
            act={() => onReplay(one.endpoint)}
          />
        ),
    },
  ]
}

function columns(
  rows: readonly DeadLetter[],
  chosen: ReadonlySet<number>,
  choose: (chosen: ReadonlySet<number>) => void,
): Column<DeadLetter>[] {
  const m = messages.value.letters
  const toggle = (numbers: readonly number[], on: boolean) => {
    const next = new Set(chosen)
    for (const no of numbers) (on ? next.add(no) : next.delete(no))
    choose(next)
  }
  const all = rows.length > 0 && rows.every((one) => chosen.has(one.no))
  const box: Column<DeadLetter> = {
    key: 'chosen',
    head: m.column.chosen,
    headCell: (
      <label class="box">
        <input
          type="checkbox"
          aria-label={m.chooseAll}
          checked={all}
          onChange={(event) => toggle(rows.map((one) => one.no), event.currentTarget.checked)}
        />
      </label>
    ),
    cell: (one) => (
      <label class="box">
        <input
          type="checkbox"
          aria-label={m.choose(String(one.no))}
          checked={chosen.has(one.no)}
          onChange={(event) => toggle([one.no], event.currentTarget.checked)}
        />
      </label>
    ),
  }
  return [
    ...(may('subscription.manage') ? [box] : []),
    { key: 'subscription', head: m.column.subscription, title: true, cell: (one) => <LetterName one={one} /> },
    {
      key: 'entity',
      head: m.column.entity,
      wide: true,
      cell: (one) => one.entity_id ? <span class="mono broken">{one.entity_id}</span> : <span class="muted">{m.several}</span>,
    },
    { key: 'error', head: m.column.error, cell: (one) => <span class="broken">{one.error ?? m.noReason}</span> },
    { key: 'tries', head: m.column.tries, numeric: true, cell: (one) => <Figure value={one.tries} /> },
    { key: 'dead', head: m.column.deadAt, wide: true, cell: (one) => <span class="num">{dateTime(one.dead_at)}</span> },
  ]
}

function LetterName({ one }: { one: DeadLetter }) {
  return (
    <span class="two-lines">
      <a href={href(`/operations/letters/${one.no}`, kept())}>{one.subscription_name || one.subscription}</a>
      <span class="muted small mono broken">{one.endpoint}</span>
    </span>
  )
}
