// Files on their way in. They outlive the list's page: whoever opens the first document finds the refusals on return.
import { signal } from '@preact/signals'
import { newKey, send, upload } from '../../api/client'
import { asProblem, type Problem } from '../../api/problem'
import type { DocumentRow } from './types'

export interface Upload {
  key: string
  name: string
  state: 'waiting' | 'reading' | 'done' | 'refused'
  document?: DocumentRow
  /** How many proposals were found. */
  found?: number
  problem?: Problem
  /** The document that is here already, where that is why it was refused. */
  knownId?: number
}

export interface Taken {
  document: DocumentRow
  candidates: readonly unknown[]
}

export const uploads = signal<readonly Upload[]>([])

const waiting: { key: string; file: File; secrecy: string }[] = []
let running = false

/** Take files in, one after the other; `told` is called after each. */
export function takeIn(files: readonly File[], secrecy: string, told: () => void): void {
  const fresh = files.map((file) => ({ key: newKey(), file, secrecy }))
  waiting.push(...fresh)
  uploads.value = [
    ...uploads.value,
    ...fresh.map(({ key, file }): Upload => ({ key, name: file.name, state: 'waiting' })),
  ]
  if (!running) void work(told)
}

export function clearUploads(): void {
  uploads.value = uploads.value.filter(({ state }) => state === 'waiting' || state === 'reading')
}

async function work(told: () => void): Promise<void> {
  running = true
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const { key, file, secrecy } = next
    put(key, { state: 'reading' })
    try {
      const query = new URLSearchParams({ name: file.name, ...(secrecy === 'normal' ? {} : { secrecy }) })
      const { document, candidates } = await upload<Taken>(`/api/v1/directive-documents?${query}`, file, key)
      put(key, { state: 'done', document, found: candidates.length })
    } catch (error) {
      const problem = asProblem(error)
      const known = knownId(problem)
      put(key, { state: 'refused', problem, ...(known === null ? {} : { knownId: known }) })
    }
    told()
  }
  running = false
}

function put(key: string, change: Partial<Upload>): void {
  uploads.value = uploads.value.map((each) => (each.key === key ? { ...each, ...change } : each))
}

/** The document that is here already, of a refusal that names it. */
export function knownId(problem: Problem): number | null {
  const { document_id, id } = problem.document as { document_id?: unknown; id?: unknown }
  const found = document_id ?? id
  return problem.code === 'document-known' && typeof found === 'number' ? found : null
}

/** Register without a file: pasted text, or only a reference. */
export function register(body: Record<string, unknown>, key: string): Promise<Taken> {
  return send<Taken>('POST', '/api/v1/directive-documents', body, { key })
}
