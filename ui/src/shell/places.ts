import type { IconName } from '../design/icons'

/** The screens of the rail, in order, with the letter that follows G and what one must be allowed to see them (one of these).
 *  `desk`: not in the rail of a phone, where the search leads there. */
export const PLACES = [
  { name: 'city', icon: 'map', letter: 'M', permission: 'entity.read' },
  { name: 'duty', icon: 'siren', letter: 'D', permission: ['alert.read', 'incident.read'] },
  { name: 'feeds', icon: 'feeds', letter: 'F', permission: 'feed.read', desk: true },
  { name: 'models', icon: 'models', letter: 'H', permission: 'entity.read', desk: true },
  { name: 'operations', icon: 'pulse', letter: 'O', permission: ['system.read', 'subscription.read'], desk: true },
  { name: 'tasks', icon: 'check', letter: 'N', permission: 'task.read' },
  { name: 'directives', icon: 'document', letter: 'I', permission: 'directive.read' },
  { name: 'brief', icon: 'calendar', letter: 'S', permission: 'directive.read' },
  { name: 'programme', icon: 'works', letter: 'P', permission: 'programme.read' },
  { name: 'indicators', icon: 'gauge', letter: 'K', permission: 'indicator.read', desk: true },
  { name: 'warnings', icon: 'megaphone', letter: 'B', permission: 'warning.read' },
  { name: 'rules', icon: 'rules', letter: 'R', permission: 'alert.read', desk: true },
  { name: 'wall', icon: 'screen', letter: 'W', permission: 'entity.read', desk: true },
  { name: 'people', icon: 'people', letter: 'U', permission: 'account.read', desk: true },
] as const satisfies readonly { name: string; icon: IconName; letter: string; permission: string | readonly string[]; desk?: true }[]
