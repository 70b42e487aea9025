// The parts of a project's page; each is loaded when it is opened and stands in the address.
import type { ComponentType } from 'preact'
import type { Around } from './project-records'
import type { Project } from './project-types'

export interface TabProps {
  project: Project
  around: Around
  /** The plan year that the page speaks of. */
  year: number
  reload: () => void
}

export const TABS = {
  money: () => import('./project-money'),
  progress: () => import('./project-progress'),
  curve: () => import('./project-curve'),
  contracts: () => import('./project-contracts'),
  bottlenecks: () => import('./project-bottlenecks'),
  papers: () => import('./project-papers'),
  log: () => import('./project-log'),
} satisfies Record<string, () => Promise<{ default: ComponentType<TabProps> }>>

export type TabName = keyof typeof TABS
export const TAB_NAMES = Object.keys(TABS) as readonly TabName[]

export function isTab(word: string): word is TabName {
  return word in TABS
}
