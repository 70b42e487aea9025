// What a chairman wants to know of a project before anything else: status, money against which plan, where the year may
// end, and what asks for attention.
import type { ComponentChildren } from 'preact'
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import { Button } from '../../design/controls'
import { Chip, Mark } from '../../design/mark'
import { Simulated } from '../../design/notice'
import { bigDong } from '../../format/money'
import { number, percent } from '../../format/number'
import { date } from '../../format/time'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { programme } from '../../messages/programme'
import { project as messages } from '../../messages/project'
import { go, href } from '../../router'
import { Sum, useTold } from './parts'
import { useFlags } from './project-flags'
import { available } from './project-ledger'
import { form, openForm } from './project-records'
import type { Curve, Project } from './project-types'

export function Head({ project, year, years }: { project: Project; year: number; years: readonly number[] }) {
  const m = messages.value
  const group = project.project_group
  return (
    <header class="project-head">
      <div class="page-head">
        <div>
          <h1>{project.name}</h1>
          <p>
            <span class="num">{project.public_id}</span> ·{' '}
            <a href={href(`/programme/owner/${project.owner_org}`, { year: String(year) })}>{project.owner_name || project.owner.name}</a> ·{' '}
            {programme.value.statuses[project.status]} {project.project_phase && <Chip>{programme.value.phases[project.project_phase]}</Chip>}{' '}
            {group && <Chip>{group === 'national' ? m.head.national : m.head.group(group)}</Chip>} {project.simulated && <Simulated short />}
          </p>
        </div>
        <div class="page-tools">
          <YearChoice year={year} years={years} />
          {project.may.edit && (
            <Button expanded={form.value === 'project'} onClick={() => openForm(form.value === 'project' ? null : 'project')}>
              {m.edit}
            </Button>
          )}
          <a class="button" href={href('/programme', { program: String(project.program_id), year: String(year) })}>
            {m.back}
          </a>
        </div>
      </div>
      <Facts project={project} />
      <dl class="figures head-figures" aria-label={m.head.label}>
        <TotalFigure project={project} />
        <PlanFigure project={project} year={year} />
        <PaidFigure project={project} year={year} />
        <ForecastFigure project={project} year={year} />
      </dl>
      <Attention project={project} year={year} />
    </header>
  )
}

function Facts({ project }: { project: Project }) {
  const m = messages.value.head
  const days = [project.start_on, project.finish_on].map((day) => (day ? date(day) : '…')).join(' – ')
  const facts = [
    [m.deciding, project.deciding?.name],
    [m.place, project.place],
    [m.time, project.time_text || (project.start_on || project.finish_on ? days : '')],
    [m.capacity, project.capacity],
  ] as const
  const said = facts.filter(([, value]) => value)
  if (said.length === 0) return null
  return (
    <p class="muted head-facts">
      {said.map(([label, value]) => (
        <span key={label}>
          {label}: <span class="head-fact">{value}</span>
        </span>
      ))}
    </p>
  )
}

const YEARS_SHOWN = 4

function YearChoice({ year, years }: { year: number; years: readonly number[] }) {
  const m = messages.value.head
  const shown = years.slice(0, YEARS_SHOWN)
  return (
    <nav class="segments head-years" aria-label={m.year}>
      {shown.map((each) => (
        <a key={each} class="segment num" href={href('', { year: String(each) })} aria-current={each === year ? 'true' : undefined}>
          {String(each)}
        </a>
      ))}
      {years.length > shown.length && (
        <select class="head-more" aria-label={m.year} value={shown.includes(year) ? '' : String(year)} onChange={(event) => event.currentTarget.value && go('', { year: event.currentTarget.value })}>
          <option value="">…</option>
          {years.slice(shown.length).map((each) => (
            <option key={each} value={String(each)}>{String(each)}</option>
          ))}
        </select>
      )}
    </nav>
  )
}

function Figure({ label, value, children }: { label: string; value: ComponentChildren; children?: ComponentChildren }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
      {children && <dd class="figure-more">{children}</dd>}
    </div>
  )
}

function TotalFigure({ project }: { project: Project }) {
  const m = messages.value.head
  const by = (each: Project['totals'][number]) => m.by(each.doc_number, date(each.signed_on))
  return (
    <Figure label={m.total} value={<Sum dong={project.total_dong} />}>
      {project.totals.length === 0 ? (
        <p>{m.noTotal}</p>
      ) : (
        project.totals.map((each, at) => (
          <p key={each.id}>
            {at === 0 ? m.approved(bigDong(each.amount_dong), by(each)) : m.adjusted(bigDong(each.amount_dong), by(each))}
            {at > 0 && each.reason && <span class="block">{each.reason}</span>}
          </p>
        ))
      )}
    </Figure>
  )
}

