// The one place that fetches. Reads return data or throw a Problem; writes carry an idempotency key, so that sending
// again after a lost answer does no harm, and the version of the row that the person saw.
import { Problem, unexpected, unreachable, type ProblemDocument } from './problem'

export type Query = Record<string, string | number | boolean | null | undefined>

export interface WriteOptions {
  /** The version that was seen, sent as `If-Match`; needed when a row changes. */
  version?: number | string
  /** Keep one key over all attempts at the same intent; see {@link newKey}. */
  key?: string
  signal?: AbortSignal
}

const signedOut: (() => void)[] = []

/** Be told when the server no longer knows the session. */
export function onSignedOut(callback: () => void): void {
  signedOut.push(callback)
}

/** A fresh idempotency key. `crypto.randomUUID` is missing on plain http inside a network, random bytes are not. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') parameters.set(name, String(value))
  }
  const text = parameters.toString()
  return ask<T>(text ? `${path}?${text}` : path, signal ? { signal } : {})
}

/** An answer as it came, for whoever wants to see it rather than use it. */
export async function getText(path: string, accept: string, signal?: AbortSignal): Promise<string> {
  const init: RequestInit = { headers: { Accept: accept }, ...(signal ? { signal } : {}) }
  return JSON.stringify(await ask<unknown>(path, init), null, 2)
}

/** Every page of a list, for lists that are sorted and searched on the screen and stay within some hundred rows. */
export async function everyPage<T>(path: string, signal?: AbortSignal): Promise<{ items: T[] }> {
  const items: T[] = []
  let cursor: string | null = null
  do {
    const page: { items: T[]; next: string | null } = await get(path, { limit: 200, cursor }, signal)
    items.push(...page.items)
    cursor = page.next
  } while (cursor !== null && items.length < 5000)
  return { items }
}

export function send<T>(
  method: 'POST' | 'PATCH' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
  options: WriteOptions = {},
): Promise<T> {
  const headers: Record<string, string> = { 'Idempotency-Key': options.key ?? newKey() }
  if (options.version !== undefined) headers['If-Match'] = `"${options.version}"`
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  return ask<T>(path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(options.signal ? { signal: options.signal } : {}),
  })
}

/** Send a file as it is; the server reads its bytes, not its name. */
export function upload<T>(path: string, file: Blob, key = newKey()): Promise<T> {
  const headers = { 'Idempotency-Key': key, 'Content-Type': 'application/octet-stream' }
  return ask<T>(path, { method: 'POST', headers, body: file })
}

async function ask<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response
  try {
    response = await fetch(path, { credentials: 'same-origin', ...init })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw unreachable()
  }
  if (response.status === 204) return undefined as T
  const isJson = /\bjson\b/.test(response.headers.get('Content-Type') ?? '')
  if (!isJson) {
    if (response.ok && (await response.text()) === '') return undefined as T // made, and nothing more to say
    throw unexpected(response.status)
  }
  const answer: unknown = await response.json().catch(() => {
    throw unexpected(response.status)
  })
  if (response.ok) return answer as T
  if (response.status === 401 && !path.startsWith('/api/v1/session')) signedOut.forEach((callback) => callback())
  const document = answer as Partial<ProblemDocument>
  throw document.code && document.title ? new Problem(document as ProblemDocument) : unexpected(response.status)
}
