import type { ComponentChildren } from 'preact'

/** What each part of the screen is given. */
export interface PartProps {
  /** Title and tabs, for the part to put above its list. */
  head: ComponentChildren
  /** What the address names as opened. */
  openId: string | null
}

/** How often the figures are asked for anew while somebody looks at them. */
export const EVERY_MS = 5000