function useCurve(project: Project, year: number): Curve | undefined {
  const where = `/api/v1/programme/projects/${project.id}/curve`
  const resource = useResource(`${where} ${year}`, (signal) => get<Curve>(where, { year }, signal))
  useTold(resource.reload)
  return resource.data
}

/** As first assigned and as it stands, side by side, each with its day; below them the decision that holds. */
function PlanFigure({ project, year }: { project: Project; year: number }) {
  const m = messages.value.head
  const curve = useCurve(project, year)
  const { plan_dong: plan, initial_on: initialOn } = project.money
  const decision = curve?.plan.decision
  const dated = (word: string, day: string | null | undefined) => (day ? `${word}, ${date(day)}` : word)
  const side = (amount: number | null | undefined, words: string) => (
    <span>
      <Sum dong={amount} />
      <span class="figure-small">{amount == null ? m.noPlan : words}</span>
    </span>
  )
  return (
    <Figure
      label={m.plan(year)}
      value={
        <span class="side-by-side">
          {side(plan['council_initial'], dated(m.initial, initialOn))}
          {side(plan['annual'], dated(m.current, curve?.plan.current_from ?? decision?.signed_on))}
        </span>
      }
    >
      {plan['carry_over'] ? <p>{m.withCarried(bigDong(plan['carry_over']))}</p> : null}
      {decision && <p>{m.byDecision(m.by(decision.doc_number, date(decision.signed_on)))}</p>}
    </Figure>
  )
}

/** The shares that a reader looks for: of the plan with what was carried over, where there is any, and of the plan alone. */
function shownRatios({ money }: Project): Project['money']['ratios'] {
  const kinds = money.plan_dong['carry_over'] ? ['annual_with_carry_over', 'annual', 'carry_over'] : ['annual']
  return kinds.flatMap((kind) => money.ratios.find(({ denominator_kind }) => denominator_kind === kind) ?? [])
}

function PaidFigure({ project, year }: { project: Project; year: number }) {
  const m = messages.value.head
  const { money } = project
  const ratios = shownRatios(project).filter(({ value }) => value !== null)
  return (
    <Figure label={m.paid(year)} value={<Sum dong={money.disbursed.total_dong} />}>
      {ratios.map((each) => (
        <p key={each.denominator_kind}>{m.share(percent(each.value ?? 0), named(each.denominator_vi, each.denominator_en), bigDong(each.denominator_dong))}</p>
      ))}
      {ratios.length === 0 && <p>{m.noShare}</p>}
      <p>{m.cutoff(date(money.cutoff))}</p>
    </Figure>
  )
}

function ForecastFigure({ project, year }: { project: Project; year: number }) {
  const m = messages.value.head
  const curve = useCurve(project, year)
  const label = m.forecast(date(`${year + 1}-01-31`))
  if (!curve) return <Figure label={label} value={<span class="muted">{common.value.none}</span>} />
  const { p10_dong: low, p50_dong: mid, p90_dong: high, past_error_points: error } = curve.forecast
  const plan = available(curve.plan)
  if (low === null || mid === null || high === null || !plan) {
    const why = named(curve.forecast.reason_vi, curve.forecast.reason_en)
    return <Figure label={label} value={<span class="muted">{m.noForecast}</span>}>{why && <p>{why}</p>}</Figure>
  }
  const share = (dong: number) => percent(dong / plan, 0)
  const name = named(curve.forecast.method_vi, curve.forecast.method_en)
  return (
    <Figure label={label} value={<span>{m.forecastWords(share(mid), share(low), share(high))}</span>}>
      <p>{plan === curve.plan.current_dong ? m.forecastOf(bigDong(plan)) : m.forecastOfWhole(bigDong(plan))}</p>
      <p>{m.forecastAmount(bigDong(mid), bigDong(low), bigDong(high))}</p>
      <p class={mid < plan * curve.goal_share ? 'ask' : ''}>
        {mid < plan * curve.goal_share && <Mark shape="circle" sign="↓" tone="p3" />}
        <span>{m.goal(percent(curve.goal_share, 0))}</span>
      </p>
      <p>{error === null ? m.methodOnly(name) : m.method(name, number(error, 1))}</p>
    </Figure>
  )
}

/** What asks for attention: the first flags in words; the whole list is one press away. */
function Attention({ project, year }: { project: Project; year: number }) {
  const m = messages.value.head
  const flags = useFlags(project, year)
  if (!flags.data) return null
  const { items } = flags.data
  if (items.length === 0) return <p class="muted">✓ {m.noFlags}</p>
  return (
    <p class="attention">
      <a class="strong" href={href('', { tab: 'contracts', form: null })}>{m.flags(items.length)}</a>
      {items.slice(0, 4).map((flag) => (
        <span key={flag.code} class="chip" title={named(flag.found.vi, flag.found.en)}>{named(flag.vi, flag.en)}</span>
      ))}
    </p>
  )
}
