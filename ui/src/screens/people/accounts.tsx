// The people who may sign in, and beside them the one that is opened.
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { everyPage, get, newKey, send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { useResource } from '../../api/resource'
import { may, me } from '../../api/session'
import type { Account, Org } from '../../api/types'
import { Button, CopyText, Field } from '../../design/controls'
import { Mark } from '../../design/mark'
import { Empty, Loading, ProblemBox, toast } from '../../design/notice'
import { Split, Table, useListKeys, type Column } from '../../design/table'
import { Age } from '../../design/value'
import { compare, fold } from '../../format/fold'
import { useKeys } from '../../keys'
import { people } from '../../messages/people'
import { go, href, param, path } from '../../router'
import { AccountPanel } from './account'
import { OrgSelect } from './choices'

const typed = param('q')

export function Accounts({ head }: { head: ComponentChildren }) {
  const m = people.value.accounts
  const accounts = useResource('accounts', (signal) => everyPage<Account>('/api/v1/accounts', signal))
  const orgs = useResource('orgs', (signal) => get<{ items: Org[] }>('/api/v1/orgs', {}, signal))
  const [cursor, setCursor] = useState<string | null>(null)
  const orgList = orgs.data?.items ?? []
  const orgName = (id: number) => orgList.find((org) => org.id === id)?.name ?? `#${id}`

  const rows = [...(accounts.data?.items ?? [])]
    .filter((row) => fold(`${row.display_name} ${row.username} ${orgName(row.org_id)}`).includes(fold(typed.value)))
    .sort((a, b) => compare(lastWord(a.display_name), lastWord(b.display_name)))
  const openId = path.value[2] ?? null
  const opened = accounts.data?.items.find((account) => String(account.id) === openId)
  const adding = openId === 'new'

  const keep = () => ({ q: typed.peek() })
  const open = (id: string) => go(`/people/accounts/${id}`, keep(), { replace: openId !== null })
  const close = () => {
    setCursor(openId)
    go('/people/accounts', keep())
  }
  const put = (account: Account) =>
    accounts.put((data) => ({
      items: data.items.some((other) => other.id === account.id)
        ? data.items.map((other) => (other.id === account.id ? account : other))
        : [...data.items, account],
    }))
  useListKeys(
    rows.map((row) => String(row.id)),
    openId ?? cursor,
    (id) => (openId ? open(id) : setCursor(id)),
    m,
  )
  useKeys([{ press: 'Enter', shown: 'Enter', label: () => people.value.accounts.open, run: () => cursor && open(cursor) }])

  const panel = adding ? (
    <NewAccount orgs={orgList} onMade={put} />
  ) : opened ? (
    <AccountPanel key={opened.id} account={opened} orgs={orgList} onChange={put} />
  ) : null
  return (
    <Split
      panel={panel}
      panelLabel={adding ? m.add : (opened?.display_name ?? '')}
      onClose={close}
      list={
        <div class="page">
          {head}
          <div class="people-tools">
            <Field
              label={m.search}
              type="search"
              value={typed.value}
              onInput={(value) => go('', { q: value }, { replace: true })}
            />
            {may('account.manage') && (
              <Button icon="plus" onClick={() => open('new')}>
                {m.add}
              </Button>
            )}
          </div>
          {accounts.problem && <ProblemBox problem={accounts.problem} onRetry={accounts.reload} />}
          {accounts.data ? (
            <Table
              label={m.list}
              columns={columns(orgName)}
              rows={rows}
              rowKey={(row) => String(row.id)}
              selected={openId ?? cursor}
              onOpen={(row) => open(String(row.id))}
              empty={<Empty title={m.none} />}
            />
          ) : (
            accounts.loading && <Loading />
          )}
        </div>
      }
    />
  )
}

/** Vietnamese lists of people are ordered by the given name, which is said last. */
function lastWord(name: string): string {
  const words = name.trim().split(/\s+/)
  return `${words.at(-1) ?? ''} ${name}`
}

function columns(orgName: (id: number) => string): Column<Account>[] {
  const m = people.value.accounts
  return [
    {
      key: 'name',
      head: m.name,
      title: true,
      cell: (row) => (
        <span class="two-lines">
          <a class="strong plain-link" href={href(`/people/accounts/${row.id}`, { q: typed.value })}>
            {row.display_name}
          </a>
          <span class="muted small">{row.username}</span>
        </span>
      ),
    },
    { key: 'org', head: m.org, cell: (row) => orgName(row.org_id) },
    { key: 'state', head: m.state, cell: (row) => <AccountState account={row} /> },
    { key: 'last', head: m.lastLogin, cell: (row) => <Age at={row.last_login_at} />, wide: true },
  ]
}

export function AccountState({ account }: { account: Account }) {
  const m = people.value.accounts
  if (!account.active) {
    return (
      <span class="state">
        <Mark shape="square" sign="✕" tone="stale" /> {m.locked}
      </span>
    )
  }
  return (
    <span class="state muted">
      <Mark shape="none" sign={account.has_password ? '✓' : '…'} tone="quiet" />
      {account.has_password ? m.active : m.invited}
    </span>
  )
}

function NewAccount({ orgs, onMade }: { orgs: readonly Org[]; onMade: (account: Account) => void }) {
  const m = people.value.accounts
  const [name, setName] = useState('')
  const [username, setUsername] = useState('')
  const [orgId, setOrgId] = useState<number | null>(me.peek()?.account.org_id ?? null)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [made, setMade] = useState<{ account: Account; link: string | null } | null>(null)
  const [key] = useState(newKey)

  const submit = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    setProblem(null)
    try {
      const body = { username: username.trim(), display_name: name.trim(), org_id: orgId }
      const answer = await send<{ account: Account; one_time_password_link: string | null }>('POST', '/api/v1/accounts', body, { key })
      setMade({ account: answer.account, link: answer.one_time_password_link })
      onMade(answer.account)
      toast(m.createdDone(answer.account.display_name))
    } catch (error) {
      setProblem(asProblem(error))
    }
    setBusy(false)
  }

  if (made) {
    return (
      <>
        <h2>{made.account.display_name}</h2>
        {made.link && <OneTimeLink link={made.link} />}
        <p>
          <a href={href(`/people/accounts/${made.account.id}`)}>{people.value.grants.add}</a>
        </p>
      </>
    )
  }
  return (
    <>
      <h2>{m.add}</h2>
      <form class="form" onSubmit={(event) => void submit(event)}>
        <Field label={m.name} value={name} onInput={setName} fault={problem?.fault('display_name')} required autofocus />
        <Field label={m.username} value={username} onInput={setUsername} fault={problem?.fault('username')} required />
        <OrgSelect label={m.org} orgs={orgs} value={orgId} onChange={setOrgId} fault={problem?.fault('org_id')} />
        {problem && <ProblemBox problem={problem} beside={['display_name', 'username', 'org_id']} />}
        <div class="form-foot">
          <Button type="submit" kind="primary" busy={busy}>
            {m.create}
          </Button>
        </div>
      </form>
    </>
  )
}

/** The link by which a person sets a password: shown once, to be handed over. */
export function OneTimeLink({ link }: { link: string }) {
  const m = people.value.accounts
  const full = new URL(link, location.origin).href
  return (
    <section class="secret">
      <h3>{m.link}</h3>
      <p class="muted small">{m.linkText}</p>
      <CopyText text={full} label={m.link} />
    </section>
  )
}
