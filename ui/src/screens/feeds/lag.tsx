import type { Feed } from '../../api/types'
import { date, ms, roughly } from '../../format/time'
import { feeds } from '../../messages/feeds'

/** How far behind the source's data is; without a period there is no "behind", only up to when they reach. */
export function Lag({ feed }: { feed: Feed }) {
  if (feed.lag_s === null) return <span class="muted">—</span>
  const run = feed.last_run
  if (feed.period_s === null && run !== null) {
    const reaches = ms(run.finished_at ?? run.started_at) - feed.lag_s * 1000
    return <span class="num">{feeds.value.dataUntil(date(reaches))}</span>
  }
  return <span class="num">{roughly(feed.lag_s)}</span>
}
