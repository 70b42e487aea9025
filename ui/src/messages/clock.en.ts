import type { Messages } from './catalogue'
import type { vi } from './clock.vi'

export const en: Messages<typeof vi> = {
  conductor: 'Time of the screen',
  live: 'Live',
  pause: 'Pause',
  backToLive: 'Back to live',
  reviewing: (moment) => `REVIEWING ${moment}`,
  replaying: (speed) => `speed ×${speed}`,
  earlier: 'One step back',
  later: 'One step on',
  slider: 'Last 24 hours',
  sliderReplay: 'Position in the replay',
  replayLast: 'Replay',
  window: { 1: 'last hour', 6: 'last 6 hours', 24: 'last 24 hours' },
  speed: 'Speed',
  play: 'Play',
  range: 'Choose a period',
  showRange: 'Show this period',
  rangeMissing: 'Both moments are needed',
  rangeOrder: 'The first moment must come before the last',
  rangeFuture: 'This period lies in the future',
  from: 'From',
  to: 'To',
  at: 'Moment',
  noActions: 'Reviewing: go back to live before acting',
}
