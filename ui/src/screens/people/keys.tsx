// Keys for machines. The secret is shown once; afterwards only its first characters tell keys apart.
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { everyPage, get, newKey, send } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import { useResource } from '../../api/resource'
import { me } from '../../api/session'
import { serverNow } from '../../api/time'
import type { ApiKey, Org, PermissionText } from '../../api/types'
import { Button, CopyText, Field } from '../../design/controls'
import { Chip, Mark } from '../../design/mark'
import { Empty, Loading, ProblemBox, toast } from '../../design/notice'
import { Panel, Table, type Column } from '../../design/table'
import { Age } from '../../design/value'
import { date, ms } from '../../format/time'
import { common } from '../../messages/common'
import { people } from '../../messages/people'
import { AreaField, limitsText, OrgSelect, SectorSelect } from './choices'
import { PermissionBoxes } from './roles'

/** What a machine's key never holds; the server refuses it too. */
const NOT_FOR_KEYS = new Set(['account.manage', 'role.manage', 'key.manage'])

export function Keys({ head }: { head: ComponentChildren }) {
  const m = people.value.keys
  const keys = useResource('keys', (signal) => everyPage<ApiKey>('/api/v1/keys', signal))
  const orgs = useResource('orgs', (signal) => get<{ items: Org[] }>('/api/v1/orgs', {}, signal))
  const [adding, setAdding] = useState(false)
  const [secret, setSecret] = useState<{ name: string; secret: string | null } | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [asking, setAsking] = useState<number | null>(null)
  const orgList = orgs.data?.items ?? []

  const revoke = async (key: ApiKey) => {
    setProblem(null)
    try {
      await send('DELETE', `/api/v1/keys/${key.id}`)
      toast(m.revokedDone(key.name))
      keys.reload()
    } catch (error) {
      setProblem(asProblem(error))
    }
    setAsking(null)
  }
  return (
    <div class="page">
      {head}
      <div class="people-tools">
        <p class="muted">{m.text}</p>
        <Button icon="plus" onClick={() => setAdding(true)}>
          {m.add}
        </Button>
      </div>
      {secret && (
        <section class="card card-body secret">
          <h2>
            {m.secret}: {secret.name}
          </h2>
          <p class="muted">{m.secretText}</p>
          {secret.secret ? <CopyText text={secret.secret} label={m.secret} /> : <p>{m.secretGone}</p>}
          <div class="form-foot">
            <Button onClick={() => setSecret(null)}>{m.done}</Button>
          </div>
        </section>
      )}
      {adding && (
        <div class="card">
          <Panel label={m.add} onClose={() => setAdding(false)}>
            <KeyForm
              orgs={orgList}
              onCancel={() => setAdding(false)}
              onMade={(key, text) => {
                keys.put((data) => ({ items: [key, ...data.items] }))
                setSecret({ name: key.name, secret: text })
                setAdding(false)
              }}
            />
          </Panel>
        </div>
      )}
      {(keys.problem ?? problem) && <ProblemBox problem={(keys.problem ?? problem) as Problem} onRetry={keys.reload} />}
      {keys.data ? (
        <Table
          label={m.list}
          columns={columns(orgList, asking, setAsking, (key) => void revoke(key))}
          rows={keys.data.items}
          rowKey={(key) => String(key.id)}
          empty={<Empty title={m.none} />}
        />
      ) : (
        keys.loading && <Loading />
      )}
    </div>
  )
}

function KeyState({ apiKey }: { apiKey: ApiKey }) {
  const m = people.value.keys
  const expired = apiKey.expires_at !== null && ms(apiKey.expires_at) <= serverNow()
  if (!apiKey.revoked_at && !expired) {
    return (
      <span class="state muted">
        <Mark shape="none" sign="✓" tone="quiet" /> {m.active}
      </span>
    )
  }
  return (
    <span class="state">
      <Mark shape="square" sign="✕" tone="stale" /> {apiKey.revoked_at ? m.revoked : m.expired}
    </span>
  )
}

