// What types and attributes are called: data of the site's packs. Asked for once, when first needed.
import { signal } from '@preact/signals'
import { named } from '../messages/catalogue'
import { get } from './client'
import { asProblem } from './problem'

interface Label {
  vi: string
  en: string
}

export interface Labels {
  types: Record<string, Label & { attributes: Record<string, Label> }>
  common: Record<string, Label>
}

const known = signal<Labels | null>(null)
let asked = false

function labels(): Labels | null {
  if (!asked) {
    asked = true
    get<Labels>('/api/v1/labels')
      .then((answer) => (known.value = answer))
      .catch((error: unknown) => {
        asked = false
        asProblem(error)
      })
  }
  return known.value
}

/** The type's name in the language of the moment; a type that nobody described shows its code. */
export function typeName(type: string): string {
  const found = labels()?.types[type]
  return found ? named(found.vi, found.en) : type
}

/** The attribute's name, of a type where one is known; an attribute that nobody described shows its code. */
export function attributeName(attribute: string, type?: string | null): string {
  const all = labels()
  const found = (type && all?.types[type]?.attributes[attribute]) || all?.common[attribute]
  return found ? named(found.vi, found.en) : attribute
}
