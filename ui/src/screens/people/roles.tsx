// Roles across, permissions down; a province adds its own roles beside the built-in ones.
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { get, newKey, send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { useResource } from '../../api/resource'
import { may } from '../../api/session'
import type { PermissionText, Role } from '../../api/types'
import { Conflict, isConflict } from '../../design/conflict'
import { Button, Field } from '../../design/controls'
import { Loading, ProblemBox, toast } from '../../design/notice'
import { Panel } from '../../design/table'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { people } from '../../messages/people'

export function Roles({ head }: { head: ComponentChildren }) {
  const m = people.value.roles
  const roles = useResource('roles', (signal) => get<{ items: Role[] }>('/api/v1/roles', {}, signal))
  const permissions = useResource('permissions', (signal) =>
    get<{ items: PermissionText[] }>('/api/v1/permissions', {}, signal),
  )
  /** null: no form; '': a new role; else the name of the role that is edited. */
  const [editing, setEditing] = useState<string | null>(null)
  const problem = roles.problem ?? permissions.problem
  const edited = roles.data?.items.find((role) => role.name === editing)
  const put = (role: Role) => {
    roles.put((data) => ({
      items: data.items.some((other) => other.name === role.name)
        ? data.items.map((other) => (other.name === role.name ? role : other))
        : [...data.items, role],
    }))
    setEditing(null)
  }
  return (
    <div class="page">
      {head}
      <div class="people-tools">
        <p class="muted">{m.text}</p>
        {may('role.manage') && (
          <Button icon="plus" onClick={() => setEditing('')}>
            {m.add}
          </Button>
        )}
      </div>
      {problem && <ProblemBox problem={problem} onRetry={roles.reload} />}
      {editing !== null && permissions.data && (
        <div class="card">
          <Panel label={m.add} onClose={() => setEditing(null)}>
            <RoleForm
              key={editing}
              role={edited ?? null}
              permissions={permissions.data.items}
              onSaved={put}
              onCancel={() => setEditing(null)}
            />
          </Panel>
        </div>
      )}
      {roles.data && permissions.data ? (
        <Matrix roles={roles.data.items} permissions={permissions.data.items} onEdit={setEditing} />
      ) : (
        !problem && <Loading />
      )}
    </div>
  )
}

interface MatrixProps {
  roles: readonly Role[]
  permissions: readonly PermissionText[]
  onEdit: (name: string) => void
}

function Matrix({ roles, permissions, onEdit }: MatrixProps) {
  const m = people.value.roles
  return (
    <div class="table-frame matrix-frame">
      <table class="matrix" aria-label={m.matrix}>
        <thead>
          <tr>
            <th scope="col">{m.permission}</th>
            {roles.map((role) => (
              <th key={role.name} scope="col" class="matrix-role">
                <span class="two-lines">
                  <span class="strong">{named(role.vi, role.en)}</span>
                  <span class="muted small">{role.builtin ? m.builtin : m.own}</span>
                </span>
                {!role.builtin && may('role.manage') && (
                  <Button label={m.edit(named(role.vi, role.en))} onClick={() => onEdit(role.name)}>
                    {people.value.accounts.edit}
                  </Button>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {permissions.map((permission) => (
            <tr key={permission.name}>
              <th scope="row">
                <span class="two-lines">
                  <span>{named(permission.vi, permission.en)}</span>
                  <span class="muted mono">{permission.name}</span>
                </span>
              </th>
              {roles.map((role) => {
                const has = role.permissions.includes(permission.name)
                return (
                  <td key={role.name}>
                    <span aria-hidden="true" class={has ? '' : 'muted'}>
                      {has ? '✓' : '·'}
                    </span>
                    <span class="hidden-text">{has ? m.yes : m.no}</span>
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface RoleFormProps {
  role: Role | null
  permissions: readonly PermissionText[]
  onSaved: (role: Role) => void
  onCancel: () => void
}

function RoleForm({ role, permissions, onSaved, onCancel }: RoleFormProps) {
  const m = people.value.roles
  const [name, setName] = useState(role?.name ?? '')
  const [vi, setVi] = useState(role?.vi ?? '')
  const [en, setEn] = useState(role?.en ?? '')
  const [chosen, setChosen] = useState<readonly string[]>(role?.permissions ?? [])
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [theirs, setTheirs] = useState<Role | null>(null)
  const [key] = useState(newKey)
  const save = async (version: number | undefined) => {
    setBusy(true)
    setProblem(null)
    try {
      const body = { vi: vi.trim(), en: en.trim(), permissions: chosen }
      onSaved(
        role && version !== undefined
          ? await send<Role>('PATCH', `/api/v1/roles/${role.name}`, body, { version })
          : await send<Role>('POST', '/api/v1/roles', { name: name.trim(), ...body }, { key }),
      )
      toast(m.saved)
    } catch (error) {
      const now = isConflict(error) && role ? await roleNow(role.name) : null
      setTheirs(now)
      if (!now) setProblem(asProblem(error))
      setBusy(false)
    }
  }
  const submit = (event: Event) => {
    event.preventDefault()
    void save(role?.version)
  }
  const permissionNames = (names: readonly string[]) =>
    permissions
      .filter((permission) => names.includes(permission.name))
      .map((permission) => named(permission.vi, permission.en))
      .join('; ')
  return (
    <form class="form" onSubmit={submit}>
      <h2>{role ? m.edit(named(role.vi, role.en)) : m.add}</h2>
      <div class="form-row">
        {!role && (
          <Field label={m.name} hint={m.nameHint} value={name} onInput={setName} fault={problem?.fault('name')} required />
        )}
        <Field label={m.vi} value={vi} onInput={setVi} fault={problem?.fault('vi')} required />
        <Field label={m.en} value={en} onInput={setEn} fault={problem?.fault('en')} required />
      </div>
      <PermissionBoxes permissions={permissions} chosen={chosen} onChange={setChosen} />
      {problem && <ProblemBox problem={problem} beside={['name', 'vi', 'en']} />}
      {theirs && (
        <Conflict
          sides={[
            { label: m.vi, mine: vi.trim(), theirs: theirs.vi },
            { label: m.en, mine: en.trim(), theirs: theirs.en },
            { label: m.permission, mine: permissionNames(chosen), theirs: permissionNames(theirs.permissions) },
          ]}
          busy={busy}
          onMine={() => void save(theirs.version)}
          onTheirs={() => onSaved(theirs)}
        />
      )}
      <div class="form-foot">
        <Button type="submit" kind="primary" busy={busy}>
          {common.value.save}
        </Button>
        <Button onClick={onCancel}>{common.value.cancel}</Button>
      </div>
    </form>
  )
}

/** The role as it stands now; null where it is gone or cannot be had. */
async function roleNow(name: string): Promise<Role | null> {
  try {
    const { items } = await get<{ items: Role[] }>('/api/v1/roles')
    return items.find((role) => role.name === name) ?? null
  } catch {
    return null // the refusal itself is then shown
  }
}

interface BoxesProps {
  permissions: readonly PermissionText[]
  chosen: readonly string[]
  onChange: (chosen: readonly string[]) => void
}

/** Permissions to tick, in words, with the code that the documentation uses. */
export function PermissionBoxes({ permissions, chosen, onChange }: BoxesProps) {
  return (
    <fieldset class="boxes">
      <legend class="strong">{people.value.roles.permission}</legend>
      {permissions.map((permission) => (
        <label class="check" key={permission.name}>
          <input
            type="checkbox"
            checked={chosen.includes(permission.name)}
            onChange={(event) =>
              onChange(
                event.currentTarget.checked
                  ? [...chosen, permission.name]
                  : chosen.filter((other) => other !== permission.name),
              )
            }
          />
          <span class="two-lines">
            <span>{named(permission.vi, permission.en)}</span>
            <span class="muted mono">{permission.name}</span>
          </span>
        </label>
      ))}
    </fieldset>
  )
}
