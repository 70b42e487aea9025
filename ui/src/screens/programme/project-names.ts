// What numbers in forms and lists are called: units, sources of money, contracts and packages of the same project.
import { useEffect, useReducer } from 'preact/hooks'
import { signal } from '@preact/signals'
import { get } from '../../api/client'
import type { Facts, FieldSpec, Names } from './project-fields'

/** A project's place in the API: `/api/v1/programme/projects/7`. */
export type Where = string

export interface Named {
  id: number
  name: string
}

const lists = signal<Readonly<Record<string, readonly Named[] | undefined>>>({})
const asked = new Set<string>()

/** Ask once for a list; another project's records are other lists. */
function ensure(url: string, name: (row: Facts) => string): void {
  if (asked.has(url)) return
  asked.add(url)
  get<{ items: (Facts & { id: number })[] }>(url)
    .then(({ items }) => (lists.value = { ...lists.peek(), [url]: items.map((row) => ({ id: row.id, name: name(row) })) }))
    .catch(() => asked.delete(url)) // asked for again when a form needs it; until then the number itself is shown
}

/** Forget the names of a project's records: something was added or has changed. */
export function forgetRecords(where: Where): void {
  for (const url of [...asked]) if (url.startsWith(`${where}/`)) asked.delete(url)
}

const text = (row: Facts, ...names: string[]) => names.map((name) => row[name]).filter(Boolean).join(' · ')
const CALLED: Record<string, (row: Facts) => string> = {
  contract: (row) => text(row, 'contract_no', 'contractor_name'),
  package: (row) => text(row, 'name'),
  contract_change: (row) => text(row, 'document', 'signed_on'),
  price_appraisal: (row) => text(row, 'subject', 'document'),
}

function source(where: Where, field: FieldSpec): { url: string; name: (row: Facts) => string } | null {
  const plain = (row: Facts) => text(row, 'name')
  if (field.type === 'org') return { url: '/api/v1/orgs', name: plain }
  if (field.type === 'fund_source') return { url: '/api/v1/programme/fund-sources', name: plain }
  if (field.type === 'files') return { url: `${where}/files`, name: plain }
  if (field.type === 'record' && field.refers) {
    return { url: `${where}/records/${field.refers}`, name: CALLED[field.refers] ?? plain }
  }
  return null
}

/** What a field can name, once it is known. */
export function useChoices(where: Where, field: FieldSpec): readonly Named[] | undefined {
  const found = source(where, field)
  useEffect(() => {
    if (found) ensure(found.url, found.name)
  }, [found?.url])
  return found ? lists.value[found.url] : undefined
}

/** Names of what these fields point to; asks for the lists that they need. */
export function useNames(where: Where, fields: readonly FieldSpec[]): Names {
  const [, redraw] = useReducer((count: number) => count + 1, 0)
  const sources = fields.map((field) => source(where, field))
  const key = sources.map((each) => each?.url).join(' ')
  useEffect(() => {
    for (const each of sources) if (each) ensure(each.url, each.name)
    return lists.subscribe(() => redraw(0))
  }, [key])
  return (field, value) => {
    const found = source(where, field)
    if (!found) return undefined
    const called = (number: unknown) => lists.value[found.url]?.find(({ id }) => id === number)?.name ?? `#${String(number)}`
    return Array.isArray(value) ? value.map(called).join(', ') : called(value)
  }
}
