// Who is signed in, and what the server says about this site.
import { computed, signal } from '@preact/signals'
import { get, onSignedOut, send } from './client'
import { Problem } from './problem'
import { hearFrom } from './stream'
import { setServerNow } from './time'
import type { Me, Site } from './types'

/** undefined: not asked yet; null: nobody. */
export const me = signal<Me | null | undefined>(undefined)
export const site = signal<Site | null>(null)

const permissions = computed(() => new Set(me.value?.permissions))

/** Whether some scope of the person allows this, or one of these; the server decides again for each row. */
export function may(permission: string | readonly string[]): boolean {
  const any = typeof permission === 'string' ? [permission] : permission
  return any.some((one) => permissions.value.has(one))
}

/** Ask for the site, whose answer also sets the clock, and then for the session where there is one: asking for none
 *  would leave an error in the browser's console. */
export async function openSession(): Promise<void> {
  const answer = await get<Site>('/api/v1/site')
  setServerNow(answer.now)
  hearFrom(answer.seq)
  site.value = answer
  if (answer.signed_in) await refreshMe()
  else me.value = null
}

export async function refreshMe(): Promise<void> {
  try {
    me.value = await get<Me>('/api/v1/session')
  } catch (error) {
    if (!(error instanceof Problem) || error.document.status !== 401) throw error
    me.value = null
  }
}

export async function signIn(username: string, password: string): Promise<void> {
  await send<Me>('POST', '/api/v1/session', { username, password })
  await openSession() // the number of the log from which to hear is told to those who are signed in
}

export async function signOut(): Promise<void> {
  await send('DELETE', '/api/v1/session')
  me.value = null
}

onSignedOut(() => (me.value = null))
