/** Unity Catalog secrets over HTTP: what an owner does with them, and how requests that are wrong are refused. */
import { expect, test } from '@jest/globals'
import type { CatalogRules } from '../../emulator/catalog-call.js'
import { MAX_CATALOG_VALUE_BYTES } from '../../emulator/catalog-secret.js'
import type { SchemaContent } from '../../emulator/unity-catalog.js'
import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import { authorization, catalogCalls, Clock, send, start } from './wire.js'

const ADA = 'ada@example.com'
const NOON = '2026-01-31T12:00:00Z'

/** A workspace with the schema `main.storage`, which ada owns, in a catalog that everybody may use. */
async function startWithSchema(
  content: SchemaContent = {},
  unityCatalog: CatalogRules = {},
  clock = new Clock(),
): Promise<EmulatedWorkspace> {
  const workspace = await start({ unityCatalog, clock: clock.now })
  workspace.catalogs.createSchema('main.storage', { owner: ADA, ...content })
  return workspace
}

const NEW = { catalog_name: 'main', schema_name: 'storage', name: 'blob', value: 'fake value' }
const stored = ({ catalogs }: EmulatedWorkspace): Record<string, string> => catalogs.valuesIn('main.storage')
const refused = (status: number, code: string) => ({ status, body: { error_code: code } })
const INVALID = refused(400, 'INVALID_PARAMETER_VALUE')
const MALFORMED = refused(400, 'MALFORMED_REQUEST')

const DESCRIBED = {
  name: 'blob',
  catalog_name: 'main',
  schema_name: 'storage',
  full_name: 'main.storage.blob',
  metastore_id: expect.stringMatching(/^[\da-f-]{36}$/),
  owner: ADA,
  effective_owner: ADA,
  created_by: ADA,
  create_time: NOON,
  updated_by: ADA,
  update_time: NOON,
}

// What is lost if this fails: an action that reads a value out of these answers would pass its tests.
test('a new secret is described in full, without its value, by every call but a read of the value', async () => {
  const workspace = await startWithSchema()
  const call = catalogCalls(workspace)
  expect(await call('POST secrets', NEW)).toMatchObject({ status: 200 })
  expect((await call('GET secrets/main.storage.blob')).body).toEqual(DESCRIBED)
  expect((await call('GET secrets?catalog_name=main&schema_name=storage')).body).toEqual({
    secrets: [DESCRIBED],
  })
  expect((await call('GET secrets/main.storage.blob?include_value=true')).body).toEqual({
    ...DESCRIBED,
    effective_value: 'fake value',
  })
  expect((await call('GET secrets/main.storage.blob?include_value=false')).body).toEqual(DESCRIBED)
  const updated = await call('PATCH secrets/main.storage.blob?update_mask=value', { ...NEW, value: 'new' })
  expect(updated.body).toEqual(DESCRIBED)
  expect(stored(workspace)).toEqual({ blob: 'new' })
  expect((await call('POST secrets', { ...NEW, name: 'other' })).body).not.toHaveProperty('value')
})

test.each(['v', ' line one\r\nline two\n', 'Grüße \u{1f511}\u0000', '\ufeffbom', 'é'.repeat(30_720)])(
  'a value arrives as it was sent: %.20j',
  async (value) => {
    const workspace = await startWithSchema()
    await catalogCalls(workspace)('POST secrets', { ...NEW, value })
    const answer = await catalogCalls(workspace)('GET secrets/main.storage.blob?include_value=true')
    expect(answer.body).toMatchObject({ effective_value: value })
    expect(stored(workspace)).toEqual({ blob: value })
  },
)

test('comment, owner and end of a new secret are kept, times without milliseconds where there are none', async () => {
  const workspace = await startWithSchema()
  const call = catalogCalls(workspace)
  const more = { comment: 'Managed', owner: 'data-team', expire_time: '2026-12-01T01:00:00.500+01:00' }
  const { body } = await call('POST secrets', { ...NEW, ...more })
  expect(body).toMatchObject({
    comment: 'Managed',
    owner: 'data-team',
    effective_owner: 'data-team',
    created_by: ADA,
    expire_time: '2026-12-01T00:00:00.500Z',
  })
})

