// A subscription in words: what it is called and what it watches.
import { attributeName, typeName } from '../../api/labels'
import type { EntitySelector, Subscription } from '../../api/operations'
import { listed } from '../../format/fold'
import { operations as messages } from '../../messages/operations'

export function titleOf(one: Subscription): string {
  return one.name || one.description || one.id
}

/** `Camera: Trạng thái và Góc quay`, by the names of the site's packs. */
export function watched({ entities, watched_attributes: attributes }: Subscription): string {
  const m = messages.value.subscriptions
  const things = entities?.length ? listed([...new Set(entities.map(selector))]) : m.anything
  const type = entities?.length === 1 ? entities[0]?.type : null
  const what = attributes?.length ? listed(attributes.map((name) => attributeName(name, type))) : m.anyAttribute
  return `${things}: ${what}`
}

function selector({ type, id, idPattern }: EntitySelector): string {
  const kind = type ? typeName(type) : ''
  const ids = Array.isArray(id) ? id.join(', ') : (id ?? idPattern ?? '')
  return [kind, ids].filter(Boolean).join(' ')
}
