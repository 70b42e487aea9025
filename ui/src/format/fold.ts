// Search without accents, the same fold as the server's: đ becomes d, marks fall away, case and spacing do not count.
import { locale } from './number'

/** `Hoà Bình`, `Hòa Bình` and `hoa  binh` fold to one text. */
export function fold(text: string): string {
  return text
    .replace(/[đĐ]/g, 'd')
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim()
}

let collator: Intl.Collator | undefined

/** Vietnamese order (An, Ăn, Ân; d before đ), with numbers inside names by their value. */
export function compare(a: string, b: string): number {
  collator ??= new Intl.Collator('vi', { numeric: true })
  return collator.compare(a, b)
}

/** A list of names: `A, B và C`. */
export function listed(names: readonly string[]): string {
  return new Intl.ListFormat(locale(), { type: 'conjunction' }).format(names)
}
