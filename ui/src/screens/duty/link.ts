// Two windows in one session, work beside map: what is selected in one is selected in the other. Windows that show the
// whole console each go their own way.
import { effect } from '@preact/signals'
import { go, param } from '../../router'

export const pane = param('pane')
export const sel = param('sel')

interface Told {
  sel: string
  pane: string
}

/** Follow the selection of the other half until the returned function is called. */
export function shareSelection(): () => void {
  if (typeof BroadcastChannel === 'undefined') return () => undefined
  const channel = new BroadcastChannel('haidang-duty')
  let heard = sel.peek()
  channel.addEventListener('message', ({ data }: MessageEvent<Told>) => {
    if ((!data.pane && !pane.peek()) || data.sel === sel.peek()) return
    heard = data.sel
    go('', { sel: data.sel || null }, { replace: true })
  })
  const stop = effect(() => {
    const told: Told = { sel: sel.value, pane: pane.value }
    if (told.sel !== heard) channel.postMessage(told)
    heard = told.sel
  })
  return () => {
    stop()
    channel.close()
  }
}