test('names are case-insensitive, and stored in lower case', async () => {
  const workspace = await startWithSchema()
  const call = catalogCalls(workspace)
  const upper = { ...NEW, catalog_name: 'MAIN', schema_name: 'Storage', name: 'API_Key' }
  expect((await call('POST secrets', upper)).body).toMatchObject({ full_name: 'main.storage.api_key' })
  expect((await call('GET secrets/MAIN.STORAGE.API_KEY')).body).toMatchObject({ name: 'api_key' })
  expect(await call('POST secrets', { ...upper, name: 'api_KEY' })).toMatchObject(
    refused(409, 'RESOURCE_ALREADY_EXISTS'),
  )
  const list = await call('GET secrets?catalog_name=Main&schema_name=STORAGE')
  expect(list.body).toMatchObject({ secrets: [{ name: 'api_key' }] })
  expect((await call('DELETE secrets/Main.Storage.Api_Key')).status).toBe(200)
})

test('a POST is no upsert: the value of an existing secret stays', async () => {
  const workspace = await startWithSchema({ secrets: { blob: 'old' } })
  expect(await catalogCalls(workspace)('POST secrets', NEW)).toMatchObject(
    refused(409, 'RESOURCE_ALREADY_EXISTS'),
  )
  expect(stored(workspace)).toEqual({ blob: 'old' })
})

test.each(['a', '_', 'tls-key', 'ä', '`', 'x'.repeat(248)])('the name %.10s is taken', async (name) => {
  const workspace = await startWithSchema()
  expect((await catalogCalls(workspace)('POST secrets', { ...NEW, name })).status).toBe(200)
  const path = encodeURIComponent(`main.storage.${name}`)
  expect((await catalogCalls(workspace)(`GET secrets/${path}`)).status).toBe(200)
})

test.each(['', 'a.b', 'a/b', 'a b', 'a\n', 'a\u0000', '\u007f', 'x'.repeat(249)])(
  'the name %.10j is refused',
  async (name) => {
    const workspace = await startWithSchema()
    expect(await catalogCalls(workspace)('POST secrets', { ...NEW, name })).toMatchObject(INVALID)
    expect(stored(workspace)).toEqual({})
  },
)

test.each(['x'.repeat(MAX_CATALOG_VALUE_BYTES), 'é'.repeat(MAX_CATALOG_VALUE_BYTES / 2)])(
  'a value of 60 KiB is taken, and one byte more is not, by neither call: %.3s',
  async (longest) => {
    const workspace = await startWithSchema()
    const call = catalogCalls(workspace)
    expect(await call('POST secrets', { ...NEW, value: `${longest}x` })).toMatchObject(INVALID)
    expect((await call('POST secrets', { ...NEW, value: longest })).status).toBe(200)
    const update = await call('PATCH secrets/main.storage.blob?update_mask=value', { value: `${longest}x` })
    expect(update).toMatchObject(INVALID)
    expect(Buffer.byteLength(stored(workspace)['blob'] ?? '')).toBe(61_440)
  },
)

test.each([
  ['an empty value', { ...NEW, value: '' }, INVALID],
  ['half of a surrogate pair', JSON.stringify(NEW).replace('fake value', '\\ud83d'), INVALID],
  ['no value', { ...NEW, value: null }, INVALID],
  ['no name', { ...NEW, name: undefined }, INVALID],
  ['no catalog', { ...NEW, catalog_name: undefined }, INVALID],
  ['no schema', { ...NEW, schema_name: undefined }, INVALID],
  ['a value that is no text', { ...NEW, value: 7 }, MALFORMED],
  ['a time that is none', { ...NEW, expire_time: 'tomorrow' }, INVALID],
  ['a day without a time', { ...NEW, expire_time: '2026-12-01' }, INVALID],
  ['a time in milliseconds', { ...NEW, expire_time: 1_790_000_000_000 }, MALFORMED],
  ['a day that is none', { ...NEW, expire_time: '2026-13-01T00:00:00Z' }, INVALID],
  [
    'an owner that the workspace does not know',
    { ...NEW, owner: 'nobody' },
    refused(404, 'PRINCIPAL_DOES_NOT_EXIST'),
  ],
  ['no JSON', '{"name":', MALFORMED],
  ['the secret inside of another object', { secret: NEW }, INVALID],
] as const)('a new secret with %s is refused', async (_, body, expected) => {
  const workspace = await startWithSchema()
  expect(await catalogCalls(workspace)('POST secrets', body)).toMatchObject(expected)
  expect(stored(workspace)).toEqual({})
})

