// A typed catalogue in place of an i18n library: Vietnamese has a single plural form, so a message is a string or a
// function. Each screen has its own pair of files, `<screen>.vi.ts` (the source) and `<screen>.en.ts` (the same keys,
// enforced by type), and is loaded with its own words only.
import { computed, type ReadonlySignal } from '@preact/signals'
import { lang } from '../preferences'

/** The shape another language must fill: the same keys, any wording. */
export type Messages<T> = {
  readonly [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends (...args: infer A) => string
      ? (...args: A) => string
      : Messages<T[K]>
}

/** The messages in the language of the moment. */
export function catalogue<T>(vi: T, en: Messages<T>): ReadonlySignal<Messages<T>> {
  return computed(() => (lang.value === 'en' ? en : (vi as Messages<T>)))
}

/** Choose between the two names that data carry, falling back on the other where one is empty. */
export function named(vi: string | null | undefined, en: string | null | undefined): string {
  return (lang.value === 'en' ? en || vi : vi || en) ?? ''
}
