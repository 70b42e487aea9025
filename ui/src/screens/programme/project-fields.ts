// What a form made from the server's description holds: texts as they are typed, and what they mean. No screen in here.
import { dong, parseDong } from '../../format/money'
import { number, parseNumber } from '../../format/number'
import { asField, date, dateTime, fromField } from '../../format/time'
import { named } from '../../messages/catalogue'

export type FieldType =
  | 'text' | 'long' | 'date' | 'moment' | 'number' | 'decimal' | 'dong' | 'dongs' | 'yes' | 'choice' | 'year' | 'period'
  | 'record' | 'org' | 'contractor' | 'fund_source' | 'files' | 'codes' | 'due'

export interface FieldSpec {
  name: string
  vi: string
  en: string
  type: FieldType
  required?: boolean
  /** Keeps what it first said. */
  fixed?: boolean
  /** Nothing may stand in it. */
  nullable?: boolean
  default?: string | number | boolean | null
  /** The kind of record of the same project that it names. */
  refers?: string
  choices?: readonly { value: string; vi: string; en: string }[]
  least?: number
  most?: number
  longest?: number
}

export interface KindSpec {
  kind: string
  vi: string
  en: string
  amend: boolean
  public: boolean
  fields: readonly FieldSpec[]
}

export interface Described {
  records: readonly KindSpec[]
  payments: Record<string, readonly FieldSpec[]>
  cases: Record<string, readonly FieldSpec[]>
  bottleneck: readonly FieldSpec[]
  contractor: readonly FieldSpec[]
  project: readonly FieldSpec[]
}

/** Each field as it was typed; numbers of files and the like stand beside each other by commas. */
export type Draft = Readonly<Record<string, string>>
export type Facts = Readonly<Record<string, unknown>>

export type ReadFault = 'required' | 'number' | 'dong' | 'moment'
export type Read = { value: unknown } | { fault: ReadFault }

/** What a field holds, as it is typed. */
export function typed(field: FieldSpec, value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.join(field.type === 'dongs' ? '\n' : ', ')
  if (field.type === 'moment') return asField(String(value))
  if (field.type === 'yes') return value ? 'yes' : ''
  if (field.type === 'decimal' || field.type === 'dong') return String(value).replace('.', ',')
  return String(value)
}

export function draftOf(fields: readonly FieldSpec[], facts: Facts): Draft {
  return Object.fromEntries(fields.map((field) => [field.name, typed(field, field.name in facts ? facts[field.name] : field.default)]))
}

/** What was typed, as the server takes it; an empty field is what the record begins with. */
export function read(field: FieldSpec, text: string): Read {
  const trimmed = text.trim()
  if (field.type === 'yes') return { value: trimmed !== '' }
  if (field.type === 'files') return { value: listed(trimmed).map(Number) }
  if (field.type === 'codes') return { value: listed(trimmed) }
  if (trimmed === '') {
    if (field.required) return { fault: 'required' }
    const isText = field.type === 'text' || field.type === 'long'
    return { value: field.nullable || !isText ? (field.default ?? null) : '' }
  }
  switch (field.type) {
    case 'dong':
      return orFault(parseDong(trimmed), 'dong')
    case 'dongs': {
      const amounts = trimmed.split(/[\n;]+/).filter((line) => line.trim()).map(parseDong)
      return amounts.includes(null) ? { fault: 'dong' } : { value: amounts }
    }
    case 'number':
    case 'year':
    case 'period':
    case 'record':
    case 'org':
    case 'contractor':
    case 'fund_source': {
      const found = parseNumber(trimmed)
      return orFault(found !== null && Number.isInteger(found) ? found : null, 'number')
    }
    case 'decimal': {
      const found = parseNumber(trimmed)
      return found === null ? { fault: 'number' } : { value: String(found) } // exact: the server reads it as a decimal
    }
    case 'moment': {
      const at = fromField(trimmed)
      return Number.isNaN(at) ? { fault: 'moment' } : { value: new Date(at).toISOString() }
    }
    default:
      return { value: trimmed }
  }
}

