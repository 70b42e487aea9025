// What the routes of indices answer.

export interface Method {
  method: string
  index: string
  version: number
  vi: string
  en: string
  publisher: string
  since: number | null
  until: number | null
  compare: string
  components: number
  template: boolean
  unchecked: string[]
}

export interface Branch {
  code: string
  vi: string
  en: string
  weight: number | null
  min: number
  max: number | null
  unchecked: boolean
  components: Branch[]
}

export interface MethodTree extends Method {
  note_vi: string
  note_en: string
  tree: Branch[]
}

export interface Fault {
  row: number
  column: string
  unit: string
  value: string
  vi: string
  en: string
}

export interface Rank {
  unit: string
  name: string
  key: string
  computed: number | null
  published: number | null
  difference: number | null
  flagged: boolean
  missing: string[]
  why: string | null
  why_vi: string
  why_en: string
  rank: number | null
  rank_published: number | null
  quarter: string | null
}

export interface Report {
  method: string
  index: string
  vi: string
  en: string
  year: number | null
  units_on: string | null
  basis: 'computed' | 'published'
  tolerance: number
  rows: Rank[]
  faults: Fault[]
  notes: { vi: string; en: string }[]
  summary: {
    units: number
    rated: number
    compared: number
    differing: number
    faults: number
    largest_difference: number | null
  }
}

export interface TableLine {
  id: number
  version: number
  index_code: string
  method: string
  year: number
  title: string
  source: string
  shared: boolean
  simulated: boolean
  recorded_at: string
  corrects: number | null
  reason: string
  method_changed: boolean
}

export interface OpenedTable extends TableLine {
  report: Report
}

export interface Standing {
  code: string
  vi: string
  en: string
  coefficient: number
  value: number | null
  best: number
  best_units: { key: string; name: string }[]
  median: number
  neighbours: number | null
  place: number | null
}

export interface Gap {
  to: 'best' | 'neighbour' | 'median'
  key: string | null
  name: string | null
  gap: number
  components: { code: string; adds: number }[]
}

export interface Raise {
  components: { code: string; to: string; from: number; value: number; raise: number; gain: number; quick: boolean | null }[]
  gain: number
  total: number
  place: number
  places: number
}

export interface Analysis {
  unit: string
  name: string
  key: string
  total: number | null
  published: number | null
  units: number
  place: number | null
  quarter: string | null
  median: number | null
  best?: { key: string; name: string; total: number }
  neighbours: { key: string; name: string }[]
  components: Standing[]
  gaps?: Gap[]
  weakest?: string
  rounding?: { half_width: number; best_place: number; worst_place: number }
  what_if: {
    place: number
    units: number
    steps: Raise[]
    pairs: Raise[]
    needed: {
      place: number
      total: number
      lacking: number
      components: { code: string; from: number; value: number | null; max: number | null; possible: boolean; reached_by_others: boolean }[]
    } | null
  } | null
}

export interface Trend {
  points: { year: number; method: string; total: number | null; published: number | null; place: number | null; units: number; median: number | null }[]
  changes: { from: number; to: number; change: number | null; break: string | null; break_vi: string; break_en: string }[]
}
