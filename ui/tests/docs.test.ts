// The API's description as the documentation shows it.
import './browser'
import assert from 'node:assert/strict'
import test from 'node:test'
import { addressOf, commandOf, half, membersOf, operationsOf, typeOf, type OpenApi } from '../src/screens/docs/openapi'

const api: OpenApi = {
  info: { version: '1' },
  paths: {
    '/api/v1/keys/{key_id}': {
      delete: {
        summary: 'Thu hồi khóa / end a key',
        tags: ['people'],
        'x-permission': 'key.manage',
        parameters: [
          { name: 'key_id', in: 'path', required: true, schema: { type: 'integer' } },
          { name: 'Idempotency-Key', in: 'header', required: true, schema: { type: 'string' } },
        ],
        responses: { 204: {}, default: {} },
      },
    },
    '/api/v1/search': {
      get: {
        'x-permission': 'public',
        parameters: [{ name: 'q', in: 'query', schema: { oneOf: [{ type: 'string' }, { type: 'null' }] } }],
        responses: { 200: {} },
      },
      post: { requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Asked' } } } } },
    },
  },
  components: {
    schemas: { Asked: { properties: { ids: { type: 'array', items: { type: 'integer' } } }, required: ['ids'] } },
  },
}
const [end, search, ask] = operationsOf(api)

test('every method of every path is one call, in its group', () => {
  assert.deepEqual(
    operationsOf(api).map(({ key, group, permission, statuses }) => [key, group, permission, statuses]),
    [
      ['DELETE /api/v1/keys/{key_id}', 'people', 'key.manage', ['204']],
      ['GET /api/v1/search', 'search', 'public', ['200']],
      ['POST /api/v1/search', 'search', null, []],
    ],
  )
})

test('types and members are told in a few letters', () => {
  assert.equal(typeOf(search?.parameters[0]?.schema), 'string | null')
  assert.equal(typeOf({ enum: ['a', 'b'] }), '"a" | "b"')
  assert.deepEqual(membersOf(ask?.body ?? null, api), [{ name: 'ids', type: '[integer]', required: true }])
})

test('a command is filled in, and holds no key', () => {
  assert.ok(end && search && ask)
  assert.equal(addressOf(end, { key_id: '7' }), '/api/v1/keys/7')
  assert.equal(addressOf(search, { q: 'hạ long' }), '/api/v1/search?q=h%E1%BA%A1+long')
  assert.equal(commandOf(search, {}, 'http://127.0.0.1'), "curl -s 'http://127.0.0.1/api/v1/search'")
  assert.match(commandOf(end, {}, 'http://127.0.0.1'), /-X DELETE .*\n.*Bearer \$HAIDANG_KEY".*\n.*Idempotency-Key/)
  assert.match(commandOf(ask, {}, 'http://127.0.0.1'), /Content-Type: application\/json/)
})

test('of a text in both languages the reader’s is shown', () => {
  assert.equal(half('Thu hồi khóa / end a key', 'en'), 'End a key')
  assert.equal(half('Thu hồi khóa / end a key', 'vi'), 'Thu hồi khóa')
  assert.equal(half('Change an account', 'vi'), 'Change an account')
})