function orFault(value: number | null, fault: ReadFault): Read {
  return value === null ? { fault } : { value }
}

function listed(text: string): string[] {
  return text.split(',').map((part) => part.trim()).filter(Boolean)
}

export interface Reading {
  body: Record<string, unknown>
  faults: Record<string, ReadFault>
}

/** The body of something new: what was left empty is left out. */
export function newBody(fields: readonly FieldSpec[], draft: Draft): Reading {
  return gather(fields, draft, (field, value) => {
    const text = (draft[field.name] ?? '').trim()
    return text !== '' || field.required === true ? value : undefined
  })
}

/** The body of a change: what is not as it was. */
export function changedBody(fields: readonly FieldSpec[], before: Facts, draft: Draft): Reading {
  return gather(fields.filter((field) => !field.fixed), draft, (field, value) => {
    const was = read(field, typed(field, before[field.name]))
    return 'value' in was && JSON.stringify(was.value) === JSON.stringify(value) ? undefined : value
  })
}

function gather(fields: readonly FieldSpec[], draft: Draft, keep: (field: FieldSpec, value: unknown) => unknown): Reading {
  const reading: Reading = { body: {}, faults: {} }
  for (const field of fields) {
    if (field.type === 'due') continue // a rule with fields of its own
    const found = read(field, draft[field.name] ?? '')
    if ('fault' in found) {
      reading.faults[field.name] = found.fault
      continue
    }
    const value = keep(field, found.value)
    if (value !== undefined) reading.body[field.name] = value
  }
  return reading
}

/** What a number of something else is called. */
export type Names = (field: FieldSpec, value: unknown) => string | undefined

/** A field's value in words; empty where there is none. */
export function inWords(field: FieldSpec, value: unknown, names: Names = () => undefined): string {
  if (value === null || value === undefined || value === '') return ''
  const called = names(field, value)
  if (called !== undefined) return called
  switch (field.type) {
    case 'date':
      return date(String(value))
    case 'moment':
      return dateTime(String(value))
    case 'dong':
      return dong(Number(value))
    case 'dongs':
      return (value as number[]).map((amount) => dong(amount)).join(' · ')
    case 'yes':
      return value ? '✓' : ''
    case 'choice': {
      const found = field.choices?.find((choice) => choice.value === value)
      return found ? named(found.vi, found.en) : String(value)
    }
    case 'decimal':
      return number(Number(value))
    case 'files':
    case 'codes':
      return (value as unknown[]).join(', ')
    case 'number':
      return number(Number(value))
    default:
      return String(value)
  }
}

/** A field of a row in words; units and companies stand by their names beside their numbers. */
export function said(field: FieldSpec, row: Facts, names?: Names): string {
  const beside = row[field.name.replace(/_id$/, '_name')]
  return field.name.endsWith('_id') && typeof beside === 'string' ? beside : inWords(field, row[field.name], names)
}

/** Both versions of every field that either of the two has changed. */
export function sides(
  fields: readonly FieldSpec[], before: Facts, mine: Facts, theirs: Facts, names?: Names,
): { label: string; mine: string; theirs: string }[] {
  const differs = (name: string, other: Facts) => JSON.stringify([before[name] ?? null]) !== JSON.stringify([other[name] ?? null])
  return fields
    .filter(({ name }) => differs(name, mine) || differs(name, theirs))
    .map((field) => ({ label: named(field.vi, field.en), mine: said(field, { [field.name]: mine[field.name] }, names), theirs: said(field, { [field.name]: theirs[field.name] }, names) }))
}

/** A sum of a text, so that another wording is another intent and the same one is sent twice without harm. */
export function fingerprint(text: string): string {
  let sum = 5381
  for (const letter of text) sum = ((sum * 33) ^ letter.charCodeAt(0)) >>> 0
  return sum.toString(16)
}
