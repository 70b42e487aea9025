// The shift: who has it, what is handed over, and the signatures of both sides.
import { useState } from 'preact/hooks'
import { get, newKey, send } from '../../api/client'
import { usePolled, useResource } from '../../api/resource'
import { may, me } from '../../api/session'
import { Button, Field, Select } from '../../design/controls'
import { Chip } from '../../design/mark'
import { Empty, Loading, ProblemBox, toast } from '../../design/notice'
import { dateTime, time } from '../../format/time'
import { named } from '../../messages/catalogue'
import { duty as messages } from '../../messages/duty'
import { href } from '../../router'
import { ActFrame, Refused } from './act-form'
import { attempt, busy, form } from './doing'
import type { Ref } from './types'

interface Item {
  id?: number | string
  code?: string
  title?: string
  title_vi?: string
  title_en?: string
  name?: string
  priority?: number
  severity?: number
  [fact: string]: unknown
}

export interface Handover {
  id: number
  version: number
  made_at: string
  outgoing: Ref
  incoming: Ref
  outgoing_signed_at: string | null
  incoming_signed_at: string | null
  note: string
  items: Record<string, Item[]>
}

interface Current {
  shift: { id: number; org: Ref; lead: Ref; started_at: string } | null
  handover: Handover | null
  /** What would be handed over if it were drawn up now. */
  items?: Record<string, Item[]>
  people?: Ref[]
}

const REFRESH_MS = 30_000
const URL = '/api/v1/shifts'

export function ShiftView() {
  const m = messages.value.shift
  const resource = usePolled('shift', REFRESH_MS, (signal) => get<Current>(`${URL}/current`, {}, signal))
  if (resource.problem && !resource.data) return <ProblemBox problem={resource.problem} onRetry={resource.reload} />
  if (!resource.data) return <Loading />
  const { shift, handover, items } = resource.data
  return (
    <section class="duty-shift" aria-label={m.current}>
      {shift ? (
        <p>
          <span class="strong">{shift.org.name}</span> · {m.lead}: {shift.lead.name} <span class="muted">{m.since(dateTime(shift.started_at))}</span>
        </p>
      ) : (
        <Empty title={m.none} />
      )}
      <Refused onReload={resource.reload} beside={['incoming']} />
      {!handover && shift && may('shift.work') && (
        <p>
          <Button expanded={form.value === 'handover'} onClick={() => (form.value = form.value === 'handover' ? null : 'handover')}>
            {m.begin}
          </Button>
        </p>
      )}
      {form.value === 'handover' && !handover && <Begin onMade={resource.reload} />}
      {handover ? <Sheet handover={handover} onSigned={resource.reload} /> : items && <Lists items={items} />}
    </section>
  )
}

function Begin({ onMade }: { onMade: () => void }) {
  const m = messages.value.shift
  const [incoming, setIncoming] = useState('')
  const [note, setNote] = useState('')
  const people = useResource('shift people', (signal) => get<{ items: { id: number; display_name?: string; name?: string }[] }>(`${URL}/people`, {}, signal))
  const options = (people.data?.items ?? [])
    .filter(({ id }) => id !== me.value?.account.id)
    .map((each) => ({ value: String(each.id), label: each.name ?? each.display_name ?? String(each.id) }))
  const submit = async () => {
    if (!incoming) return
    if (!(await attempt(() => send('POST', `${URL}/handover`, { incoming: Number(incoming), note: note.trim() }, { key: newKey() })))) return
    form.value = null
    toast(m.made)
    onMade()
  }
  return (
    <ActFrame label={m.begin} onSubmit={() => void submit()}>
      <Select label={m.incoming} value={incoming} options={[{ value: '', label: '—' }, ...options]} onChange={setIncoming} />
      <Field label={m.note} value={note} onInput={setNote} lines={2} />
    </ActFrame>
  )
}

/** What both sign: as it was listed when it was drawn up. */
function Sheet({ handover, onSigned }: { handover: Handover; onSigned: () => void }) {
  const m = messages.value.shift
  const mine = me.value?.account.id
  const sign = async () => {
    const url = `${URL}/handover/${handover.id}/sign`
    if (!(await attempt(() => send('POST', url, {}, { version: handover.version, key: newKey() })))) return
    toast(m.signed)
    onSigned()
  }
  const sides = [
    { who: handover.outgoing, at: handover.outgoing_signed_at, signed: m.outgoingSigned, waits: m.waitingOutgoing, sign: m.signOutgoing },
    { who: handover.incoming, at: handover.incoming_signed_at, signed: m.incomingSigned, waits: m.waitingIncoming, sign: m.signIncoming },
  ]
  return (
    <section class="duty-sheet" aria-label={m.sheet}>
      <h2>
        {m.sheet} <span class="muted num">{dateTime(handover.made_at)}</span>
      </h2>
      <ul>
        {sides.map((side) => (
          <li key={side.sign}>
            {side.at ? side.signed(side.who.name, time(side.at)) : `${side.waits}: ${side.who.name}`}{' '}
            {!side.at && side.who.id === mine && (
              <Button kind="primary" busy={busy.value} onClick={() => void sign()}>
                {side.sign}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {handover.note && <p class="duty-text">{handover.note}</p>}
      <Lists items={handover.items} />
    </section>
  )
}

function Lists({ items }: { items: Record<string, Item[]> }) {
  const m = messages.value.shift
  const words = m.lists as Record<string, string>
  return (
    <div class="duty-sheet">
      {Object.entries(items)
        .filter(([, list]) => Array.isArray(list))
        .map(([name, list]) => (
          <section key={name}>
            <h3>
              {words[name] ?? name} <Chip>{list.length}</Chip>
            </h3>
            {list.length === 0 && <p class="muted">{m.nothing}</p>}
            <ul>
              {list.map((item, index) => (
                <li key={item.id ?? index}>
                  <ItemLine name={name} item={item} />
                </li>
              ))}
            </ul>
          </section>
        ))}
    </div>
  )
}

function ItemLine({ name, item }: { name: string; item: Item }) {
  const text = [item.code, item.title ?? named(item.title_vi, item.title_en), item.name].filter(Boolean).join(' ')
  const to =
    name === 'incidents'
      ? href('', { sel: `incident:${item.id}` })
      : ['alerts', 'unacknowledged', 'shelved'].includes(name)
        ? href('', { sel: `alert:${item.id}` })
        : name === 'feeds'
          ? href(`/feeds/${item.name}`)
          : null
  return to ? <a href={to}>{text}</a> : <span>{text}</span>
}
