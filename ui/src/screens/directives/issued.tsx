// What was issued from a document: each directive with the state of its tasks, a link to following it.
import { ClockWords } from '../../tasks/marks'
import { Chip } from '../../design/mark'
import { listed } from '../../format/fold'
import { number } from '../../format/number'
import { directives as messages } from '../../messages/directives'
import { tasks as taskWords } from '../../messages/tasks'
import { href } from '../../router'
import type { Directive, DirectiveDocument, DirectiveTask } from './types'

export function IssuedList({ document }: { document: DirectiveDocument }) {
  const m = messages.value
  return (
    <section class="issued" aria-label={m.confirm.issuedTitle}>
      <h2>
        {m.confirm.issuedTitle} <span class="muted num">{number(document.directives.length)}</span>
      </h2>
      <ol>
        {document.directives.map((each) => (
          <li key={each.id}>
            <a class="plain-link clamp" href={href(`/directives/${each.id}`)}>
              <span class="num">{each.no}.</span> {each.text}
            </a>
            <p class="issued-line small">
              <span class="strong">{leads(each)}</span>
              <span class="num">{m.directive.tasksOf(each.done, each.of)}</span>
              <Worst tasks={each.tasks} />
            </p>
          </li>
        ))}
      </ol>
    </section>
  )
}

const MANY = 3

/** The leads by name, many of them by their count. */
export function leads(directive: Directive): string {
  const names = directive.lead.map(({ name }) => name)
  if (names.length <= MANY) return listed(names)
  return `${names.slice(0, MANY - 1).join(', ')} ${messages.value.list.more(names.length - MANY + 1)}`
}

const ORDER = ['overdue', 'due_soon', 'awaiting_verdict', 'in_time', 'no_due', 'done_late', 'done_on_time']

/** The task that stands worst, in words; where all are alike, how they stand. */
export function Worst({ tasks }: { tasks: readonly DirectiveTask[] }) {
  const found = worstOf(tasks)
  if (!found) return null
  return found.timeliness ? <ClockWords task={found} /> : <Chip>{taskWords.value.state[found.state]}</Chip>
}

export function worstOf(tasks: readonly DirectiveTask[]): DirectiveTask | null {
  const rank = (task: DirectiveTask) => {
    const place = ORDER.indexOf(task.timeliness ?? '')
    return place < 0 ? ORDER.length : place
  }
  return [...tasks].sort((a, b) => rank(a) - rank(b) || b.days_late - a.days_late)[0] ?? null
}
