// Which models are shown, and in which words their attributes are described: no drawing here.
import type { ModelAttribute, ModelRow } from '../../api/models'
import { compare, fold } from '../../format/fold'
import { number } from '../../format/number'
import { named } from '../../messages/catalogue'
import { models as messages } from '../../messages/models'

export type Filter = 'all' | 'used' | 'faulty'
export const FILTERS: readonly Filter[] = ['all', 'used', 'faulty']

export function passes(row: ModelRow, filter: Filter): boolean {
  return filter === 'all' || (filter === 'used' ? row.entities > 0 : row.faulty > 0)
}

/** By name in either language and by code, without accents. */
export function matches(text: string, ...names: readonly string[]): boolean {
  return fold(names.join(' ')).includes(fold(text))
}

export interface Group {
  sector: string
  name: string
  rows: ModelRow[]
}

/** Models by sector, both in the order of their names. */
export function grouped(rows: readonly ModelRow[], sectors: Record<string, { vi: string; en: string }>): Group[] {
  const groups = new Map<string, Group>()
  for (const row of rows) {
    const sector = sectors[row.sector]
    const group = groups.get(row.sector) ?? { sector: row.sector, name: sector ? named(sector.vi, sector.en) : row.sector, rows: [] }
    group.rows.push(row)
    groups.set(row.sector, group)
  }
  const sorted = [...groups.values()].sort((a, b) => compare(a.name, b.name))
  for (const group of sorted) group.rows.sort((a, b) => compare(named(a.vi, a.en), named(b.vi, b.en)))
  return sorted
}

/** `số`, `danh sách chuỗi`, `chuỗi, thời điểm`, `Quan hệ → Camera`. */
export function typeWords(one: ModelAttribute): string {
  const m = messages.value
  if (one.kind === 'Relationship') return one.to ? m.pointsTo(one.to) : m.kind.Relationship
  if (one.kind === 'GeoProperty' || one.value === null) return m.kind.GeoProperty
  const word = m.value[one.value]
  const items = one.items && one.items !== 'any' ? ` ${m.value[one.items as keyof typeof m.value] ?? one.items}` : ''
  const format = one.format ? `, ${m.format[one.format as keyof typeof m.format] ?? one.format}` : ''
  return word + items + format
}

/** `0–1`, `≥ 0`; empty where every value is in range. */
export function rangeWords(one: ModelAttribute): string {
  if (one.min === null && one.max === null) return ''
  if (one.min === null) return `≤ ${number(one.max as number)}`
  return one.max === null ? `≥ ${number(one.min)}` : `${number(one.min)}–${number(one.max)}`
}
