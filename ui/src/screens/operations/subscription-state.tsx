import type { Subscription } from '../../api/operations'
import { second } from '../../api/time'
import { number } from '../../format/number'
import { operations as messages } from '../../messages/operations'
import { VerdictMark } from './parts'
import { subscriptionState } from './state'

/** The verdict, said as what a subscription does: it runs, rests, or tries again. */
export function SubscriptionState({ subscription }: { subscription: Subscription }) {
  const m = messages.value.subscriptions
  const verdict = subscriptionState(subscription, second.value)
  const word =
    verdict === 'act' ? m.dead(number(subscription.dead)) : verdict === 'watch' ? m.failing : m.status[subscription.status]
  return <VerdictMark verdict={verdict} word={word} />
}
