// What others have sent, what became of it, and how the following of their feeds goes.
import { useState } from 'preact/hooks'
import { get, upload } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { useResource } from '../../api/resource'
import { may } from '../../api/session'
import { Button } from '../../design/controls'
import { Chip } from '../../design/mark'
import { Empty, Loading, ProblemBox, toast } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { dateTime } from '../../format/time'
import { common } from '../../messages/common'
import { warnings as messages } from '../../messages/warnings'
import type { Choices, Received, Source } from './types'
import { said, SeverityMark } from './words'

interface Answer {
  items: Received[]
  next: string | null
  sources: Source[]
}

const PATH = '/api/v1/warnings/received'

export function ReceivedList({ choices }: { choices: Choices | undefined }) {
  const m = messages.value.received
  const resource = useResource('received', (signal) => get<Answer>(PATH, { limit: 50 }, signal))
  const loadMore = async () => {
    const page = await get<Answer>(PATH, { limit: 50, cursor: resource.data?.next })
    resource.put((data) => ({ ...data, items: [...data.items, ...page.items], next: page.next }))
  }
  if (resource.problem && !resource.data) return <ProblemBox problem={resource.problem} onRetry={resource.reload} />
  if (!resource.data) return <Loading />
  return (
    <>
      {may('warning.write') && <Take onTaken={resource.reload} />}
      {resource.data.sources.length > 0 && (
        <section>
          <h2>{m.sources}</h2>
          <ul class="warning-list">
            {resource.data.sources.map((source) => (
              <li key={source.url}>
                <span class="mono">{source.url}</span>{' '}
                <span class="muted">{source.last_ok_at ? m.ok(dateTime(source.last_ok_at)) : m.never}</span>
                {source.problem && <p class="strong">{source.problem}</p>}
              </li>
            ))}
          </ul>
        </section>
      )}
      <Table
        label={m.title}
        columns={columns(choices)}
        rows={resource.data.items}
        rowKey={(row) => String(row.id)}
        empty={<Empty title={m.none} text={m.noneText} />}
      />
      {resource.data.next && <Button onClick={() => void loadMore()}>{common.value.more}</Button>}
    </>
  )
}

function columns(choices: Choices | undefined): Column<Received>[] {
  const m = messages.value
  return [
    {
      key: 'headline',
      head: m.column.headline,
      title: true,
      cell: (row) => (
        <span class="warning-name">
          {row.severity && <SeverityMark severity={row.severity} label={said(choices, 'severity', row.severity)} />}
          <span class="two-lines">
            <span class="strong">{row.headline || row.identifier}</span>
            <span class="muted small num">{[row.identifier, dateTime(row.sent)].join(' · ')}</span>
          </span>
        </span>
      ),
    },
    { key: 'from', head: m.column.from, cell: (row) => row.sender },
    { key: 'areas', head: m.column.areas, wide: true, cell: (row) => row.areas.join('; ') || common.value.none },
    {
      key: 'outcome',
      head: m.column.outcome,
      cell: (row) => (
        <span class="two-lines">
          <Chip>{m.received.outcome[row.outcome]}</Chip>
          <span class="muted small">{row.why}</span>
        </span>
      ),
    },
  ]
}

function Take({ onTaken }: { onTaken: () => void }) {
  const m = messages.value.received
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const take = async (file: File) => {
    setBusy(true)
    setProblem(null)
    try {
      const taken = await upload<{ headline: string; identifier: string }>(PATH, file)
      toast(m.taken(taken.headline || taken.identifier))
      onTaken()
    } catch (error) {
      setProblem(asProblem(error))
    }
    setBusy(false)
  }
  return (
    <>
      <label class="field warning-file">
        <span class="strong">{m.take}</span>
        <input
          type="file"
          accept=".xml,.cap"
          disabled={busy}
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? []
            event.currentTarget.value = ''
            if (file) void take(file)
          }}
        />
      </label>
      {problem && <ProblemBox problem={problem} />}
    </>
  )
}
