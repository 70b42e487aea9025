// The contractor's right of reply, wherever a case is shown.
import { second } from '../../api/time'
import { Mark } from '../../design/mark'
import { date } from '../../format/time'
import { common } from '../../messages/common'
import { parties as messages } from '../../messages/programme-parties'
import type { CaseLine } from './cases-types'
import { lastReply, replyOf } from './cases-way'

/** The contractor's right of reply in words: awaited, given, or run out. */
export function ReplyWords({ found }: { found: Pick<CaseLine, 'state' | 'reply_until' | 'replied'> }) {
  const m = messages.value.cases
  const day = found.reply_until ? date(lastReply(found.reply_until)) : common.value.none
  switch (replyOf(found, second.value)) {
    case 'waits':
      return <span class="num">{m.waits(day)}</span>
    case 'lapsed':
      return (
        <span class="ask">
          <Mark shape="circle" sign="!" tone="p3" />
          <span class="num">{m.lapsed(day)}</span>
        </span>
      )
    case 'replied':
      return (
        <span class="ask muted">
          <Mark shape="none" sign="✓" tone="quiet" /> {m.replied}
        </span>
      )
    default:
      return <span class="muted">{m.none}</span>
  }
}
