// What the sectors are called: data of the site, since a province adds its own. Asked for once, when first needed.
import { signal } from '@preact/signals'
import { named } from '../messages/catalogue'
import { get } from './client'
import { asProblem } from './problem'

export interface Sector {
  name: string
  vi: string
  en: string
}

const known = signal<readonly Sector[] | null>(null)
let asked = false

/** The sectors of this site; empty until the answer is here. */
export function sectors(): readonly Sector[] {
  if (!asked) {
    asked = true
    get<{ items: Sector[] }>('/api/v1/sectors')
      .then((answer) => (known.value = answer.items))
      .catch((error: unknown) => {
        asked = false
        asProblem(error)
      })
  }
  return known.value ?? []
}

/** The name in the language of the moment; a sector that nobody described shows its code. */
export function sectorName(code: string): string {
  const found = sectors().find((sector) => sector.name === code)
  return found ? named(found.vi, found.en) : code
}
