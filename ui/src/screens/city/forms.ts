// The representations of an entity in NGSI-LD (GS CIM 009, 4.5), each as a path and what is accepted.
export const FORMS = ['normalized', 'concise', 'simplified', 'geojson', 'temporal'] as const
export type Form = (typeof FORMS)[number]

/** Values of each attribute that the temporal form shows. */
const LAST = 10

interface Asked {
  path: string
  accept: string
}

export function pathOf(form: Form, id: string): Asked {
  const name = encodeURIComponent(id).replaceAll('%3A', ':')
  const entity = `/ngsi-ld/v1/entities/${name}`
  switch (form) {
    case 'normalized':
      return { path: entity, accept: 'application/json' }
    case 'concise':
      return { path: `${entity}?format=concise`, accept: 'application/json' }
    case 'simplified':
      return { path: `${entity}?format=simplified`, accept: 'application/json' }
    case 'geojson':
      return { path: entity, accept: 'application/geo+json' }
    case 'temporal':
      return {
        path: `/ngsi-ld/v1/temporal/entities/${name}?lastN=${LAST}&options=temporalValues`,
        accept: 'application/json',
      }
  }
}

/** What to type into a shell. The key stays in the reader's own environment and is never part of the text. */
export function command(form: Form, id: string, origin: string): string {
  const { path, accept } = pathOf(form, id)
  return [`curl -s ${quoted(origin + path)}`, `  -H 'Accept: ${accept}'`, `  -H "Authorization: Bearer $HAIDANG_KEY"`].join(' \\\n')
}

/** In single quotes as a shell reads them. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
