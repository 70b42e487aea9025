// A year's money on one bar: what is paid, what is foreseen with its range, and the goal. The words beside it say the same.
import { percent } from '../../format/number'
import { figures as messages } from '../../messages/programme-figures'

export interface Course {
  plan_dong: number
  paid_dong: number
  p10_dong?: number | null | undefined
  p50_dong?: number | null | undefined
  p90_dong?: number | null | undefined
  goal_dong?: number | null | undefined
}

const WIDTH = 100
const MARK = 1.4

/** Where a sum lies on the bar, in hundredths of the plan, never beyond its ends. */
export function place(dong: number, plan: number): number {
  return plan > 0 ? Math.min(WIDTH, Math.max(0, (WIDTH * dong) / plan)) : 0
}

export function courseWords({ plan_dong: plan, paid_dong, p10_dong, p50_dong, p90_dong, goal_dong }: Course): string {
  const m = messages.value.bar
  const said = (dong: number, decimals = 0) => percent(plan > 0 ? dong / plan : 0, decimals)
  if (p10_dong == null || p50_dong == null || p90_dong == null) return m.plain(said(paid_dong, 1))
  return m.label(said(paid_dong, 1), said(p10_dong), said(p50_dong), said(p90_dong), said(goal_dong ?? plan))
}

export function CourseBar({ course }: { course: Course }) {
  const { plan_dong: plan, paid_dong, p10_dong, p50_dong, p90_dong, goal_dong } = course
  if (plan <= 0) return null
  const paid = place(paid_dong, plan)
  const foreseen = p10_dong != null && p50_dong != null && p90_dong != null
  return (
    <svg class="course-bar" viewBox={`0 0 ${WIDTH} 14`} preserveAspectRatio="none" role="img" aria-label={courseWords(course)}>
      <rect class="course-track" x="0" y="4" width={WIDTH} height="6" />
      {foreseen && <rect class="course-band" x={place(p10_dong, plan)} y="2" width={Math.max(MARK, place(p90_dong, plan) - place(p10_dong, plan))} height="10" />}
      <rect class="course-paid" x="0" y="4" width={paid} height="6" />
      {foreseen && <rect class="course-mid" x={Math.min(WIDTH - MARK, Math.max(0, place(p50_dong, plan) - MARK / 2))} y="0" width={MARK} height="14" />}
      {goal_dong != null && <path class="course-goal" d={`M${place(goal_dong, plan)} 0v14`} />}
    </svg>
  )
}
