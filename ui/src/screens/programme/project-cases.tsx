// Cases against slow contractors, as far as the asker may see them; each opens on its own page.
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import { ProblemBox } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { named } from '../../messages/catalogue'
import { project as messages } from '../../messages/project'
import { href } from '../../router'
import { ReplyWords } from './cases-reply'
import { useTold } from './parts'
import type { Case, Project } from './project-types'

export function Cases({ project }: { project: Project }) {
  const m = messages.value.papers
  const where = '/api/v1/programme/contractor-cases'
  const resource = useResource(`${where} ${project.id}`, (signal) => get<{ items: Case[] }>(where, { project: project.id }, signal))
  useTold(resource.reload)
  const columns: Column<Case>[] = [
    { key: 'case', head: m.case, title: true, cell: (each) => <a class="strong" href={href(`/programme/cases/${each.id}`)}>{each.subject}</a> },
    { key: 'contractor', head: m.contractor, cell: (each) => `${each.contractor_name} · ${each.contract_no}` },
    {
      key: 'state',
      head: m.state,
      cell: (each) => (
        <span class="two-lines">
          <span>{named(each.state_vi, each.state_en)}</span>
          <ReplyWords found={each} />
        </span>
      ),
    },
  ]
  return (
    <section class="block-section" aria-label={m.cases}>
      <h2>{m.cases}</h2>
      {resource.problem && <ProblemBox problem={resource.problem} onRetry={resource.reload} />}
      {resource.data && <Table label={m.cases} columns={columns} rows={resource.data.items} rowKey={(each) => String(each.id)} empty={<p class="muted">{m.noCases}</p>} />}
      <p class="muted small">{m.casesNote}</p>
    </section>
  )
}