test('bytes that are not UTF-8 are refused, not repaired into another value', async () => {
  const workspace = await startWithSchema()
  const body = Buffer.from(JSON.stringify(NEW).replace('fake value', '\xff'), 'latin1')
  const headers = authorization('ada')
  const answer = await send(workspace, '/api/2.1/unity-catalog/secrets', { method: 'POST', body, headers })
  expect(answer).toMatchObject(MALFORMED)
})

test.each([
  ['POST secrets', { ...NEW, catalog_name: 'gone' }, 'CATALOG_DOES_NOT_EXIST'],
  ['POST secrets', { ...NEW, schema_name: 'gone' }, 'SCHEMA_DOES_NOT_EXIST'],
  ['GET secrets?catalog_name=gone&schema_name=storage', undefined, 'CATALOG_DOES_NOT_EXIST'],
  ['GET secrets?catalog_name=main&schema_name=gone', undefined, 'SCHEMA_DOES_NOT_EXIST'],
  ['GET schemas/gone.storage', undefined, 'CATALOG_DOES_NOT_EXIST'],
  ['GET schemas/main.gone', undefined, 'SCHEMA_DOES_NOT_EXIST'],
  ['GET secrets/main.gone.blob', undefined, 'SCHEMA_DOES_NOT_EXIST'],
  ['GET secrets/main.storage.gone', undefined, 'RESOURCE_DOES_NOT_EXIST'],
  ['PATCH secrets/main.storage.gone?update_mask=value', { value: 'v' }, 'RESOURCE_DOES_NOT_EXIST'],
  ['DELETE secrets/main.storage.gone', undefined, 'RESOURCE_DOES_NOT_EXIST'],
  ['GET permissions/secret/main.storage.gone', undefined, 'RESOURCE_DOES_NOT_EXIST'],
  ['GET permissions/schema/main.gone', undefined, 'SCHEMA_DOES_NOT_EXIST'],
  ['GET permissions/catalog/gone', undefined, 'CATALOG_DOES_NOT_EXIST'],
] as const)('%s finds nothing', async (call, body, code) => {
  expect(await catalogCalls(await startWithSchema())(call, body)).toMatchObject(refused(404, code))
})

test.each([
  ['GET secrets/main.storage', undefined],
  ['GET secrets/main.storage.blob.more', undefined],
  ['GET schemas/storage', undefined],
  ['GET schemas/main.storage.blob', undefined],
  ['GET secrets?catalog_name=main', undefined],
  ['GET secrets?schema_name=storage', undefined],
  ['GET secrets/main.storage.blob?include_value=yes', undefined],
  ['GET permissions/schema/main.storage.blob', undefined],
  ['GET permissions/table/main.storage.blob', undefined],
  ['PATCH secrets/main.storage.blob', { value: 'v' }],
  ['PATCH secrets/main.storage.blob?update_mask=', { value: 'v' }],
  ['PATCH secrets/main.storage.blob?update_mask=value,name', { value: 'v', name: 'blob' }],
  ['PATCH secrets/main.storage.blob?update_mask=value', { comment: 'c' }],
  ['PATCH secrets/main.storage.blob?update_mask=value', { value: '' }],
  ['PATCH secrets/main.storage.blob?update_mask=value', { ...NEW, name: 'other' }],
  ['PATCH secrets/main.storage.blob?update_mask=value', { ...NEW, schema_name: 'other' }],
  ['PATCH secrets/main.storage.blob?update_mask=value', { ...NEW, catalog_name: 'other' }],
] as const)('%s %j is refused as wrong in itself', async (call, body) => {
  const workspace = await startWithSchema({ secrets: { blob: 'old' } })
  expect(await catalogCalls(workspace)(call, body)).toMatchObject(INVALID)
  expect(stored(workspace)).toEqual({ blob: 'old' })
})

