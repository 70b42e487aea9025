// What the wall reads: nothing in it names a person. Times are ISO 8601 in UTC.
import type { vi } from '../../messages/wall.vi'

export type View = keyof typeof vi.views

export interface Display {
  display: string
  vi: string
  en: string
  distance_m: number
  diagonal_in: number
  resolution: [number, number]
  theme: 'dark' | 'light'
  lang: 'vi' | 'en'
  playlist: { show: View; seconds: number; area: string | null }[]
  font_px: number
  columns: number
  lines: number
  warnings: { field: string; vi: string; en: string }[]
}

export interface Displays {
  items: Display[]
  refused: { file: string; faults: { field: string; vi: string; en: string }[] }[]
}

export interface Figure {
  type: string
  label_vi: string
  label_en: string
  attr_vi: string
  attr_en: string
  unit: string | null
  decimals: number | null
  value: number | null
  have: number
  expected: number
  outside: number | null
  simulated: boolean
}

type Part<T> = ({ state: 'ok' } & T) | { state: 'forbidden' }

export interface WallIncident {
  id: number
  code: string
  kind_vi: string
  kind_en: string
  severity: 1 | 2 | 3 | 4
  state: string
  area: string | null
  reported_at: string
  is_exercise: boolean
  location: [number, number] | null
  acknowledged: boolean
}

export interface WallAlert {
  id: number
  priority: 1 | 2 | 3 | 4
  state: string
  title_vi: string | null
  title_en: string | null
  area: string | null
  first_at: string
  location: [number, number] | null
  is_exercise: boolean
}

export interface Picture {
  as_of: string
  simulated: boolean
  sectors: { sector: string; vi: string; en: string; figures: Figure[] }[]
  cameras: { live: number; lost: number; unchecked: number; total: number; lost_at: [number, number][] }
  incidents: Part<{ items: WallIncident[]; more: boolean }>
  alerts: Part<{ items: WallAlert[]; counts: Record<string, number>; rate: { per_hour: number; goal: number } | null; flood: { active: boolean } | null }>
  tasks: Part<{ open: number; late: number; units: { name: string; open: number; late: number }[] }>
  directives: Part<{ given: number; open: number; overdue: number; due_soon: number; awaiting_verdict: number; units: { name: string; open: number; late: number }[] }>
  feeds: Part<{ total: number; late: number; dead: number }>
}
