// Who did what with the project, newest first, in words; entries of the chained log.
import { useState } from 'preact/hooks'
import { get } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { useResource } from '../../api/resource'
import { Button } from '../../design/controls'
import { Loading, ProblemBox } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { dateTime } from '../../format/time'
import { project as messages } from '../../messages/project'
import { useTold } from './parts'
import { detailsOf, titleOf } from './project-entries'
import type { Described } from './project-fields'
import type { TabProps } from './project-tabs'
import type { Entry } from './project-types'

interface Page {
  items: Entry[]
  next: string | null
}

export default function LogTab({ around }: TabProps) {
  const m = messages.value.log
  const where = `${around.where}/timeline`
  const resource = useResource(where, (signal) => get<Page>(where, { limit: 50 }, signal))
  useTold(resource.reload)
  const [older, setOlder] = useState<readonly Page[]>([])
  const [problem, setProblem] = useState<Problem | null>(null)
  const pages = resource.data ? [resource.data, ...older] : []
  const next = pages[pages.length - 1]?.next ?? null
  const more = async () => {
    setProblem(null)
    try {
      const page = await get<Page>(where, { limit: 50, cursor: next })
      setOlder([...older, page])
    } catch (error) {
      setProblem(asProblem(error))
    }
  }
  const seen = new Map(pages.flatMap((page) => page.items).map((entry) => [entry.no, entry]))
  return (
    <section class="block-section" aria-label={m.title}>
      <h2>{m.title}</h2>
      {resource.problem && <ProblemBox problem={resource.problem} onRetry={resource.reload} />}
      {resource.data ? (
        <Table label={m.title} columns={columns(around.described)} rows={[...seen.values()]} rowKey={(entry) => String(entry.no)} empty={<p class="muted">{m.none}</p>} />
      ) : (
        resource.loading && <Loading />
      )}
      {problem && <ProblemBox problem={problem} />}
      {next && <Button onClick={() => void more()}>{m.more}</Button>}
    </section>
  )
}

function columns(described: Described): Column<Entry>[] {
  const m = messages.value.log
  return [
    {
      key: 'what',
      head: m.what,
      title: true,
      cell: (entry) => (
        <span class="two-lines log-entry">
          <span class="strong">{titleOf(entry, described)}</span>
          {detailsOf(entry, described).map((line) => (
            <span key={line} class="muted small broken">{line}</span>
          ))}
        </span>
      ),
    },
    { key: 'who', head: m.who, cell: (entry) => (entry.who === null || entry.who.startsWith('system:') ? <span class="muted">{m.system}</span> : entry.who) },
    { key: 'at', head: m.at, cell: (entry) => <span class="num">{dateTime(entry.at)}</span> },
  ]
}
