// One place for whoever runs the data: do they flow, where are they stuck, and who must act?
import type { ComponentType } from 'preact'
import { may } from '../../api/session'
import { Tabs } from '../../design/controls'
import { operations as messages } from '../../messages/operations'
import { href, path } from '../../router'
import { Forbidden, NotFound } from '../../shell/not-found'
import { Contexts } from './contexts'
import { Flow } from './flow'
import { Letters } from './letters'
import type { PartProps } from './part'
import { StorageTiers } from './storage'
import { Subscriptions } from './subscriptions'
import './operations.css'

type PartName = 'flow' | 'subscriptions' | 'letters' | 'contexts' | 'storage'

const PARTS: readonly { id: PartName; permission: string; view: ComponentType<PartProps> }[] = [
  { id: 'flow', permission: 'system.read', view: Flow },
  { id: 'subscriptions', permission: 'subscription.read', view: Subscriptions },
  { id: 'letters', permission: 'subscription.read', view: Letters },
  { id: 'contexts', permission: 'entity.read', view: Contexts },
  { id: 'storage', permission: 'system.read', view: StorageTiers },
]

export default function Operations() {
  const m = messages.value
  const allowed = PARTS.filter((part) => may(part.permission))
  const id = path.value[1] ?? allowed[0]?.id
  const part = PARTS.find((other) => other.id === id)
  if (!part) return <NotFound />
  if (!may(part.permission)) return <Forbidden />
  const head = (
    <>
      <header class="page-head">
        <div>
          <h1>{m.title}</h1>
          <p>{m.question}</p>
        </div>
      </header>
      <Tabs
        label={m.tabs.label}
        tabs={allowed.map((other) => ({ id: other.id, label: m.tabs[other.id], href: href(`/operations/${other.id}`) }))}
        current={part.id}
      />
    </>
  )
  return <part.view key={part.id} head={head} openId={path.value[2] ?? null} />
}
