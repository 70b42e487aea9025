// Small parts that the pages of figures share.
import type { ComponentChildren } from 'preact'
import { Mark } from '../../design/mark'
import { bigDong } from '../../format/money'
import { percent } from '../../format/number'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { figures as messages } from '../../messages/programme-figures'
import { programme } from '../../messages/programme'
import { href } from '../../router'
import type { Named, Party, Words } from './analysis-types'
import { CourseBar, type Course } from './board-bar'
import { Sum } from './parts'
import { within } from './scope'

/** A project by its name, and below it whose it is. */
export function ProjectName({ project, owner }: { project: Named; owner?: Party | null | undefined }) {
  const whose = owner ?? project.owner
  return (
    <span class="two-lines">
      <a class="plain-link strong" href={href(`/programme/projects/${project.id}`)}>
        {project.name}
      </a>
      <span class="muted small">
        {project.public_id && <span class="num">{project.public_id}</span>}
        {project.public_id && whose && ' · '}
        {whose && (
          <a class="plain-link" href={within(`/programme/owner/${whose.id}`)}>
            {whose.name}
          </a>
        )}
      </span>
    </span>
  )
}

/** What is foreseen of a year in words over its bar; what cannot be foreseen says so. */
export function CourseCell({ course }: { course: Course }) {
  const m = programme.value
  const { plan_dong: plan, p10_dong: low, p50_dong: middle, p90_dong: high } = course
  if (plan <= 0) return <span class="muted">{common.value.none}</span>
  const said = (dong: number) => percent(dong / plan, 0)
  const known = low != null && middle != null && high != null
  return (
    <span class="two-lines">
      <span class={known ? 'num nowrap' : 'muted small'}>{known ? m.forecastWords(said(low), said(middle), said(high)) : m.noHistory}</span>
      <CourseBar course={course} />
    </span>
  )
}

/** What is paid, its share, and below it of which plan. */
export function PaidOfPlan({ paid, plan, children }: { paid: number; plan: number; children?: ComponentChildren }) {
  const m = messages.value
  return (
    <span class="two-lines">
      <span class="nowrap">
        <Sum dong={paid} /> {plan > 0 && <span class="muted small num">({percent(paid / plan)})</span>}
      </span>
      <span class="muted small nowrap">{m.ofDong(bigDong(plan))}</span>
      {children}
    </span>
  )
}

/** The task that deals with something, or the sign that there is none. */
export function TaskLink({ id }: { id: number | null | undefined }) {
  const m = messages.value
  if (id == null) return <span class="muted">{m.noTask}</span>
  return (
    <a class="num" href={href(`/tasks/${id}`)} aria-label={`${m.openTask} ${id}`}>
      #{id}
    </a>
  )
}

export function Reasons({ list, most }: { list: readonly Words[]; most?: number }) {
  if (list.length === 0) return <span class="muted small">{messages.value.risks.noReason}</span>
  const shown = most ? list.slice(0, most) : list
  return (
    <ul class="reasons">
      {shown.map((each) => (
        <li key={each.code ?? each.vi} class="small">
          {named(each.vi, each.en)}
        </li>
      ))}
      {shown.length < list.length && <li class="small muted num">+{list.length - shown.length}</li>}
    </ul>
  )
}

/** The sentence over a list: how many, how much. In order it is a grey tick. */
export function Summary({ calm, children }: { calm?: boolean; children: ComponentChildren }) {
  return (
    <p class="summary">
      <Mark shape={calm ? 'none' : 'triangle'} sign={calm ? '✓' : '!'} tone={calm ? 'quiet' : 'p2'} />
      <span>{children}</span>
    </p>
  )
}

/** Something that must be known before the figures below are used. */
export function Note({ children }: { children: ComponentChildren }) {
  return (
    <p class="note">
      <Mark shape="circle" sign="i" tone="quiet" />
      <span>{children}</span>
    </p>
  )
}