test('a path that is no encoding is refused, and an unknown call has no endpoint', async () => {
  const call = catalogCalls(await startWithSchema())
  expect(await call('GET secrets/%E0%A4%A')).toMatchObject(MALFORMED)
  expect(await call('PUT secrets/main.storage.blob', NEW)).toMatchObject(refused(404, 'ENDPOINT_NOT_FOUND'))
  expect(await call('GET secrets/a/b')).toMatchObject(refused(404, 'ENDPOINT_NOT_FOUND'))
  expect(await call('GET secrets/')).toMatchObject(refused(404, 'ENDPOINT_NOT_FOUND'))
})

const OLD = { value: 'old', comment: 'c', expireTime: Date.UTC(2026, 5, 1), createdBy: ADA }

test('an update changes what its mask names, and leaves the end alone otherwise', async () => {
  const clock = new Clock()
  const workspace = await startWithSchema({ secrets: { blob: OLD } }, {}, clock)
  const call = catalogCalls(workspace)
  clock.pass(60)
  const { body } = await call('PATCH secrets/main.storage.blob?update_mask=value', {
    ...NEW,
    comment: 'not named',
    owner: 'data-team',
  })
  expect(body).toMatchObject({
    comment: 'c',
    owner: ADA,
    expire_time: '2026-06-01T00:00:00Z',
    create_time: NOON,
    update_time: '2026-01-31T12:01:00Z',
  })
  expect(stored(workspace)).toEqual({ blob: 'fake value' })
})

// As the Databricks CLI does it in bundles: the whole secret, an empty value where it has none.
test('the mask * changes what the body has', async () => {
  const workspace = await startWithSchema({ secrets: { blob: OLD } })
  const call = catalogCalls(workspace)
  const { body } = await call('PATCH secrets/main.storage.blob?update_mask=*', {
    ...NEW,
    comment: 'new',
    value: '',
  })
  expect(body).toMatchObject({ comment: 'new', expire_time: '2026-06-01T00:00:00Z' })
  expect(stored(workspace)).toEqual({ blob: 'old' })
})

// As the Terraform provider does it: all four fields in the mask, whether the body has them or not.
test('a field that the mask names and the body lacks is cleared, or refused where masks have to be met', async () => {
  const all = 'PATCH secrets/main.storage.blob?update_mask=comment,expire_time,owner,value'
  const lenient = await startWithSchema({ secrets: { blob: OLD } })
  const { body } = await catalogCalls(lenient)(all, NEW)
  expect(body).toMatchObject({ owner: ADA })
  expect(body).not.toHaveProperty('comment')
  expect(body).not.toHaveProperty('expire_time')
  const strict = await startWithSchema({ secrets: { blob: OLD } }, { masksNeedFields: true })
  expect(await catalogCalls(strict)(all, NEW)).toMatchObject(INVALID)
  const whole = { ...NEW, comment: 'd', expire_time: NOON, owner: ADA }
  expect(await catalogCalls(strict)(all, whole)).toMatchObject({ status: 200 })
})

test('an update has to repeat the names where the workspace wants them', async () => {
  const workspace = await startWithSchema({ secrets: { blob: 'old' } }, { updatesNeedNames: true })
  const call = catalogCalls(workspace)
  const update = 'PATCH secrets/main.storage.blob?update_mask=value'
  for (const name of ['catalog_name', 'schema_name', 'name']) {
    expect(await call(update, { ...NEW, [name]: undefined })).toMatchObject(INVALID)
  }
  expect(await call(update, NEW)).toMatchObject({ status: 200 })
  const other = await startWithSchema({ secrets: { blob: 'old' } })
  expect((await catalogCalls(other)(update, { value: 'new' })).status).toBe(200)
})

