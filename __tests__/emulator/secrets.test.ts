import { expect, test } from '@jest/globals'
import type { EmulatedWorkspace, WorkspaceOptions } from '../../emulator/workspace.js'
import { authorization, getting, posting, send, start } from './wire.js'

/** A workspace with the scope `s`, on which everyone has MANAGE. */
async function startWithScope(options?: WorkspaceOptions): Promise<EmulatedWorkspace> {
  const workspace = await start(options)
  workspace.store.createScope('s')
  return workspace
}

const stored = (workspace: EmulatedWorkspace, key: string): Buffer | undefined =>
  workspace.store.scope('s').secret(key)?.value

test.each(['', 'plain', ' line one\r\nline two\n', 'Grüße \u{1f511}\u0000', '\ufeffbom'])(
  'a string is stored as its UTF-8 bytes, not one more or less: %j',
  async (value) => {
    const workspace = await startWithScope()
    const put = await posting(workspace)('secrets/put', { scope: 's', key: 'k', string_value: value })
    expect(put).toMatchObject({ status: 200, body: {} })
    expect(stored(workspace, 'k')).toEqual(Buffer.from(value, 'utf8'))
    expect((await getting(workspace)('secrets/get', { scope: 's', key: 'k' })).body).toEqual({
      key: 'k',
      value: Buffer.from(value, 'utf8').toString('base64'),
    })
  },
)

test('bytes that are no text are not changed', async () => {
  const workspace = await startWithScope()
  const bytes = Buffer.from([0, 255, 254, 128, 10, 13])
  await posting(workspace)('secrets/put', { scope: 's', key: 'k', bytes_value: bytes.toString('base64') })
  expect(stored(workspace, 'k')).toEqual(bytes)
  expect((await getting(workspace)('secrets/get', { scope: 's', key: 'k' })).body).toEqual({
    key: 'k',
    value: bytes.toString('base64'),
  })
})

test.each(['not base64!', 'YQ', 'YQ==\n', '_-8=', 'YR==', '===='])(
  'broken base64 is refused, not stored as something else: %j',
  async (bytes_value) => {
    const workspace = await startWithScope()
    expect(await posting(workspace)('secrets/put', { scope: 's', key: 'k', bytes_value })).toMatchObject({
      status: 400,
      body: { error_code: 'MALFORMED_REQUEST' },
    })
    expect(stored(workspace, 'k')).toBeUndefined()
  },
)

test.each([
  ['neither value', '{"scope":"s","key":"k"}'],
  ['both values', '{"scope":"s","key":"k","string_value":"a","bytes_value":"YQ=="}'],
  ['both values, one of them empty', '{"scope":"s","key":"k","string_value":"","bytes_value":"YQ=="}'],
  ['a null for a value', '{"scope":"s","key":"k","string_value":null}'],
  ['a number for a value', '{"scope":"s","key":"k","string_value":7}'],
  ['a list for a key', '{"scope":"s","key":["k"],"string_value":"v"}'],
  ['a boolean for a scope', '{"scope":true,"key":"k","string_value":"v"}'],
  ['no body', ''],
  ['no JSON', '{"scope":"s",'],
  ['a form', 'scope=s&key=k&string_value=v'],
  ['a JSON list', '[]'],
  ['a JSON null', 'null'],
  ['a JSON string', '"s"'],
  ['a byte order mark', '\ufeff{"scope":"s","key":"k","string_value":"v"}'],
])('a write with %s is malformed', async (_, body) => {
  const workspace = await startWithScope()
  expect(await posting(workspace)('secrets/put', body)).toMatchObject({
    status: 400,
    body: { error_code: 'MALFORMED_REQUEST' },
  })
  expect(workspace.store.scope('s').secrets).toEqual([])
})

test('a body that is not UTF-8 is malformed, and not converted to another value', async () => {
  const workspace = await startWithScope()
  const body = Buffer.from('{"scope":"s","key":"k","string_value":"\xff"}', 'latin1')
  const answer = await send(workspace, '/api/2.0/secrets/put', {
    method: 'POST',
    body,
    headers: authorization('ada'),
  })
  expect(answer.body).toMatchObject({ error_code: 'MALFORMED_REQUEST' })
})

test.each([
  [{ key: 'k', string_value: 'v' }, 'scope'],
  [{ scope: 's', string_value: 'v' }, 'key'],
])('the error of a write of %j names the missing field', async (fields, missing) => {
  expect((await posting(await startWithScope())('secrets/put', fields)).body).toEqual({
    error_code: 'INVALID_PARAMETER_VALUE',
    message: `Missing required field: ${missing}`,
  })
})

