// The URL is the state: what a screen shows can be opened again from its address alone. Parameters that equal their
// default are left out; theme, language, map engine and kiosk mode travel along to the next screen.
import { computed, signal, type ReadonlySignal } from '@preact/signals'

export type Changes = Record<string, string | null | undefined>

const CARRIED = ['lang', 'theme', 'map', 'kiosk']
const address = signal(new URL(location.href))

/** The parts of the path, decoded: `/feeds/air` is `['feeds', 'air']`. */
export const path = computed(() => address.value.pathname.split('/').filter(Boolean).map(decoded))

/** One parameter of the address; absent means `fallback`. */
export function param(name: string, fallback = ''): ReadonlySignal<string> {
  return computed(() => address.value.searchParams.get(name) ?? fallback)
}

/** The address of `to` (a path, or '' for this very page) with `changes` to its parameters; null and '' remove one. */
export function href(to: string, changes: Changes = {}): string {
  const url = new URL(to || address.value.pathname, address.value)
  for (const [name, value] of address.value.searchParams) {
    if ((to === '' || CARRIED.includes(name)) && !url.searchParams.has(name)) url.searchParams.set(name, value)
  }
  for (const [name, value] of Object.entries(changes)) {
    if (value) url.searchParams.set(name, value)
    else url.searchParams.delete(name)
  }
  return url.pathname + url.search.replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%2F', '/')
}

/** Move to an address; `replace` leaves no step in the browser's history (filters, the clock, typing). */
export function go(to: string, changes: Changes = {}, { replace = false } = {}): void {
  const next = href(to, changes)
  if (next === location.pathname + location.search) return
  history[replace ? 'replaceState' : 'pushState'](null, '', next)
  address.value = new URL(location.href)
}

/** Follow links and the back button without loading the page anew. */
export function startRouter(): void {
  addEventListener('popstate', () => (address.value = new URL(location.href)))
  document.addEventListener('click', (event) => {
    const link = (event.target as Element).closest?.('a')
    if (!link || event.defaultPrevented || event.button !== 0 || link.target || link.hasAttribute('download')) return
    if (event.ctrlKey || event.metaKey || event.shiftKey || link.origin !== location.origin) return
    if (link.getAttribute('href')?.startsWith('#') || link.dataset['external'] !== undefined) return
    event.preventDefault()
    go(link.pathname + link.search)
  })
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part // a hand-typed address with a stray percent sign: show it as it is
  }
}
