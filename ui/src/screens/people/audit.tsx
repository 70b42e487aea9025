// The audit log: who did what to what, the latest first.
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { everyPage, get } from '../../api/client'
import { useResource } from '../../api/resource'
import { may } from '../../api/session'
import type { Account, AuditEntry, Page } from '../../api/types'
import { Button, Field } from '../../design/controls'
import { Empty, Loading, ProblemBox } from '../../design/notice'
import { Table, type Column } from '../../design/table'
import { number } from '../../format/number'
import { date, timeWithSeconds } from '../../format/time'
import { common } from '../../messages/common'
import { people } from '../../messages/people'
import { go, param } from '../../router'

const actor = param('actor')
const action = param('action')

export function Audit({ head }: { head: ComponentChildren }) {
  const m = people.value.audit
  const query = { actor: actor.value, action: action.value, limit: 50 }
  const log = useResource(`audit ${actor.value} ${action.value}`, (signal) =>
    get<Page<AuditEntry>>('/api/v1/audit', query, signal),
  )
  const accounts = useResource(may('account.read') ? 'accounts' : null, (signal) =>
    everyPage<Account>('/api/v1/accounts', signal),
  )
  const names = new Map(accounts.data?.items.map((account) => [`account:${account.id}`, account.display_name]))
  const [busy, setBusy] = useState(false)
  const loadMore = async () => {
    setBusy(true)
    const page = await get<Page<AuditEntry>>('/api/v1/audit', { ...query, cursor: log.data?.next })
    log.put((data) => ({ items: [...data.items, ...page.items], next: page.next }))
    setBusy(false)
  }
  return (
    <div class="page">
      {head}
      <p class="muted">{m.text}</p>
      <div class="form-row audit-filters">
        <Field
          label={m.filterActor}
          value={actor.value}
          onInput={(value) => go('', { actor: value.trim() }, { replace: true })}
        />
        <Field
          label={m.filterAction}
          value={action.value}
          onInput={(value) => go('', { action: value.trim() }, { replace: true })}
        />
      </div>
      {log.problem && <ProblemBox problem={log.problem} onRetry={log.reload} />}
      {log.data ? (
        <Table
          label={m.list}
          columns={columns((id) => names.get(id) ?? id)}
          rows={log.data.items}
          rowKey={(entry) => String(entry.no)}
          empty={<Empty title={m.none} />}
        />
      ) : (
        log.loading && <Loading />
      )}
      {log.data?.next && (
        <Button busy={busy} onClick={() => void loadMore()}>
          {common.value.more}
        </Button>
      )}
    </div>
  )
}

/** The person where we know the name; what stands in the log in any case. */
function Actor({ id, name }: { id: string; name: string }) {
  return (
    <span class="two-lines">
      {name !== id && <span>{name}</span>}
      <span class={name === id ? 'mono' : 'mono muted'}>{id}</span>
    </span>
  )
}

function columns(nameOf: (actor: string) => string): Column<AuditEntry>[] {
  const m = people.value.audit
  return [
    { key: 'no', head: m.no, cell: (entry) => <span class="num muted">{number(entry.no)}</span> },
    {
      key: 'at',
      head: m.at,
      cell: (entry) => (
        <span class="two-lines num">
          <span>{timeWithSeconds(entry.at)}</span>
          <span class="muted small">{date(entry.at)}</span>
        </span>
      ),
    },
    { key: 'actor', head: m.actor, cell: (entry) => <Actor id={entry.actor} name={nameOf(entry.actor)} /> },
    { key: 'action', head: m.action, cell: (entry) => <span class="mono strong">{entry.action}</span> },
    { key: 'subject', head: m.subject, cell: (entry) => <span class="mono audit-subject">{entry.subject}</span> },
    {
      key: 'body',
      head: m.detail,
      wide: true,
      cell: (entry) =>
        Object.keys(entry.body).length > 0 && (
          <code class="muted small audit-body">{JSON.stringify(entry.body)}</code>
        ),
    },
  ]
}