test('keys are case-insensitive: a write overwrites, and the key keeps its first spelling', async () => {
  const workspace = await startWithScope()
  await posting(workspace)('secrets/put', { scope: 's', key: 'API_KEY', string_value: 'old' })
  await posting(workspace)('secrets/put', { scope: 'S', key: 'api_key', string_value: 'new' })
  expect((await getting(workspace)('secrets/list', { scope: 's' })).body).toEqual({
    secrets: [{ key: 'API_KEY', last_updated_timestamp: expect.any(Number) }],
  })
  expect(stored(workspace, 'Api_Key')?.toString()).toBe('new')
  expect((await getting(workspace)('secrets/get', { scope: 's', key: 'aPI_KEY' })).body).toMatchObject({
    value: Buffer.from('new').toString('base64'),
  })
})

test('only ASCII letters are case-insensitive', async () => {
  const workspace = await startWithScope()
  workspace.store.scope('s').put('k', 'v')
  // The Kelvin sign, whose lower case is an ordinary k.
  const answer = await getting(workspace)('secrets/get', { scope: 's', key: '\u212a' })
  expect(answer.body).toMatchObject({ error_code: 'RESOURCE_DOES_NOT_EXIST' })
})

test('a list has the time of the last write, in milliseconds', async () => {
  const workspace = await startWithScope()
  workspace.store.scope('s').put('old', 'v', 1_500_000_000_000)
  workspace.store.scope('s').put('renewed', 'v', 1_500_000_000_000)
  const before = Date.now()
  await posting(workspace)('secrets/put', { scope: 's', key: 'renewed', string_value: 'v' })
  const { body } = await getting(workspace)('secrets/list', { scope: 's' })
  const { secrets } = body as { secrets: { key: string; last_updated_timestamp: number }[] }
  expect(secrets[0]).toEqual({ key: 'old', last_updated_timestamp: 1_500_000_000_000 })
  expect(secrets[1]?.last_updated_timestamp).toBeGreaterThanOrEqual(before)
})

test('the list of an empty scope has no field, which finds clients that expect an array', async () => {
  const answer = await getting(await startWithScope())('secrets/list', { scope: 's' })
  expect(answer).toMatchObject({ status: 200, body: {} })
})

test('a query is decoded, with escapes and plus signs', async () => {
  const workspace = await start()
  workspace.store.createScope('a/b@c', { secrets: { k: 'v' } })
  const headers = authorization('ada')
  const escaped = await send(workspace, '/api/2.0/secrets/list?scope=a%2Fb%40c&o=1', { headers })
  expect(escaped.body).toMatchObject({ secrets: [{ key: 'k' }] })
  const plus = await send(workspace, '/api/2.0/secrets/list?scope=a+b', { headers })
  expect(plus.body).toMatchObject({ message: 'Scope a b does not exist!' })
})

test('a secret is deleted in any spelling; a second delete is an error', async () => {
  const workspace = await startWithScope()
  workspace.store.scope('s').put('K', 'v')
  const remove = { scope: 's', key: 'k' }
  expect(await posting(workspace)('secrets/delete', remove)).toMatchObject({ status: 200, body: {} })
  expect(workspace.store.scope('s').secrets).toEqual([])
  expect(await posting(workspace)('secrets/delete', remove)).toMatchObject({
    status: 404,
    body: { error_code: 'RESOURCE_DOES_NOT_EXIST' },
  })
})

test.each([
  ['secrets/list', getting, {}],
  ['secrets/get', getting, { key: 'k' }],
  ['secrets/put', posting, { key: 'k', string_value: 'v' }],
  ['secrets/delete', posting, { key: 'k' }],
  ['secrets/scopes/delete', posting, {}],
  ['secrets/acls/list', getting, {}],
  ['secrets/acls/get', getting, { principal: 'users' }],
  ['secrets/acls/put', posting, { principal: 'users', permission: 'READ' }],
  ['secrets/acls/delete', posting, { principal: 'users' }],
] as const)('%s of a missing scope is an error', async (path, caller, fields) => {
  expect(await caller(await start())(path, { scope: 'gone', ...fields })).toMatchObject({
    status: 404,
    body: { error_code: 'RESOURCE_DOES_NOT_EXIST' },
  })
})

test('a missing secret cannot be read', async () => {
  expect(await getting(await startWithScope())('secrets/get', { scope: 's', key: 'k' })).toMatchObject({
    status: 404,
    body: { error_code: 'RESOURCE_DOES_NOT_EXIST' },
  })
})

test('a workspace that allows reads only in notebooks rejects them, and nothing else', async () => {
  const workspace = await startWithScope({ readsRefused: true })
  workspace.store.scope('s').put('k', 'v')
  expect(await getting(workspace, 'root')('secrets/get', { scope: 's', key: 'k' })).toMatchObject({
    status: 400,
    body: { error_code: 'BAD_REQUEST' },
  })
  expect((await getting(workspace)('secrets/list', { scope: 's' })).status).toBe(200)
})
