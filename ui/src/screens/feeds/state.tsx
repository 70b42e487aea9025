import type { Feed, FeedState } from '../../api/types'
import { Mark, type Shape } from '../../design/mark'
import { feeds } from '../../messages/feeds'

// A failing source is a fault of instruments: priority 4, the violet diamond. Everything in order stays grey.
const LOOKS: Record<FeedState, { shape: Shape; tone: 'p4' | 'quiet' | 'stale'; filled: boolean }> = {
  live: { shape: 'none', tone: 'quiet', filled: false },
  received: { shape: 'none', tone: 'quiet', filled: false },
  loaded: { shape: 'none', tone: 'quiet', filled: false },
  late: { shape: 'diamond', tone: 'p4', filled: false },
  dead: { shape: 'diamond', tone: 'p4', filled: true },
  error: { shape: 'diamond', tone: 'p4', filled: true },
  never: { shape: 'circle', tone: 'stale', filled: false },
  paused: { shape: 'square', tone: 'stale', filled: false },
}

/** The state by shape, sign and word; colour only repeats what they say. */
export function StateMark({ state }: { state: FeedState }) {
  const m = feeds.value
  return (
    <span class={`feed-state feed-state-${state}`}>
      <Mark {...LOOKS[state]} sign={m.stateSign[state]} />
      {m.state[state]}
    </span>
  )
}

/** Whether somebody should look: not on time although it should be, or rows that nobody has reviewed. */
export function asksForAttention(feed: Feed): boolean {
  return ['late', 'dead', 'error'].includes(feed.state) || feed.refused_open > 0
}