function columns(
  orgs: readonly Org[],
  asking: number | null,
  ask: (id: number | null) => void,
  revoke: (key: ApiKey) => void,
): Column<ApiKey>[] {
  const m = people.value.keys
  return [
    {
      key: 'name',
      head: m.name,
      title: true,
      cell: (key) => (
        <span class="two-lines">
          <span class="strong">{key.name}</span>
          <span class="muted mono">{key.prefix}…</span>
        </span>
      ),
    },
    { key: 'scope', head: m.scope, cell: (key) => limitsText(key, orgs) },
    {
      key: 'permissions',
      head: m.permissions,
      wide: true,
      cell: (key) => (
        <span class="chips">
          {key.permissions.map((permission) => (
            <Chip key={permission}>
              <span class="mono">{permission}</span>
            </Chip>
          ))}
        </span>
      ),
    },
    { key: 'state', head: m.state, cell: (key) => <KeyState apiKey={key} /> },
    { key: 'used', head: m.used, cell: (key) => <Age at={key.last_used_at} /> },
    {
      key: 'expires',
      head: m.expires,
      cell: (key) => (key.expires_at ? <span class="num">{date(key.expires_at)}</span> : <span class="muted">{m.never}</span>),
    },
    {
      key: 'act',
      head: '',
      numeric: true,
      cell: (key) =>
        key.revoked_at ? null : asking === key.id ? (
          <span class="chips">
            <Button onClick={() => revoke(key)}>{m.revokeSure}</Button>
            <Button kind="ghost" onClick={() => ask(null)}>
              {common.value.cancel}
            </Button>
          </span>
        ) : (
          <Button kind="ghost" label={m.revokeWhat(key.name)} onClick={() => ask(key.id)}>
            {m.revoke}
          </Button>
        ),
    },
  ]
}

interface KeyFormProps {
  orgs: readonly Org[]
  onMade: (key: ApiKey, secret: string | null) => void
  onCancel: () => void
}

function KeyForm({ orgs, onMade, onCancel }: KeyFormProps) {
  const m = people.value.keys
  const permissions = useResource('permissions', (signal) =>
    get<{ items: PermissionText[] }>('/api/v1/permissions', {}, signal),
  )
  const [name, setName] = useState('')
  const [orgId, setOrgId] = useState<number | null>(me.peek()?.account.org_id ?? null)
  const [area, setArea] = useState('')
  const [sector, setSector] = useState('')
  const [expires, setExpires] = useState('')
  const [chosen, setChosen] = useState<readonly string[]>(['entity.read'])
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [key] = useState(newKey)
  const submit = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    setProblem(null)
    try {
      const answer = await send<{ key: ApiKey; secret: string | null }>(
        'POST',
        '/api/v1/keys',
        {
          name: name.trim(),
          org_id: orgId,
          area_code: area.trim() || null,
          sector: sector || null,
          permissions: chosen,
          // A day in Vietnam ends at 17:00 UTC.
          expires_at: expires ? `${expires}T17:00:00Z` : null,
        },
        { key },
      )
      onMade(answer.key, answer.secret)
    } catch (error) {
      setProblem(asProblem(error))
      setBusy(false)
    }
  }
  const mayHold = (permissions.data?.items ?? []).filter((permission) => !NOT_FOR_KEYS.has(permission.name))
  return (
    <form class="form" onSubmit={(event) => void submit(event)}>
      <h2>{m.add}</h2>
      <div class="form-row">
        <Field label={m.name} hint={m.nameHint} value={name} onInput={setName} fault={problem?.fault('name')} required autofocus />
        <OrgSelect label={m.org} orgs={orgs} value={orgId} onChange={setOrgId} fault={problem?.fault('org_id')} />
      </div>
      <div class="form-row">
        <AreaField value={area} onChange={setArea} fault={problem?.fault('area_code')} />
        <SectorSelect value={sector} onChange={setSector} fault={problem?.fault('sector')} />
        <Field
          label={m.expires}
          type="date"
          hint={expires ? m.expiresEnd(date(`${expires}T16:59:59Z`)) : m.expiresHint}
          value={expires}
          onInput={setExpires}
          fault={problem?.fault('expires_at')}
        />
      </div>
      {permissions.problem && <ProblemBox problem={permissions.problem} onRetry={permissions.reload} />}
      <PermissionBoxes permissions={mayHold} chosen={chosen} onChange={setChosen} />
      {problem && <ProblemBox problem={problem} beside={['name', 'org_id', 'area_code', 'sector', 'expires_at']} />}
      <div class="form-foot">
        <Button type="submit" kind="primary" busy={busy}>
          {m.add}
        </Button>
        <Button onClick={onCancel}>{common.value.cancel}</Button>
      </div>
    </form>
  )
}
