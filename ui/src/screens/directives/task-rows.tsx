// The tasks of a directive, each with what can be done with it now: reporting, extension, evidence, verdict, without leaving.
import { useState } from 'preact/hooks'
import { get, upload } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { useResource } from '../../api/resource'
import { Button } from '../../design/controls'
import { Chip } from '../../design/mark'
import { Loading, ProblemBox, toast } from '../../design/notice'
import { dateTime } from '../../format/time'
import { named } from '../../messages/catalogue'
import { directives as messages } from '../../messages/directives'
import { tasks as taskWords } from '../../messages/tasks'
import { href } from '../../router'
import { Acts } from '../../tasks/acts'
import { ClockWords } from '../../tasks/marks'
import type { Task } from '../../tasks/types'
import type { Directive, DirectiveTask } from './types'

interface Props {
  directive: Directive
  onChange: () => void
}

export function TaskRows({ directive, onChange }: Props) {
  const m = messages.value.directive
  const [only] = directive.tasks
  // A single task stands open: there is nothing to choose.
  const [opened, setOpened] = useState<number | null>(directive.tasks.length === 1 && only ? only.id : null)
  return (
    <section aria-label={m.tasks}>
      <h2>
        {m.tasks} <span class="muted num">{m.tasksOf(directive.done, directive.of)}</span>
      </h2>
      <ol class="task-rows">
        {directive.tasks.map((task) => (
          <li key={task.id}>
            <TaskLine task={task} isOpen={opened === task.id} onToggle={() => setOpened(opened === task.id ? null : task.id)} />
            {opened === task.id && <TaskPart id={task.id} onChange={onChange} />}
          </li>
        ))}
      </ol>
      {(directive.tasks_hidden ?? 0) > 0 && <p class="muted">{m.hidden(directive.tasks_hidden ?? 0)}</p>}
    </section>
  )
}

function TaskLine({ task, isOpen, onToggle }: { task: DirectiveTask; isOpen: boolean; onToggle: () => void }) {
  const m = messages.value.directive
  const isLateFirst = task.timeliness_original && task.timeliness_original !== task.timeliness
  return (
    <div class="task-line">
      <span class="strong">{task.org.name}</span>
      <Chip>{taskWords.value.state[task.state]}</Chip>
      <ClockWords task={task} />
      {isLateFirst && task.timeliness_original && (
        <span class="muted small">{m.original(taskWords.value.timeliness[task.timeliness_original])}</span>
      )}
      <span class="task-line-doors">
        <Button expanded={isOpen} onClick={onToggle}>
          {isOpen ? m.actClose : m.act}
        </Button>
        <a class="button button-ghost" href={href(`/tasks/${task.id}`)}>
          {m.openTask} <span class="num">#{task.id}</span>
        </a>
      </span>
    </div>
  )
}

/** What can be done with a task now, its reports and its evidence. */
export function TaskPart({ id, onChange }: { id: number; onChange: () => void }) {
  const m = messages.value.directive
  const resource = useResource(`task ${id}`, (signal) => get<Task>(`/api/v1/tasks/${id}`, {}, signal))
  const [problem, setProblem] = useState<Problem | null>(null)
  if (resource.problem && !resource.data) return <ProblemBox problem={resource.problem} onRetry={resource.reload} />
  if (!resource.data) return <Loading />
  const task = resource.data
  const attach = async (file: File) => {
    setProblem(null)
    try {
      await upload(`/api/v1/tasks/${task.id}/evidence?name=${encodeURIComponent(file.name)}`, file)
      toast(m.attached(file.name))
      resource.reload()
      onChange()
    } catch (error) {
      setProblem(asProblem(error))
    }
  }
  return (
    <div class="task-part">
      <p class="small">
        {taskWords.value.facts.due}: {named(task.due.vi, task.due.en)}{' '}
        {task.extension_open && <Chip>{taskWords.value.extensionOpen}</Chip>}
      </p>
      <Acts
        task={task}
        onReload={resource.reload}
        onChange={(after) => {
          resource.put(() => after)
          onChange()
        }}
      />
      <Reports task={task} />
      {task.evidence.length > 0 && (
        <ul class="task-files" aria-label={m.evidence}>
          {task.evidence.map((file) => (
            <li key={file.id} class={file.superseded ? 'muted' : ''}>
              <a href={`/api/v1/tasks/${task.id}/evidence/${file.id}`} download={file.name} data-external>
                {file.name}
              </a>{' '}
              <span class="muted small">
                {file.by} · <span class="num">{dateTime(file.at)}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
      {task.may.includes('party') && (
        <label class="field">
          <span class="strong">{m.attach}</span>
          <input
            type="file"
            onChange={(event) => {
              const [file] = event.currentTarget.files ?? []
              event.currentTarget.value = ''
              if (file) void attach(file)
            }}
          />
          <span class="field-hint">{m.attachHint}</span>
        </label>
      )}
      {problem && <ProblemBox problem={problem} />}
    </div>
  )
}

function Reports({ task }: { task: Task }) {
  const m = taskWords.value
  if (task.reports.length === 0) return null
  return (
    <ol class="task-reports" aria-label={messages.value.directive.reports}>
      {task.reports.map((report) => (
        <li key={report.no}>
          <p class="small">
            <span class="strong">{report.by}</span> <span class="num muted">{dateTime(report.at)}</span>{' '}
            <Chip>{report.verdict ? m.verdict[report.verdict] : m.noVerdict}</Chip>
          </p>
          <p class="broken">{[report.text, report.product].filter(Boolean).join(' · ')}</p>
          {report.verdict_why && (
            <p class="small muted">
              {report.verdict_by}: {report.verdict_why}
            </p>
          )}
        </li>
      ))}
    </ol>
  )
}
