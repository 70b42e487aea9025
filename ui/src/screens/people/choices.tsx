// Choosing an agency, an area and a sector: the three limits of whatever is granted.
import { useId } from 'preact/hooks'
import { get } from '../../api/client'
import { useResource } from '../../api/resource'
import { sectorName, sectors } from '../../api/sectors'
import type { Area, Org } from '../../api/types'
import { Select } from '../../design/controls'
import { compare } from '../../format/fold'
import { named } from '../../messages/catalogue'
import { people } from '../../messages/people'

export interface Limits {
  org_id: number | null
  area_code: string | null
  sector: string | null
}

/** The agencies as a tree in reading order, each with its depth. */
export function treeOf(orgs: readonly Org[]): { org: Org; depth: number }[] {
  const known = new Set(orgs.map((org) => org.id))
  const children = new Map<number | null, Org[]>()
  for (const org of orgs) {
    const parent = org.parent_id !== null && known.has(org.parent_id) ? org.parent_id : null
    children.set(parent, [...(children.get(parent) ?? []), org])
  }
  const walk = (parent: number | null, depth: number): { org: Org; depth: number }[] =>
    (children.get(parent) ?? [])
      .sort((a, b) => compare(a.name, b.name))
      .flatMap((org) => [{ org, depth }, ...walk(org.id, depth + 1)])
  return walk(null, 0)
}

interface OrgSelectProps {
  label: string
  orgs: readonly Org[]
  value: number | null
  /** The wording of "no limit"; left out where an agency must be chosen. */
  all?: string
  fault?: string
  onChange: (id: number | null) => void
}

export function OrgSelect({ label, orgs, value, all, fault, onChange }: OrgSelectProps) {
  const options = treeOf(orgs).map(({ org, depth }) => ({
    value: String(org.id),
    label: `${'\u2003'.repeat(depth)}${org.name}`,
  }))
  return (
    <Select
      label={label}
      value={value === null ? '' : String(value)}
      options={all ? [{ value: '', label: all }, ...options] : options}
      fault={fault}
      onChange={(chosen) => onChange(chosen ? Number(chosen) : null)}
    />
  )
}

interface AreaFieldProps {
  value: string
  fault?: string
  onChange: (code: string) => void
}

/** An area by its code; typing a name (without accents too) offers the codes that bear it. */
export function AreaField({ value, fault, onChange }: AreaFieldProps) {
  const id = useId()
  const m = people.value.grants
  const asked = /^\d*$/.test(value) ? null : value.trim()
  const found = useResource(asked && asked.length >= 2 ? asked : null, (signal) =>
    get<{ items: Area[] }>('/api/v1/areas', { q: asked, limit: 20 }, signal),
  )
  return (
    <div class="field">
      <label for={id}>{m.area}</label>
      <input
        id={id}
        list={`${id}-areas`}
        value={value}
        autocomplete="off"
        aria-invalid={fault ? true : undefined}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      <datalist id={`${id}-areas`}>
        {found.data?.items.map((area) => (
          <option key={area.code} value={area.code}>
            {area.full_name}
          </option>
        ))}
      </datalist>
      <p class="field-hint">{m.areaHint}</p>
      {fault && <p class="field-fault">{fault}</p>}
    </div>
  )
}

interface SectorSelectProps {
  value: string
  fault?: string
  onChange: (sector: string) => void
}

export function SectorSelect({ value, fault, onChange }: SectorSelectProps) {
  const m = people.value.grants
  const options = sectors().map((sector) => ({ value: sector.name, label: named(sector.vi, sector.en) }))
  return (
    <Select
      label={m.sector}
      value={value}
      options={[{ value: '', label: m.allSectors }, ...options]}
      onChange={onChange}
      fault={fault}
    />
  )
}

/** The limits in words: `Sở Xây dựng · 24 · giao thông`. */
export function limitsText(limits: Limits, orgs: readonly Org[]): string {
  const org = limits.org_id === null ? null : (orgs.find((other) => other.id === limits.org_id)?.name ?? `#${limits.org_id}`)
  const sector = limits.sector === null ? null : sectorName(limits.sector)
  return [org, limits.area_code, sector].filter(Boolean).join(' · ') || people.value.everywhere
}
