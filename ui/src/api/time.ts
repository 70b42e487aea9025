// The server's time, counted on from its last word by the browser's steady clock, so that a workstation whose own
// clock is wrong (or is set while we run) still shows right ages.
import { signal } from '@preact/signals'

let serverMs = performance.timeOrigin + performance.now()
let steadyMs = performance.now()

/** Take over a moment that the server has just named. */
export function setServerNow(iso: string): void {
  const named = new Date(iso).getTime()
  if (Number.isNaN(named)) return
  serverMs = named
  steadyMs = performance.now()
  second.value = serverNow()
}

/** Milliseconds since 1970 by the server's clock. */
export function serverNow(): number {
  return serverMs + performance.now() - steadyMs
}

/** Server time, moved on once a second: what ages and clocks are drawn from. */
export const second = signal(serverNow())

/** Let the seconds run; once, when the page starts. */
export function startTime(): void {
  setInterval(() => (second.value = serverNow()), 1000)
}
