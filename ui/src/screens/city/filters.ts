// What the screen is narrowed to, all of it in the address: `f=type:Camera,Streetlight;sector:transport&area=22&q=…`.
import { computed } from '@preact/signals'
import { go, param } from '../../router'

const f = param('f')
export const areaCode = param('area')
export const query = param('q')

export interface Filters {
  types: readonly string[]
  sector: string
}

export function parseFilters(text: string): Filters {
  const parts = new Map(
    text.split(';').map((part) => {
      const colon = part.indexOf(':')
      return [part.slice(0, colon), part.slice(colon + 1)] as const
    }),
  )
  return { types: (parts.get('type') ?? '').split(',').filter(Boolean), sector: parts.get('sector') ?? '' }
}

export function formatFilters({ types, sector }: Filters): string {
  return [types.length > 0 && `type:${types.join(',')}`, sector && `sector:${sector}`].filter(Boolean).join(';')
}

export const filters = computed(() => parseFilters(f.value))
export const isFiltered = computed(() => Boolean(f.value || areaCode.value || query.value))

export function setFilters(change: Partial<Filters>): void {
  go('', { f: formatFilters({ ...filters.peek(), ...change }) }, { replace: true })
}

/** Add a type to what is shown or take it away; with none chosen all are shown. */
export function toggleType(type: string): void {
  const { types } = filters.peek()
  setFilters({ types: types.includes(type) ? types.filter((other) => other !== type) : [...types, type].sort() })
}

export function setArea(code: string): void {
  go('', { area: code || null }, { replace: true })
}

export function setQuery(text: string): void {
  go('', { q: text || null }, { replace: true })
}

export function clearFilters(): void {
  go('', { f: null, area: null, q: null }, { replace: true })
}
