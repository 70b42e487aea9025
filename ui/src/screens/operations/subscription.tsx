// One subscription: what stops it, what it watches, whose it is; pause and resume.
import { send } from '../../api/client'
import type { Subscription } from '../../api/operations'
import { toast } from '../../design/notice'
import { Age } from '../../design/value'
import { number } from '../../format/number'
import { dateTime } from '../../format/time'
import { common } from '../../messages/common'
import { operations as messages } from '../../messages/operations'
import { href } from '../../router'
import { Confirmed, Facts, Figure } from './parts'
import { SubscriptionState } from './subscription-state'
import { titleOf, watched } from './watched'

interface Props {
  subscription: Subscription
  onChange: (changed: Subscription) => void
}

export function SubscriptionPanel({ subscription: one, onChange }: Props) {
  const m = messages.value.subscriptions
  const none = <span class="muted">{common.value.none}</span>
  return (
    <>
      <header class="panel-head">
        <SubscriptionState subscription={one} />
        <h2>{titleOf(one)}</h2>
        {one.name && one.description && <p class="muted">{one.description}</p>}
      </header>
      {one.last_error && (one.dead > 0 || one.tries > 0) && (
        <div class={`stuck${one.dead > 0 ? ' stuck-act' : ''}`}>
          <p class="strong">{m.reason}</p>
          <p class="mono broken">{one.last_error}</p>
          {one.dead > 0 && (
            <p>
              <a href={href('/operations/letters', { endpoint: one.endpoint })}>{m.seeDead(number(one.dead))}</a>
            </p>
          )}
        </div>
      )}
      <section aria-label={m.queue}>
        <h3>{m.queue}</h3>
        <Facts
          rows={[
            [m.column.queue, <Figure value={one.waiting} />],
            one.oldest_waiting_at !== null && [m.oldest, <Age at={one.oldest_waiting_at} />],
            one.tries > 0 && [m.tries, <Figure value={one.tries} />],
            [m.sent, <Figure value={one.times_sent} />],
            [m.failed, <Figure value={one.times_failed} />],
            [m.lastSuccess, <Age at={one.last_success} />],
            [m.lastFailure, <Age at={one.last_failure} />],
          ]}
        />
      </section>
      <Actions subscription={one} onChange={onChange} />
      <section aria-label={m.facts}>
        <h3>{m.facts}</h3>
        <Facts
          rows={[
            [m.column.watches, watched(one)],
            one.q !== null && [m.condition, <code class="mono broken">{one.q}</code>],
            [m.column.endpoint, <span class="mono broken">{one.endpoint}</span>],
            [m.format, <span class="mono">{one.format}</span>],
            [m.column.owner, one.owner_name ?? <span class="mono">{one.owner}</span>],
            [messages.value.contexts.column.owner, one.owner_org_name ?? none],
            one.tenant !== '' && [m.tenant, <span class="mono">{one.tenant}</span>],
            [m.identifier, <span class="mono broken">{one.id}</span>],
            [m.made, <span class="num">{dateTime(one.created_at)}</span>],
            [m.changed, <span class="num">{dateTime(one.modified_at)}</span>],
          ]}
        />
      </section>
    </>
  )
}

function Actions({ subscription: one, onChange }: Props) {
  const m = messages.value.subscriptions
  if (!one.may_manage || one.status === 'expired') return null
  const isActive = one.status === 'active'
  const act = async () => {
    const verb = isActive ? 'pause' : 'resume'
    onChange(await send<Subscription>('POST', `/api/v1/subscriptions/${one.no}/${verb}`))
    toast(isActive ? m.paused(titleOf(one)) : m.resumed(titleOf(one)))
  }
  const label = isActive ? m.pause : m.resume
  return (
    <div>
      <Confirmed
        key={label}
        label={label}
        question={`${label}: ${titleOf(one)}?`}
        text={isActive ? m.pauseText : m.resumeText}
        confirm={label}
        act={act}
      />
    </div>
  )
}
