// One person: the facts, the lock, and what is granted.
import { useState } from 'preact/hooks'
import { everyPage, get, newKey, send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { useResource } from '../../api/resource'
import { may, me } from '../../api/session'
import type { Account, Grant, Org, Role } from '../../api/types'
import { Conflict, isConflict } from '../../design/conflict'
import { Button, Field, Select } from '../../design/controls'
import { Loading, ProblemBox, toast } from '../../design/notice'
import { Age } from '../../design/value'
import { dateTime } from '../../format/time'
import { named } from '../../messages/catalogue'
import { common } from '../../messages/common'
import { people } from '../../messages/people'
import { AccountState, OneTimeLink } from './accounts'
import { AreaField, limitsText, OrgSelect, SectorSelect } from './choices'

interface Props {
  account: Account
  orgs: readonly Org[]
  onChange: (account: Account) => void
}

export function AccountPanel({ account, orgs, onChange }: Props) {
  const m = people.value.accounts
  const [editing, setEditing] = useState(false)
  return (
    <>
      <header>
        <h2>{account.display_name}</h2>
        <p class="muted">{account.username}</p>
      </header>
      {editing ? (
        <EditAccount account={account} orgs={orgs} onChange={onChange} onDone={() => setEditing(false)} />
      ) : (
        <>
          <dl class="facts">
            <dt>{m.state}</dt>
            <dd>
              <AccountState account={account} />
            </dd>
            <dt>{m.org}</dt>
            <dd>{orgs.find((org) => org.id === account.org_id)?.name ?? `#${account.org_id}`}</dd>
            <dt>{m.lastLogin}</dt>
            <dd>
              <Age at={account.last_login_at} />
            </dd>
            <dt>{m.created}</dt>
            <dd class="num">{dateTime(account.created_at)}</dd>
          </dl>
          {may('account.manage') && <Actions account={account} onChange={onChange} onEdit={() => setEditing(true)} />}
        </>
      )}
      <Grants account={account} orgs={orgs} />
    </>
  )
}

interface ActionProps {
  account: Account
  onChange: (account: Account) => void
  onEdit: () => void
}

function Actions({ account, onChange, onEdit }: ActionProps) {
  const m = people.value.accounts
  const [busy, setBusy] = useState(false)
  const [link, setLink] = useState('')
  const [problem, setProblem] = useState<Problem | null>(null)
  const attempt = async (work: () => Promise<void>) => {
    setBusy(true)
    setProblem(null)
    try {
      await work()
    } catch (error) {
      setProblem(asProblem(error))
      const now = isConflict(error) ? await accountNow(account.id) : null
      if (now) onChange(now) // the next press means the account as it is shown
    }
    setBusy(false)
  }
  const setActive = (active: boolean) =>
    attempt(async () => {
      const body = { active }
      onChange(await send<Account>('PATCH', `/api/v1/accounts/${account.id}`, body, { version: account.version }))
      toast(active ? m.unlockedDone(account.display_name) : m.lockedDone(account.display_name))
    })
  const issueLink = () =>
    attempt(async () => {
      const answer = await send<{ account: Account; one_time_password_link: string | null }>(
        'POST',
        `/api/v1/accounts/${account.id}/password-link`,
      )
      onChange(answer.account)
      setLink(answer.one_time_password_link ?? '')
    })
  const isMe = account.id === me.value?.account.id
  return (
    <>
      <div class="form-foot">
        <Button onClick={onEdit}>{m.edit}</Button>
        {!isMe && (
          <Button busy={busy} onClick={() => void setActive(!account.active)}>
            {account.active ? m.lock : m.unlock}
          </Button>
        )}
        {account.active && !isMe && (
          <Button icon="key" busy={busy} onClick={() => void issueLink()}>
            {m.newLink}
          </Button>
        )}
      </div>
      {link && <OneTimeLink link={link} />}
      {problem && <ProblemBox problem={problem} />}
    </>
  )
}

function EditAccount({ account, orgs, onChange, onDone }: Props & { onDone: () => void }) {
  const m = people.value.accounts
  const [name, setName] = useState(account.display_name)
  const [orgId, setOrgId] = useState<number | null>(account.org_id)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [theirs, setTheirs] = useState<Account | null>(null)
  const save = async (version: number) => {
    setBusy(true)
    setProblem(null)
    try {
      const body = { display_name: name.trim(), org_id: orgId }
      onChange(await send<Account>('PATCH', `/api/v1/accounts/${account.id}`, body, { version }))
      toast(m.saved)
      onDone()
    } catch (error) {
      const now = isConflict(error) ? await accountNow(account.id) : null
      setTheirs(now)
      if (!now) setProblem(asProblem(error))
      setBusy(false)
    }
  }
  const submit = (event: Event) => {
    event.preventDefault()
    void save(account.version)
  }
  const orgName = (id: number | null) => orgs.find((org) => org.id === id)?.name ?? ''
  return (
    <form class="form" onSubmit={submit}>
      <Field label={m.name} value={name} onInput={setName} fault={problem?.fault('display_name')} required autofocus />
      <OrgSelect label={m.org} orgs={orgs} value={orgId} onChange={setOrgId} fault={problem?.fault('org_id')} />
      {problem && <ProblemBox problem={problem} beside={['display_name', 'org_id']} />}
      {theirs && (
        <Conflict
          sides={[
            { label: m.name, mine: name.trim(), theirs: theirs.display_name },
            { label: m.org, mine: orgName(orgId), theirs: orgName(theirs.org_id) },
          ]}
          busy={busy}
          onMine={() => void save(theirs.version)}
          onTheirs={() => {
            onChange(theirs)
            onDone()
          }}
        />
      )}
      <div class="form-foot">
        <Button type="submit" kind="primary" busy={busy}>
          {common.value.save}
        </Button>
        <Button onClick={onDone}>{common.value.cancel}</Button>
      </div>
    </form>
  )
}

/** The account as it stands now; null where it is gone or cannot be had. */
async function accountNow(id: number): Promise<Account | null> {
  try {
    const { items } = await everyPage<Account>('/api/v1/accounts')
    return items.find((account) => account.id === id) ?? null
  } catch {
    return null // the refusal itself is then shown
  }
}

function Grants({ account, orgs }: { account: Account; orgs: readonly Org[] }) {
  const m = people.value.grants
  const url = `/api/v1/accounts/${account.id}/grants`
  const grants = useResource(url, (signal) => get<{ items: Grant[] }>(url, {}, signal))
  const roles = useResource('roles', (signal) => get<{ items: Role[] }>('/api/v1/roles', {}, signal))
  const [adding, setAdding] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const roleName = (name: string) => {
    const role = roles.data?.items.find((other) => other.name === name)
    return role ? named(role.vi, role.en) : name
  }
  const remove = async (grant: Grant) => {
    setProblem(null)
    try {
      await send('DELETE', `${url}/${grant.id}`)
      grants.put((data) => ({ items: data.items.filter((other) => other.id !== grant.id) }))
      toast(m.removed)
    } catch (error) {
      setProblem(asProblem(error))
    }
  }
  return (
    <section class="form">
      <div>
        <h3>{m.title}</h3>
        <p class="muted small">{m.text}</p>
      </div>
      {grants.problem && <ProblemBox problem={grants.problem} onRetry={grants.reload} />}
      {!grants.data && grants.loading && <Loading />}
      {grants.data?.items.length === 0 && <p>{m.none}</p>}
      <ul class="grants">
        {grants.data?.items.map((grant) => (
          <li key={grant.id} class="grant">
            <span class="two-lines">
              <span class="strong">{roleName(grant.role)}</span>
              <span class="muted small">{limitsText(grant, orgs)}</span>
            </span>
            {may('account.manage') && (
              <Button kind="ghost" icon="close" label={m.removeWhat(roleName(grant.role))} onClick={() => void remove(grant)} />
            )}
          </li>
        ))}
      </ul>
      {problem && <ProblemBox problem={problem} />}
      {adding && roles.data ? (
        <GrantForm
          url={url}
          orgs={orgs}
          roles={roles.data.items}
          onCancel={() => setAdding(false)}
          onMade={(grant) => {
            grants.put((data) => ({ items: [...data.items, grant] }))
            setAdding(false)
          }}
        />
      ) : (
        may('account.manage') && (
          <div class="form-foot">
            <Button icon="plus" onClick={() => setAdding(true)}>
              {m.add}
            </Button>
          </div>
        )
      )}
    </section>
  )
}

interface GrantFormProps {
  url: string
  orgs: readonly Org[]
  roles: readonly Role[]
  onMade: (grant: Grant) => void
  onCancel: () => void
}

function GrantForm({ url, orgs, roles, onMade, onCancel }: GrantFormProps) {
  const m = people.value.grants
  const [role, setRole] = useState(roles[0]?.name ?? '')
  const [orgId, setOrgId] = useState<number | null>(null)
  const [area, setArea] = useState('')
  const [sector, setSector] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [key] = useState(newKey)
  const submit = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    setProblem(null)
    try {
      const body = { role, org_id: orgId, area_code: area.trim() || null, sector: sector || null }
      onMade(await send<Grant>('POST', url, body, { key }))
      toast(m.granted)
    } catch (error) {
      setProblem(asProblem(error))
      setBusy(false)
    }
  }
  return (
    <form class="form inset" onSubmit={(event) => void submit(event)}>
      <Select
        label={m.role}
        value={role}
        options={roles.map((other) => ({ value: other.name, label: named(other.vi, other.en) }))}
        onChange={setRole}
        fault={problem?.fault('role')}
      />
      <OrgSelect label={m.org} orgs={orgs} value={orgId} all={m.allOrgs} onChange={setOrgId} fault={problem?.fault('org_id')} />
      <div class="form-row">
        <AreaField value={area} onChange={setArea} fault={problem?.fault('area_code')} />
        <SectorSelect value={sector} onChange={setSector} fault={problem?.fault('sector')} />
      </div>
      {problem && <ProblemBox problem={problem} beside={['role', 'org_id', 'area_code', 'sector']} />}
      <div class="form-foot">
        <Button type="submit" kind="primary" busy={busy}>
          {m.add}
        </Button>
        <Button onClick={onCancel}>{common.value.cancel}</Button>
      </div>
    </form>
  )
}
