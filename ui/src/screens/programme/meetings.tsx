// Disbursement meetings of a programme: which there were, what state they are in, and preparing the next one.
import { useState } from 'preact/hooks'
import { get, newKey, send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { useResource } from '../../api/resource'
import { second } from '../../api/time'
import { Button, Field } from '../../design/controls'
import { Empty, Loading, ProblemBox, Simulated, toast } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { asField, date } from '../../format/time'
import { meeting as messages } from '../../messages/meeting'
import { go, href } from '../../router'
import type { Meeting, MeetingList } from './meeting-types'
import { usePrograms, useTold } from './parts'
import { asked } from './scope'
import './meeting.css'

type Row = MeetingList['items'][number]

export default function MeetingsPage() {
  const m = messages.value
  const programs = usePrograms()
  const { chosen } = asked(programs.data?.items)
  const list = useResource(chosen ? `meetings ${chosen.id}` : null, (signal) =>
    get<MeetingList>(`/api/v1/programme/programs/${chosen?.id}/meetings`, {}, signal),
  )
  useTold(list.reload)
  const isHidden = list.problem?.document.status === 404
  return (
    <div class="page">
      <header class="page-head">
        <div>
          <h1>{m.title}</h1>
          <p>
            {m.question} {chosen && <span class="muted">{chosen.name}</span>} {chosen?.simulated && <Simulated short />}
          </p>
        </div>
      </header>
      {isHidden && <Empty title={m.none} text={m.hidden} />}
      {list.problem && !isHidden && <ProblemBox problem={list.problem} onRetry={list.reload} />}
      {list.data ? (
        <>
          {list.data.may_prepare && <PlanForm program={list.data.program.id} />}
          <Table
            label={m.title}
            columns={columns()}
            rows={list.data.items}
            rowKey={(row) => String(row.id)}
            onOpen={(row) => go(`/programme/meetings/${row.id}`)}
            empty={<Empty title={m.none} text={m.noneText} />}
          />
        </>
      ) : (
        (list.loading || programs.loading) && <Loading />
      )}
    </div>
  )
}

function columns(): Column<Row>[] {
  const m = messages.value
  return [
    {
      key: 'meeting', head: m.column.meeting, title: true,
      cell: (row) => (
        <span class="two-lines">
          <a class="plain-link strong" href={href(`/programme/meetings/${row.id}`)}>
            {row.title}
          </a>
          <span class="muted small">{[row.number && m.number(row.number), row.owner_name].filter(Boolean).join(' · ')}</span>
        </span>
      ),
    },
    { key: 'held', head: m.column.held, cell: (row) => <span class="num nowrap">{date(row.held_on)}</span> },
    { key: 'cutoff', head: m.column.cutoff, cell: (row) => <span class="num nowrap">{date(row.cutoff)}</span> },
    { key: 'state', head: m.column.state, cell: (row) => m.states[row.state] },
    { key: 'decisions', head: m.column.decisions, numeric: true, cell: (row) => <span class="num">{row.decisions}</span> },
  ]
}

/** Day and cut-off are enough; today stands there already. */
function PlanForm({ program }: { program: number }) {
  const m = messages.value
  const today = asField(second.peek()).slice(0, 10)
  const [held, setHeld] = useState(today)
  const [cutoff, setCutoff] = useState(today)
  const [chair, setChair] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const submit = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    setProblem(null)
    try {
      const body = { held_on: held, cutoff, chair }
      const made = await send<Meeting>('POST', `/api/v1/programme/programs/${program}/meetings`, body, { key: newKey() })
      toast(m.planned(made.title))
      go(`/programme/meetings/${made.id}`)
    } catch (error) {
      setProblem(asProblem(error))
      setBusy(false)
    }
  }
  return (
    <form class="form inset meeting-plan" onSubmit={(event) => void submit(event)} aria-label={m.plan}>
      <h2>{m.plan}</h2>
      <div class="meeting-fields">
        <Field label={m.field.held} type="date" value={held} onInput={setHeld} fault={problem?.fault('held_on')} required />
        <Field label={m.field.cutoff} type="date" value={cutoff} onInput={setCutoff} fault={problem?.fault('cutoff')} required />
        <Field label={m.field.chair} value={chair} onInput={setChair} />
      </div>
      {problem && <ProblemBox problem={problem} beside={['held_on', 'cutoff']} />}
      <div class="form-foot">
        <Button type="submit" kind="primary" busy={busy}>
          {m.plan}
        </Button>
      </div>
    </form>
  )
}
