// Entries of the log in words: what was done, and which fields became what. No screen in here.
import { bigDong } from '../../format/money'
import { named } from '../../messages/catalogue'
import { project as messages } from '../../messages/project'
import { inWords, type Described, type FieldSpec, type KindSpec } from './project-fields'
import type { Entry } from './project-types'

const PREFIX = 'programme.'
const DETAILS_MAX = 8

function kindOf(described: Described, name: unknown): KindSpec | undefined {
  return described.records.find(({ kind }) => kind === name)
}

export function titleOf(entry: Entry, described: Described): string {
  const m = messages.value.log
  const action = entry.action.startsWith(PREFIX) ? entry.action.slice(PREFIX.length) : entry.action
  if (action === 'record.add') {
    const records = entry.body['records'] as [string, number][] | undefined
    if (records && records.length !== 1) return m.addedMany(records.length)
    const kind = kindOf(described, records?.[0]?.[0])
    return m.added(kind ? named(kind.vi, kind.en).toLowerCase() : '')
  }
  if (action === 'record.amend') {
    const kind = kindOf(described, (entry.body['record'] as unknown[] | undefined)?.[0])
    return m.amended(kind ? named(kind.vi, kind.en).toLowerCase() : '')
  }
  return m.actions[action as keyof typeof m.actions] ?? action
}

/** Which fields became what, a line each. */
export function detailsOf(entry: Entry, described: Described): string[] {
  const m = messages.value.log
  const { body } = entry
  const action = entry.action.startsWith(PREFIX) ? entry.action.slice(PREFIX.length) : entry.action
  const line = (field: FieldSpec, words: string) => `${named(field.vi, field.en)}: ${words}`
  const say = (field: FieldSpec, value: unknown) => inWords(field, value) || m.empty
  const changes = (fields: readonly FieldSpec[], found: Record<string, unknown>) =>
    fields.flatMap((field) => {
      const both = found[field.name]
      return Array.isArray(both) && both.length === 2 ? [line(field, m.changed(say(field, both[0]), say(field, both[1])))] : []
    })
  const facts = (fields: readonly FieldSpec[], found: Record<string, unknown>) =>
    fields.flatMap((field) => (found[field.name] !== undefined && found[field.name] !== null && found[field.name] !== '' && found[field.name] !== false ? [line(field, say(field, found[field.name]))] : []))
  if (action === 'record.add') {
    const kind = kindOf(described, (body['records'] as [string, number][] | undefined)?.[0]?.[0])
    return kind && body['facts'] ? together(facts(kind.fields.filter(isPlain), body['facts'] as Record<string, unknown>)) : []
  }
  if (action === 'record.amend') {
    const kind = kindOf(described, (body['record'] as unknown[] | undefined)?.[0])
    return kind ? changes(kind.fields, (body['changes'] ?? {}) as Record<string, unknown>).slice(0, DETAILS_MAX) : []
  }
  if (action === 'bottleneck.report') return together(facts(described.bottleneck.filter(isPlain), body))
  if (action === 'project.change') return changes(described.project, body).slice(0, DETAILS_MAX)
  if (action === 'file.attach') return [String(body['name'] ?? '')].filter(Boolean)
  if (action === 'total.set') return typeof body['sum_dong'] === 'number' ? [bigDong(body['sum_dong'])] : []
  if (action.startsWith('payment.')) return together(facts([...(described.payments['enter'] ?? []), ...(described.payments['estimate'] ?? [])].filter(isPlain).filter(onlyOnce()), body))
  return []
}

/** What was first said, on one line. */
function together(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [lines.slice(0, DETAILS_MAX).join(' · ')]
}

/** Fields that say something without looking a number up. */
function isPlain(field: FieldSpec): boolean {
  return !['record', 'org', 'contractor', 'fund_source', 'files'].includes(field.type)
}

function onlyOnce(): (field: FieldSpec) => boolean {
  const seen = new Set<string>()
  return ({ name }) => !seen.has(name) && Boolean(seen.add(name))
}
