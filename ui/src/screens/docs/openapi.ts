// The description of the API, read for people: operations by group, what each takes, and a command that calls it.

export interface Schema {
  type?: string | string[]
  $ref?: string
  items?: Schema
  oneOf?: Schema[]
  anyOf?: Schema[]
  enum?: unknown[]
  properties?: Record<string, Schema>
  required?: string[]
  description?: string
  default?: unknown
}

export interface Parameter {
  name: string
  in: 'path' | 'query' | 'header' | 'cookie'
  required?: boolean
  description?: string
  schema?: Schema
}

interface RawOperation {
  summary?: string
  description?: string
  tags?: string[]
  parameters?: Parameter[]
  requestBody?: { content?: Record<string, { schema?: Schema }> }
  responses?: Record<string, { description?: string }>
  'x-permission'?: string
}

export interface OpenApi {
  info: { version: string }
  paths: Record<string, Record<string, RawOperation>>
  components?: { schemas?: Record<string, Schema> }
}

export interface Operation {
  /** `GET /api/v1/site`: also what the address names it by. */
  key: string
  method: string
  path: string
  /** The text in both languages, as `vi / en`. */
  summary: string
  description: string
  group: string
  permission: string | null
  parameters: Parameter[]
  bodyType: string | null
  body: Schema | null
  statuses: string[]
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete']

export function operationsOf(api: OpenApi): Operation[] {
  return Object.entries(api.paths).flatMap(([path, methods]) =>
    METHODS.flatMap((method) => {
      const raw = methods[method]
      return raw ? [operation(path, method.toUpperCase(), raw)] : []
    }),
  )
}

function operation(path: string, method: string, raw: RawOperation): Operation {
  const [bodyType, content] = Object.entries(raw.requestBody?.content ?? {})[0] ?? [null, null]
  return {
    key: `${method} ${path}`,
    method,
    path,
    summary: raw.summary ?? '',
    description: raw.description ?? '',
    group: raw.tags?.[0] ?? path.split('/')[3] ?? path,
    permission: raw['x-permission'] ?? null,
    parameters: raw.parameters ?? [],
    bodyType,
    body: content?.schema ?? null,
    statuses: Object.keys(raw.responses ?? {}).filter((status) => status !== 'default'),
  }
}

/** The side of a text `vi / en` that is in the language of the moment. */
export function half(text: string, lang: 'vi' | 'en'): string {
  const [vi, en, ...rest] = text.split(' / ')
  if (vi === undefined || en === undefined || rest.length > 0) return text
  return lang === 'en' ? en.charAt(0).toUpperCase() + en.slice(1) : vi
}

/** A type in a few letters: `string`, `[integer]`, `string | null`. */
export function typeOf(schema: Schema | undefined): string {
  if (!schema) return ''
  if (schema.$ref) return schema.$ref.split('/').pop() ?? ''
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  const choices = schema.oneOf ?? schema.anyOf
  if (choices) return [...new Set(choices.map(typeOf))].join(' | ')
  if (schema.type === 'array') return `[${typeOf(schema.items)}]`
  return Array.isArray(schema.type) ? schema.type.join(' | ') : (schema.type ?? 'JSON')
}

/** The members of a body, its references followed once. */
export function membersOf(schema: Schema | null, api: OpenApi): { name: string; type: string; required: boolean }[] {
  const found = resolved(schema, api)
  return Object.entries(found?.properties ?? {}).map(([name, member]) => ({
    name,
    type: typeOf(member),
    required: found?.required?.includes(name) ?? false,
  }))
}

function resolved(schema: Schema | null, api: OpenApi): Schema | null {
  const name = schema?.$ref?.split('/').pop()
  return name ? (api.components?.schemas?.[name] ?? null) : schema
}

/** The address of a call: what is filled in stands in its place, what is not keeps its name in braces. */
export function addressOf({ path, parameters }: Operation, values: Record<string, string>): string {
  let address = path
  const query = new URLSearchParams()
  for (const { name, in: place } of parameters) {
    const value = values[name]
    if (!value) continue
    if (place === 'path') address = address.replace(`{${name}}`, encodeURIComponent(value))
    else if (place === 'query') query.set(name, value)
  }
  const text = query.toString()
  return text ? `${address}?${text}` : address
}

/** The call as a shell command. The key stays in the reader's environment. */
export function commandOf(one: Operation, values: Record<string, string>, origin: string): string {
  const lines = [`curl -s${one.method === 'GET' ? '' : ` -X ${one.method}`} '${origin}${addressOf(one, values)}'`]
  if (one.permission !== 'public') lines.push(`  -H "Authorization: Bearer $HAIDANG_KEY"`)
  const headers = one.parameters.filter((parameter) => parameter.in === 'header')
  if (headers.some(({ name }) => name === 'Idempotency-Key')) lines.push(`  -H "Idempotency-Key: $(uuidgen)"`)
  if (headers.some(({ name }) => name === 'If-Match')) lines.push(`  -H 'If-Match: "1"'`)
  if (one.bodyType) lines.push(`  -H 'Content-Type: ${one.bodyType}'`, `  -d '{}'`)
  return lines.join(' \\\n')
}
