// The frame of every page of figures: the question, programme and year, what is asked of the server, and how old it is.
import type { ComponentChildren } from 'preact'
import { get, type Query } from '../../api/client'
import { useResource } from '../../api/resource'
import { Select } from '../../design/controls'
import { Empty, Loading, ProblemBox, Simulated } from '../../design/notice'
import { date } from '../../format/time'
import { named } from '../../messages/catalogue'
import { figures } from '../../messages/programme-figures'
import { programme as messages } from '../../messages/programme'
import { go } from '../../router'
import type { Head } from './analysis-types'
import './analysis.css'
import './board.css'
import { usePrograms, useTold } from './parts'
import { asked } from './scope'
import type { Program } from './types'

interface Props<T> {
  title: string
  question: string
  /** The route below the programme: `risks`. */
  route: string
  query?: Query
  /** Filters of the page's own, beside programme and year. */
  filters?: ComponentChildren
  children: (data: T, chosen: Program, reload: () => void) => ComponentChildren
}

export function AnalysisPage<T extends Head>({ title, question, route, query = {}, filters, children }: Props<T>) {
  const m = messages.value
  const programs = usePrograms()
  const { chosen, year } = asked(programs.data?.items)
  const full = { year, ...query }
  const key = chosen ? `${chosen.id} ${route} ${JSON.stringify(full)}` : null
  const resource = useResource(key, (signal) => get<T>(`/api/v1/programme/programs/${chosen?.id}/${route}`, full, signal))
  useTold(resource.reload)
  return (
    <div class="page analysis">
      <header class="page-head">
        <div>
          <h1>{title}</h1>
          <p>
            {question} {chosen?.simulated && <Simulated short />}
          </p>
        </div>
      </header>
      {chosen && (
        <div class="programme-filters figure-filters">
          <Scope programs={programs.data?.items ?? []} chosen={chosen} year={year} />
          {filters}
        </div>
      )}
      {programs.problem && <ProblemBox problem={programs.problem} onRetry={programs.reload} />}
      {programs.data?.items.length === 0 && <Empty title={m.noPrograms} text={m.noProgramsText} />}
      {resource.problem && <ProblemBox problem={resource.problem} onRetry={resource.reload} />}
      {resource.data && chosen ? (
        <>
          {!resource.data.whole && <p class="muted">{m.part}</p>}
          {children(resource.data, chosen, resource.reload)}
          <AsOf head={resource.data} />
        </>
      ) : (
        (resource.loading || programs.loading) && <Loading />
      )}
    </div>
  )
}

function Scope({ programs, chosen, year }: { programs: readonly Program[]; chosen: Program; year: number }) {
  const m = messages.value
  const years = Array.from({ length: chosen.period_to - chosen.period_from + 1 }, (_, at) => chosen.period_to - at)
  if (!years.includes(year)) years.unshift(year)
  return (
    <>
      {programs.length > 1 && (
        <Select
          label={m.program}
          value={String(chosen.id)}
          options={programs.map((each) => ({ value: String(each.id), label: `${each.code} · ${each.name}` }))}
          onChange={(value) => go('', { program: value, year: null, sel: null, project: null }, { replace: true })}
        />
      )}
      <Select
        label={m.year}
        value={String(year)}
        options={years.map((each) => ({ value: String(each), label: String(each) }))}
        onChange={(value) => go('', { year: value, sel: null }, { replace: true })}
      />
    </>
  )
}

/** Until when the figures reach, and of what the shares are. */
export function AsOf({ head }: { head: Head }) {
  const m = figures.value
  return (
    <p class="muted small">
      {head.period > 0 ? m.asOf(date(head.as_of), head.period) : m.asOfStart(date(head.as_of))}{' '}
      {head.denominator && m.ofPlan(named(head.denominator.vi, head.denominator.en))} {head.simulated && <Simulated />}
    </p>
  )
}
