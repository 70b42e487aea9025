// Flags of one project: what each asks, what raised it, and the task that follows it up.
import { useState } from 'preact/hooks'
import { get, send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { useResource, type Resource } from '../../api/resource'
import { may } from '../../api/session'
import { Button } from '../../design/controls'
import { Mark } from '../../design/mark'
import { Loading, ProblemBox, toast } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { date } from '../../format/time'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { project as messages } from '../../messages/project'
import { href } from '../../router'
import { useTold } from './parts'
import type { Flag, Project } from './project-types'

export interface Flags {
  items: Flag[]
  groups: { group: string; vi: string; en: string }[]
}

export function useFlags(project: Project, year: number): Resource<Flags> {
  const where = `/api/v1/programme/programs/${project.program_id}/flags`
  const resource = useResource(`${where} ${project.id} ${year}`, (signal) => get<Flags>(where, { year, project: project.id }, signal))
  useTold(resource.reload)
  return resource
}

export function FlagsSection({ project, year }: { project: Project; year: number }) {
  const m = messages.value.contracts
  const flags = useFlags(project, year)
  return (
    <section class="block-section" aria-label={m.flags}>
      <h2>{m.flags}</h2>
      {flags.problem && <ProblemBox problem={flags.problem} onRetry={flags.reload} />}
      {flags.data ? (
        <>
          <Table label={m.flags} columns={columns(project, year, flags)} rows={flags.data.items} rowKey={(flag) => flag.code} empty={<p class="muted">✓ {m.noFlags}</p>} />
          <p class="muted small">{m.flagsNote}</p>
        </>
      ) : (
        flags.loading && <Loading />
      )}
    </section>
  )
}

function columns(project: Project, year: number, flags: Resource<Flags>): Column<Flag>[] {
  const m = messages.value.contracts
  const groups = new Map((flags.data?.groups ?? []).map((each) => [each.group, named(each.vi, each.en)]))
  return [
    {
      key: 'flag',
      head: m.flag,
      title: true,
      cell: (flag) => (
        <span class="flag">
          <Mark shape="diamond" sign="?" tone="quiet" />
          <span class="two-lines">
            <span class="strong">{named(flag.vi, flag.en)}</span>
            <span class="muted small">
              {groups.get(flag.group)} · <span class="mono">{flag.code}</span>
            </span>
          </span>
        </span>
      ),
    },
    {
      key: 'found',
      head: m.found,
      cell: (flag) => (
        <span class="two-lines">
          <span>{named(flag.found.vi, flag.found.en)}</span>
          {flag.found.evidence.length > 0 && <span class="muted small broken">{flag.found.evidence.join(' · ')}</span>}
        </span>
      ),
    },
    { key: 'since', head: m.since, cell: (flag) => (flag.since ? <span class="num">{date(flag.since)}</span> : <span class="muted">{common.value.none}</span>) },
    { key: 'task', head: m.task, cell: (flag) => <FollowUp flag={flag} project={project} year={year} onMade={flags.reload} /> },
  ]
}

/** The task that follows a flag up; who watches over the programme gives one from here. */
function FollowUp({ flag, project, year, onMade }: { flag: Flag; project: Project; year: number; onMade: () => void }) {
  const m = messages.value.contracts
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  if (flag.task_id !== null) return <a href={href(`/tasks/${flag.task_id}`)}>#{flag.task_id}</a>
  if (!may('programme.oversee')) return <span class="muted">{common.value.none}</span>
  const give = async () => {
    setBusy(true)
    setProblem(null)
    try {
      await send('POST', `/api/v1/programme/programs/${project.program_id}/flags/follow-up`, { project: project.id, code: flag.code, year })
      toast(m.followed)
      onMade()
    } catch (error) {
      setProblem(asProblem(error))
    }
    setBusy(false)
  }
  return (
    <span class="two-lines">
      <Button busy={busy} onClick={() => void give()} label={`${m.followUp}: ${named(flag.vi, flag.en)}`}>
        {m.followUp}
      </Button>
      {problem && <ProblemBox problem={problem} />}
    </span>
  )
}
