// W11, first part: people, roles, keys, and the log of what was done.
import { may } from '../../api/session'
import { Tabs } from '../../design/controls'
import { people } from '../../messages/people'
import { href, path } from '../../router'
import { Forbidden, NotFound } from '../../shell/not-found'
import { Accounts } from './accounts'
import { Audit } from './audit'
import { Keys } from './keys'
import { Roles } from './roles'
import './people.css'

const PARTS = [
  { id: 'accounts', permission: 'account.read', view: Accounts },
  { id: 'roles', permission: 'account.read', view: Roles },
  { id: 'keys', permission: 'key.manage', view: Keys },
  { id: 'audit', permission: 'audit.read', view: Audit },
] as const

export default function People() {
  const m = people.value
  const id = path.value[1] ?? 'accounts'
  const part = PARTS.find((other) => other.id === id)
  const tabs = PARTS.filter((other) => may(other.permission)).map((other) => ({
    id: other.id,
    label: m.tabs[other.id],
    href: href(`/people/${other.id}`),
  }))
  const head = (
    <>
      <header class="page-head">
        <div>
          <h1>{m.title}</h1>
          <p>{m.question}</p>
        </div>
      </header>
      <Tabs label={m.tabs.label} tabs={tabs} current={id} />
    </>
  )
  if (!part) return <NotFound />
  return may(part.permission) ? <part.view head={head} /> : <Forbidden />
}