test('a deleted secret is gone; a second delete finds nothing', async () => {
  const workspace = await startWithSchema({ secrets: { blob: 'old' } })
  const call = catalogCalls(workspace)
  expect(await call('DELETE secrets/main.storage.blob')).toMatchObject({ status: 200, body: {} })
  expect(stored(workspace)).toEqual({})
  expect((await call('DELETE secrets/main.storage.blob')).status).toBe(404)
})

test('an empty schema lists no field at all', async () => {
  const list = await catalogCalls(await startWithSchema())(
    'GET secrets?catalog_name=main&schema_name=storage',
  )
  expect(list).toMatchObject({ status: 200, body: {} })
  expect(list.body).toEqual({})
})

test('a list without a schema is of all schemas', async () => {
  const workspace = await startWithSchema({ secrets: { blob: 'v' } })
  workspace.catalogs.createSchema('main.other', { owner: ADA, secrets: { key: 'v' } })
  const { body } = await catalogCalls(workspace)('GET secrets')
  expect(body).toMatchObject({
    secrets: [{ full_name: 'main.storage.blob' }, { full_name: 'main.other.key' }],
  })
})

test('a schema is described', async () => {
  const workspace = await startWithSchema()
  expect((await catalogCalls(workspace)('GET schemas/MAIN.Storage')).body).toEqual({
    name: 'storage',
    catalog_name: 'main',
    full_name: 'main.storage',
    owner: ADA,
    metastore_id: workspace.catalogs.metastoreId,
    catalog_type: 'MANAGED_CATALOG',
  })
})

test('two workspaces of one metastore have the same secrets', async () => {
  const one = await startWithSchema({ secrets: { blob: 'v' } })
  const other = await start({ metastore: one.catalogs })
  const [here, there] = await Promise.all(
    [one, other].map((workspace) => catalogCalls(workspace)('GET secrets/main.storage.blob')),
  )
  expect(there?.body).toEqual(here?.body)
})

test.each([
  [{ maxSecretsInSchema: 2 }, 'main.storage'],
  [{ maxSecretsInMetastore: 2 }, 'main.other'],
])('one secret over the limit %j is refused; existing ones still change', async (rules, second) => {
  const workspace = await startWithSchema({ secrets: { blob: 'v' } }, rules)
  if (second === 'main.other') workspace.catalogs.createSchema(second, { owner: ADA })
  const call = catalogCalls(workspace)
  const { status } = await call('POST secrets', { ...NEW, schema_name: second.slice(5), name: 'two' })
  expect(status).toBe(200)
  expect(await call('POST secrets', { ...NEW, name: 'three' })).toMatchObject(
    refused(400, 'RESOURCE_LIMIT_EXCEEDED'),
  )
  expect((await call('PATCH secrets/main.storage.blob?update_mask=value', NEW)).status).toBe(200)
})

test('by default a metastore takes 10,000 secrets', async () => {
  const workspace = await startWithSchema()
  const { catalogs } = workspace
  for (let n = 1; n < 10_000; n++) {
    const schema = catalogs.findSchema(`main.s${n % 20}`) ?? catalogs.createSchema(`main.s${n % 20}`)
    catalogs.createSecret(schema, `k${n}`, { value: 'v' }, ADA)
  }
  const call = catalogCalls(workspace)
  expect((await call('POST secrets', NEW)).status).toBe(200)
  expect(await call('POST secrets', { ...NEW, name: 'one-more' })).toMatchObject(
    refused(400, 'RESOURCE_LIMIT_EXCEEDED'),
  )
})

test('by default a schema takes 1,000 secrets', async () => {
  const secrets = Object.fromEntries(Array.from({ length: 999 }, (_, n) => [`k${n}`, 'v']))
  const workspace = await startWithSchema({ secrets })
  const call = catalogCalls(workspace)
  expect((await call('POST secrets', NEW)).status).toBe(200)
  expect(await call('POST secrets', { ...NEW, name: 'one-more' })).toMatchObject(
    refused(400, 'RESOURCE_LIMIT_EXCEEDED'),
  )
})
