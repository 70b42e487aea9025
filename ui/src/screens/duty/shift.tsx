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
import { common } from '../../messages/common'
import { duty as messages } from '../../messages/duty'
import { href } from '../../router'
import { ActFrame, Refused } from './act-form'
import { attempt, busy, form, refused } from './doing'
import { load } from './store'
import type { Ref, Shifts } from './types'

/** One line of a sheet; which facts it has depends on the list that it stands in. */
interface Item {
  id?: number | string
  code?: string
  title?: string
  title_vi?: string
  title_en?: string
  vi?: string
  en?: string
  name?: string
  [fact: string]: unknown
}

type Side = Ref & { signed_at: string | null }

interface Handover {
  id: number
  version: number
  state: 'unsigned' | 'signed' | 'withdrawn'
  late: boolean
  org: Ref
  outgoing: Side
  incoming: Side
  made_at: string
  note: string
  items: Record<string, Item[]>
  acts: string[]
}

const REFRESH_MS = 30_000
const URL = '/api/v1/shifts'

export function ShiftView() {
  const m = messages.value.shift
  const resource = usePolled('shift', REFRESH_MS, (signal) => get<Shifts>(`${URL}/current`, {}, signal))
  if (resource.problem && !resource.data) return <ProblemBox problem={resource.problem} onRetry={resource.reload} />
  if (!resource.data) return <Loading />
  const { items, unsigned } = resource.data
  const changed = () => {
    resource.reload()
    void load()
  }
  const begin = async () => {
    if (await attempt(() => send('POST', URL, {}, { key: newKey() }))) changed()
  }
  return (
    <section class="duty-shift" aria-label={m.current}>
      {items.map((shift) => (
        <p key={shift.id}>
          <span class="strong">{shift.org.name}</span> · {m.lead}: {shift.lead.name} <span class="muted">{m.since(dateTime(shift.started_at))}</span>
        </p>
      ))}
      {items.length === 0 && <Empty title={m.none} />}
      <Refused onReload={changed} beside={['incoming']} />
      {may('shift.work') && (
        <div class="duty-acts">
          {!items.some(({ org }) => org.id === me.value?.account.org_id) && (
            <Button busy={busy.value} onClick={() => void begin()}>
              {m.take}
            </Button>
          )}
          {items.some(({ mine }) => mine) && unsigned.length === 0 && (
            <Button expanded={form.value === 'handover'} onClick={() => (form.value = form.value === 'handover' ? null : 'handover')}>
              {m.begin}
            </Button>
          )}
        </div>
      )}
      {form.value === 'handover' && unsigned.length === 0 && <Begin onMade={changed} />}
      {unsigned.map(({ id }) => (
        <Sheet key={id} id={id} onSigned={changed} />
      ))}
    </section>
  )
}

function Begin({ onMade }: { onMade: () => void }) {
  const m = messages.value.shift
  const [incoming, setIncoming] = useState('')
  const [note, setNote] = useState('')
  const people = useResource('shift people', (signal) => get<{ items: Ref[] }>(`${URL}/people`, {}, signal))
  const options = (people.data?.items ?? []).filter(({ id }) => id !== me.value?.account.id).map(({ id, name }) => ({ value: String(id), label: name }))
  const submit = async () => {
    if (!incoming) return
    if (!(await attempt(() => send('POST', `${URL}/handover`, { incoming: Number(incoming), note: note.trim() }, { key: newKey() })))) return
    form.value = null
    toast(m.made)
    onMade()
  }
  return (
    <ActFrame label={m.begin} onSubmit={() => void submit()}>
      <Select
        label={m.incoming}
        value={incoming}
        options={[{ value: '', label: common.value.none }, ...options]}
        fault={refused.value?.fault('incoming')}
        onChange={setIncoming}
      />
      <Field label={m.note} value={note} onInput={setNote} lines={2} />
    </ActFrame>
  )
}

/** What both sign: as it was listed when it was drawn up. */
function Sheet({ id, onSigned }: { id: number; onSigned: () => void }) {
  const m = messages.value.shift
  const url = `${URL}/handover/${id}`
  const resource = useResource(url, (signal) => get<Handover>(url, {}, signal))
  const handover = resource.data
  if (!handover) return resource.problem ? <ProblemBox problem={resource.problem} onRetry={resource.reload} /> : <Loading />
  const sign = async () => {
    const after = await attempt(() => send<Handover>('POST', `${url}/sign`, undefined, { version: handover.version, key: newKey() }))
    if (!after) return
    toast(m.signed)
    resource.put(() => after)
    onSigned()
  }
  const sides = [
    { ...handover.outgoing, signed: m.outgoingSigned, waits: m.waitingOutgoing, sign: m.signOutgoing },
    { ...handover.incoming, signed: m.incomingSigned, waits: m.waitingIncoming, sign: m.signIncoming },
  ]
  const mine = me.value?.account.id
  return (
    <section class="duty-sheet" aria-label={m.sheet}>
      <h2>
        {m.sheet} <span class="muted num">{dateTime(handover.made_at)}</span> {handover.late && <Chip tone="hatched">{m.unsigned}</Chip>}
      </h2>
      <ul>
        {sides.map((side) => (
          <li key={side.sign}>
            {side.signed_at ? side.signed(side.name, time(side.signed_at)) : `${side.waits}: ${side.name}`}{' '}
            {side.id === mine && handover.acts.includes('sign') && (
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
  const text = [item.code, item.title ?? named(item.title_vi ?? item.vi, item.title_en ?? item.en), item.name].filter(Boolean).join(' ')
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
