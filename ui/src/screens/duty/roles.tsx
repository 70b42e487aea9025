// Who commands, and who else fills a role in the incident.
import { useState } from 'preact/hooks'
import { Button, Field } from '../../design/controls'
import { Empty } from '../../design/notice'
import { common } from '../../messages/common'
import { duty as messages } from '../../messages/duty'
import { ActFrame, Choice } from './act-form'
import { actOnIncident, actWord, form, refused } from './doing'
import type { Incident, IncidentRole } from './types'

export function Roles({ incident }: { incident: Incident }) {
  const m = messages.value
  const holders: readonly (IncidentRole & { commands: boolean })[] = [
    ...(incident.commander?.role ? [{ ...incident.commander, commands: true }] : []),
    ...incident.roles.map((role) => ({ ...role, commands: false })),
  ]
  return (
    <section class="duty-roles">
      {holders.length === 0 && <Empty title={m.roles.none} />}
      <dl class="facts">
        {holders.map(({ role, name, commands }) => (
          <>
            <dt key={`${role} term`}>{(m.roles.names as Record<string, string>)[role] ?? role}</dt>
            <dd key={role} class={commands ? 'strong' : ''}>
              {name || common.value.none} {commands && <span class="muted">({m.incidents.commander})</span>}
            </dd>
          </>
        ))}
      </dl>
      <div class="duty-acts">
        {(['assign_commander', 'set_role'] as const)
          .filter((act) => incident.acts?.includes(act))
          .map((act) => (
            <Button key={act} expanded={form.value === `role:${act}`} onClick={() => (form.value = form.value === `role:${act}` ? null : `role:${act}`)}>
              {actWord(act)}
            </Button>
          ))}
      </div>
      {form.value?.startsWith('role:') && <RoleForm key={form.value} act={form.value.slice(5)} incident={incident} />}
    </section>
  )
}

function RoleForm({ act, incident }: { act: string; incident: Incident }) {
  const m = messages.value
  const [role, setRole] = useState('shift_lead')
  const [name, setName] = useState('')
  const { commander: _, ...names } = m.roles.names
  return (
    <ActFrame label={actWord(act)} onSubmit={() => void actOnIncident(incident, { act, role, name: name.trim() })}>
      <Choice label={m.form.role} words={names} value={role} onChange={setRole} />
      <Field label={m.form.person} value={name} onInput={setName} fault={refused.value?.fault('name')} />
    </ActFrame>
  )
}
