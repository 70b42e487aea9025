/** The terms that a context defines itself, with what each means, in the order of the document. */
export function termsOf(body: unknown): [string, string][] {
  const context = isObject(body) ? body['@context'] : undefined
  const parts = Array.isArray(context) ? context : [context]
  return parts
    .filter(isObject)
    .flatMap((part) => Object.entries(part))
    .filter(([term]) => !term.startsWith('@'))
    .map(([term, meaning]) => [term, meaningOf(meaning)])
}

function meaningOf(meaning: unknown): string {
  if (typeof meaning === 'string') return meaning
  if (isObject(meaning) && typeof meaning['@id'] === 'string') return meaning['@id']
  return JSON.stringify(meaning)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
