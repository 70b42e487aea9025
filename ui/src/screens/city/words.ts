import { catalogue } from '../../messages/catalogue'
import { en } from '../../messages/city.en'
import { vi } from '../../messages/city.vi'

export const words = catalogue(vi, en)

/** A status as a person says it; a word that we do not know is shown as it came. */
export function say(value: number | string | null): number | string | null {
  return typeof value === 'string' ? (words.value.words[value] ?? value) : value
}
