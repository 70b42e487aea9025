// What the page of an owner is answered.
import type { Flag, Named, Party } from './analysis-types'
import type { Bottleneck, Row } from './types'

export interface Promise13 {
  period: number
  promised_dong: number | null
  paid_dong: number
  projects: number
  /** null: the month runs, or nothing was promised. */
  kept: boolean | null
  over: boolean
}

export interface Promised {
  rows: Promise13[]
  kept: number
  broken: number
  promised_dong: number | null
  paid_dong: number | null
}

export interface OwnerBottleneck {
  id: number
  project: Named
  cause: Bottleneck['cause']
  cause_vi: string
  cause_en: string
  description: string
  amount_dong: number | null
  task: { id: number; title: string; owner_name: string; due_end: string | null }
}

export type OwnerFlag = Flag

export interface Owed {
  id: number
  title: string
  state: string
  due_end: string | null
  overdue: boolean
  source_kind: string
}

export interface OwnerAnswer {
  owner: Party
  year: number
  as_of: string
  programs: number[]
  totals: {
    projects: number
    current_dong: number | null
    current_missing: number
    paid_dong: number | null
    paid_carry_over_dong: number | null
    total_dong: number | null
  }
  projects: Row[]
  promises: Promised
  bottlenecks: OwnerBottleneck[]
  flags: OwnerFlag[]
  tasks: Owed[]
  directives: Owed[]
  simulated: boolean
}
