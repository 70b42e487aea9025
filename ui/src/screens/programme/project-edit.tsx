// What is said of a project, changed by its owner; money and days of decisions have ways of their own.
import { get, send } from '../../api/client'
import { project as messages } from '../../messages/project'
import { EntryForm, type Row } from './project-form'
import { openForm, type Around } from './project-records'
import type { Project } from './project-types'

export default function ProjectEdit({ project, around, onDone }: { project: Project; around: Around; onDone: () => void }) {
  const m = messages.value
  return (
    <EntryForm
      id={`${around.where} project`}
      title={m.edit}
      fields={around.described.project}
      where={around.where}
      row={project as unknown as Row}
      send={(body, version, key) => send('PATCH', around.where, body, { ...(version === undefined ? {} : { version }), key })}
      reread={() => get<Row>(around.where)}
      done={m.edited}
      onDone={() => (openForm(null), onDone())}
    />
  )
}
