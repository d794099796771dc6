import { inspect } from 'node:util'

import { describe, expect, test } from '@jest/globals'

import type { CatalogRules } from '../../emulator/catalog-call.js'
import { CATALOG_REFUSAL_FORMS } from '../../emulator/catalog-refusals.js'
import type { CallName } from '../../emulator/call-names.js'
import { FaultScript } from '../../emulator/fault-script.js'
import { hangUp } from '../../emulator/faults.js'
import { after, altered, before } from '../../emulator/interceptors.js'
import type { Interceptor } from '../../emulator/loopback-server.js'
import { apiError, json, text } from '../../emulator/reply.js'
import type { SchemaContent } from '../../emulator/unity-catalog.js'
import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import {
  fullName,
  isAlreadyExists,
  isSecretMissing,
  type CatalogSecretsApi,
} from '../../src/databricks/catalog-secrets-api.js'
import { WorkspaceError } from '../../src/databricks/workspace-error.js'
import { SecretValue } from '../../src/secret-value.js'
import { Clock, start } from '../emulator/wire.js'
import { connect } from './connect.js'

const ADA = 'ada@example.com'
const SCHEMA = { catalog: 'main', schema: 'storage' }
const NOON = Date.UTC(2026, 0, 31, 12)
const VALUE = 'fake-value-0123456789'
const RETRIED_MS = 60_000

/** A workspace with the schema `main.storage` of ada, and its API as ada. */
async function startWith(
  content: SchemaContent = {},
  { unityCatalog = {}, retryTimeoutMs = 0 }: { unityCatalog?: CatalogRules; retryTimeoutMs?: number } = {},
): Promise<{ workspace: EmulatedWorkspace; catalog: CatalogSecretsApi }> {
  const workspace = await start({ unityCatalog, clock: new Clock().now })
  workspace.catalogs.createSchema('main.storage', { owner: ADA, ...content })
  return { workspace, catalog: connect(workspace, 'ada', retryTimeoutMs).catalog }
}

/** Applies a fault to the first request of a call. Returns the script, of which nothing should be left. */
function breakFirst(workspace: EmulatedWorkspace, call: CallName, fault: Interceptor): FaultScript {
  const script = new FaultScript([{ call, fault }])
  workspace.intercept(script.play)
  return script
}

async function errorOf(promise: Promise<unknown>): Promise<WorkspaceError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof WorkspaceError) return error
  throw new Error('no WorkspaceError')
}

const valuesIn = ({ catalogs }: EmulatedWorkspace): Record<string, string> =>
  catalogs.valuesIn('main.storage')
const METASTORE = expect.stringMatching(/^[\da-f-]{36}$/) as unknown
const DESCRIBED = {
  name: 'blob',
  owner: ADA,
  comment: undefined,
  createTime: NOON,
  updateTime: NOON,
  expireTime: undefined,
  metastoreId: METASTORE,
}

describe('a schema', () => {
  test('is read with its metastore, case-insensitively', async () => {
    const { catalog } = await startWith()
    const found = { owner: ADA, metastoreId: METASTORE }
    expect(await catalog.getSchema(SCHEMA)).toEqual(found)
    expect(await catalog.getSchema({ catalog: 'MAIN', schema: 'Storage' })).toEqual(found)
  })

  test.each([
    [{ catalog: 'main', schema: 'other' }, 'SCHEMA_DOES_NOT_EXIST'],
    [{ catalog: 'other', schema: 'storage' }, 'CATALOG_DOES_NOT_EXIST'],
  ])('%j that is missing has the error code %s', async (schema, errorCode) => {
    const { catalog } = await startWith()
    expect(await errorOf(catalog.getSchema(schema))).toMatchObject({
      failure: 'error-response',
      details: { status: 404, errorCode, call: 'unity-catalog/schemas/get', write: false },
    })
  })

  test.each([{}, { name: 7 }, { name: 'other' }, { name: 'storage', catalog_name: 'other' }])(
    'is not read from %j',
    async (answer) => {
      const { workspace, catalog } = await startWith()
      workspace.intercept(() => json(200, answer))
      await expect(catalog.getSchema(SCHEMA)).rejects.toMatchObject({ failure: 'unexpected-response' })
    },
  )

  // Without encoding, a part of the name would be another path or a query.
  test('with special characters in its name is encoded in the path', async () => {
    const { workspace, catalog } = await startWith()
    await errorOf(catalog.getSchema({ catalog: 'ma/in', schema: 'a?b#c d%2e"é' }))
    await errorOf(catalog.deleteSecret({ catalog: 'm', schema: '../s' }, 'k?x=1'))
    await errorOf(catalog.listGrants('schema', 'a/b.c'))
    const paths = workspace.requests.all.map(({ path, query }) => [path, query.toString()])
    expect(paths).toEqual([
      ['/api/2.1/unity-catalog/schemas/ma%2Fin.a%3Fb%23c%20d%252e%22%C3%A9', ''],
      ['/api/2.1/unity-catalog/secrets/m...%2Fs.k%3Fx%3D1', ''],
      ['/api/2.1/unity-catalog/permissions/schema/a%2Fb.c', ''],
    ])
  })
})

describe('a list of secrets', () => {
  test('has all fields, and names in lower case', async () => {
    const expireTime = Date.UTC(2026, 11, 1) + 500
    const { catalog } = await startWith({
      secrets: { Blob: { value: VALUE, comment: 'c', owner: 'data-team', expireTime, updateTime: NOON + 1 } },
    })
    expect(await catalog.listSecrets(SCHEMA)).toEqual([
      { ...DESCRIBED, comment: 'c', owner: 'data-team', expireTime, updateTime: NOON + 1 },
    ])
  })

  test.each([
    ['one page', {}, 1],
    ['pages of two', { size: 2 }, 3],
    ['empty pages between', { size: 2, emptyBefore: 1 }, 6],
    ['an empty last page', { size: 5, tokenAfterLast: true }, 2],
  ])('is complete with %s', async (_, pages, requests) => {
    const names = ['a', 'b', 'c', 'd', 'e']
    const secrets = Object.fromEntries(names.map((name) => [name, VALUE]))
    const { workspace, catalog } = await startWith({ secrets }, { unityCatalog: { pages } })
    expect((await catalog.listSecrets(SCHEMA)).map(({ name }) => name)).toEqual(names)
    expect(workspace.requests.to('GET unity-catalog/secrets')).toHaveLength(requests)
  })

  test('has a secret once that two pages have', async () => {
    const { workspace, catalog } = await startWith()
    workspace.intercept(({ query }) =>
      json(200, {
        secrets: [{ name: 'twice' }],
        ...(query.has('page_token') ? {} : { next_page_token: 't' }),
      }),
    )
    expect(await catalog.listSecrets(SCHEMA)).toHaveLength(1)
  })

  test.each([
    ['a repeated token', () => 't', 2],
    ['a new token for ever', (request: number) => `t${request}`, 1_000],
    ['a token that is not text', () => 7, 1],
  ])('with %s is an error', async (_, token, requests) => {
    const { workspace, catalog } = await startWith()
    let sent = 0
    workspace.intercept(() => json(200, { secrets: [], next_page_token: token(++sent) }))
    await expect(catalog.listSecrets(SCHEMA)).rejects.toMatchObject({ failure: 'unexpected-response' })
    expect(sent).toBe(requests)
  })

  // A run would create, or delete, according to a list of something else.
  test.each([
    { secrets: {} },
    { secrets: [null] },
    { secrets: [{ name: 1 }] },
    { secrets: [{ name: 'a\ud800' }] },
    { secrets: [{ name: 'a', schema_name: 'other' }] },
    { secrets: [{ name: 'a', catalog_name: 'other', schema_name: 'storage' }] },
  ])('is not read from %j', async (answer) => {
    const { workspace, catalog } = await startWith()
    workspace.intercept(() => json(200, answer))
    await expect(catalog.listSecrets(SCHEMA)).rejects.toMatchObject({ failure: 'unexpected-response' })
  })

  test.each([
    ['2026-01-31T12:00:00Z', NOON],
    ['2026-01-31t12:00:00.000000001z', NOON],
    ['2026-01-31T13:00:00.5+01:00', NOON + 500],
    ['2026-01-31', undefined],
    ['2026-13-31T12:00:00Z', undefined],
    ['0001-01-01T00:00:00Z', undefined],
    ['1', undefined],
    [NOON, undefined],
    [null, undefined],
  ])('has the time %j as %j', async (time, expected) => {
    const { workspace, catalog } = await startWith()
    workspace.intercept(() => json(200, { secrets: [{ name: 'a', update_time: time, expire_time: time }] }))
    expect(await catalog.listSecrets(SCHEMA)).toMatchObject([{ updateTime: expected, expireTime: expected }])
  })

  test('keeps no value that a response has unasked', async () => {
    const { workspace, catalog } = await startWith()
    workspace.intercept(() =>
      json(200, { secrets: [{ name: 'A', owner: 'o', value: VALUE, effective_value: VALUE }] }),
    )
    const listed = await catalog.listSecrets(SCHEMA)
    expect(listed).toMatchObject([{ name: 'a', owner: 'o' }])
    expect(JSON.stringify(listed)).not.toContain(VALUE)
  })
})

describe('a new secret', () => {
  test.each([
    ['text', VALUE],
    ['text with line breaks, NUL and emoji', ' a\r\nb\u0000\u{1f511}é\n'],
    ['bytes that are text, with a byte order mark', Buffer.from('\ufeffé')],
  ])('has the bytes of %s', async (_, content) => {
    const { workspace, catalog } = await startWith()
    const value = new SecretValue(content)
    expect(await catalog.createSecret(SCHEMA, 'Blob', { value })).toEqual(DESCRIBED)
    expect(valuesIn(workspace)).toEqual({ blob: content.toString() })
    expect((await catalog.getValue(SCHEMA, 'blob')).equals(value)).toBe(true)
  })

  test('has owner, comment and expire time', async () => {
    const { catalog } = await startWith()
    const fields = { comment: 'c', owner: 'data-team', expireTime: NOON + 1 }
    const created = await catalog.createSecret(SCHEMA, 'blob', { value: new SecretValue(VALUE), ...fields })
    expect(created).toEqual({ ...DESCRIBED, ...fields })
  })

  test.each([Buffer.from([0xff]), 'a\ud800'])('is never sent if it is not text', async (content) => {
    const { workspace, catalog } = await startWith()
    const value = new SecretValue(content)
    await expect(catalog.createSecret(SCHEMA, 'blob', { value })).rejects.toThrow(TypeError)
    await expect(catalog.updateSecret(SCHEMA, 'blob', { value })).rejects.toThrow(TypeError)
    expect(workspace.requests.all).toEqual([])
  })

  test.each(CATALOG_REFUSAL_FORMS.secretExists)('that exists (%j) is an error', async (secretExists) => {
    const unityCatalog = { refusals: { secretExists } }
    const { workspace, catalog } = await startWith({ secrets: { blob: 'old' } }, { unityCatalog })
    const error = await errorOf(catalog.createSecret(SCHEMA, 'blob', { value: new SecretValue(VALUE) }))
    expect(isAlreadyExists(error)).toBe(true)
    expect(error.details).toMatchObject({ call: 'unity-catalog/secrets/create', write: true })
    expect(error.details).not.toHaveProperty('earlierTryMayBeApplied')
    expect(valuesIn(workspace)).toEqual({ blob: 'old' })
  })

  test.each(CATALOG_REFUSAL_FORMS.externallyManaged)(
    'that an external manager refuses (%j) does not exist',
    async (externallyManaged) => {
      const unityCatalog = { refusals: { externallyManaged } }
      const { catalog } = await startWith({ externalManager: 'AWS_SECRETS_MANAGER' }, { unityCatalog })
      const error = await errorOf(catalog.createSecret(SCHEMA, 'blob', { value: new SecretValue(VALUE) }))
      expect(isAlreadyExists(error)).toBe(false)
    },
  )

  // The secret may be somebody else's. The caller has to know that it may also be its own.
  test('that exists after a lost response says that an earlier try may have created it', async () => {
    const { workspace, catalog } = await startWith({}, { retryTimeoutMs: RETRIED_MS })
    const script = breakFirst(workspace, 'POST unity-catalog/secrets', after(hangUp))
    const error = await errorOf(catalog.createSecret(SCHEMA, 'blob', { value: new SecretValue(VALUE) }))
    expect(isAlreadyExists(error)).toBe(true)
    expect(error.details).toMatchObject({ earlierTryMayBeApplied: true, tries: 2 })
    expect(script.left).toEqual([])
  })

  test('is created by the retry if the first try had no effect', async () => {
    const { workspace, catalog } = await startWith({}, { retryTimeoutMs: RETRIED_MS })
    const script = breakFirst(workspace, 'POST unity-catalog/secrets', before(hangUp))
    await catalog.createSecret(SCHEMA, 'blob', { value: new SecretValue(VALUE) })
    expect(valuesIn(workspace)).toEqual({ blob: VALUE })
    expect(script.left).toEqual([])
  })

  // Counted as success, a secret would be missing.
  test.each([{}, { name: 'other' }, { name: 'blob', schema_name: 'other' }])(
    'or an update is not confirmed by %j',
    async (answer) => {
      const { workspace, catalog } = await startWith()
      workspace.intercept(() => json(200, answer))
      const content = { value: new SecretValue(VALUE) }
      const created = await errorOf(catalog.createSecret(SCHEMA, 'blob', content))
      const updated = await errorOf(catalog.updateSecret(SCHEMA, 'blob', content))
      expect([created.failure, updated.failure]).toEqual(['unexpected-response', 'unexpected-response'])
      expect([created.outcomeUnknown, updated.outcomeUnknown]).toEqual([true, true])
    },
  )

  test('or an update is not confirmed by an empty response', async () => {
    const { workspace, catalog } = await startWith()
    await catalog.getSchema(SCHEMA)
    workspace.intercept(() => text(200, ''))
    const content = { value: new SecretValue(VALUE) }
    for (const write of [
      catalog.createSecret(SCHEMA, 'blob', content),
      catalog.updateSecret(SCHEMA, 'blob', content),
    ]) {
      expect(await errorOf(write)).toMatchObject({ failure: 'unexpected-response' })
    }
  })
})

describe('an update', () => {
  const EXPIRED = NOON - 1
  const secrets = { blob: { value: 'old', comment: 'old', expireTime: EXPIRED } }

  test('of the value leaves everything else, and returns the expire time', async () => {
    const unityCatalog = { updatesNeedNames: true, masksNeedFields: true }
    const { workspace, catalog } = await startWith({ secrets }, { unityCatalog })
    const value = new SecretValue(VALUE)
    expect(await catalog.updateSecret(SCHEMA, 'blob', { value })).toEqual({
      ...DESCRIBED,
      comment: 'old',
      expireTime: EXPIRED,
    })
    expect(valuesIn(workspace)).toEqual({ blob: VALUE })
    expect(workspace.requests.all.map(({ query }) => query.get('update_mask'))).toEqual(['value'])
  })

  test('of all fields names them in the mask', async () => {
    const { workspace, catalog } = await startWith({ secrets })
    const fields = { comment: 'new', owner: 'data-team', expireTime: NOON + 1 }
    const value = new SecretValue(VALUE)
    expect(await catalog.updateSecret(SCHEMA, 'BLOB', { value, ...fields })).toMatchObject(fields)
    expect(workspace.requests.all[0]?.query.get('update_mask')).toBe('value,comment,owner,expire_time')
    expect(valuesIn(workspace)).toEqual({ blob: VALUE })
  })

  test('of the comment sends no value', async () => {
    const { workspace, catalog } = await startWith({ secrets })
    expect(await catalog.updateSecret(SCHEMA, 'blob', { comment: 'new' })).toMatchObject({ comment: 'new' })
    expect(valuesIn(workspace)).toEqual({ blob: 'old' })
  })

  test('is repeated after a lost response', async () => {
    const { workspace, catalog } = await startWith({ secrets }, { retryTimeoutMs: RETRIED_MS })
    const script = breakFirst(workspace, 'PATCH unity-catalog/secrets/*', after(hangUp))
    await catalog.updateSecret(SCHEMA, 'blob', { value: new SecretValue(VALUE) })
    expect(valuesIn(workspace)).toEqual({ blob: VALUE })
    expect(script.left).toEqual([])
  })
})

describe('a value', () => {
  const secrets = { blob: VALUE }

  test.each(['left out', 'refused'] as const)('that is withheld (%s) is an error', async (withheldValues) => {
    const grants = { [ADA]: ['MANAGE', 'USE_SCHEMA'] as const }
    const content = { owner: 'grace@example.com', grants, secrets }
    const { catalog } = await startWith(content, { unityCatalog: { withheldValues } })
    expect(await errorOf(catalog.getValue(SCHEMA, 'blob'))).toMatchObject({
      failure: withheldValues === 'refused' ? 'error-response' : 'value-missing',
      details: { call: 'unity-catalog/secrets/get', readsValue: true },
    })
  })

  test.each([{ effective_value: null }, { effective_value: '' }, { value: VALUE }])(
    'is missing in %j',
    async (answer) => {
      const { workspace, catalog } = await startWith({ secrets })
      workspace.intercept(() => json(200, answer))
      const error = await errorOf(catalog.getValue(SCHEMA, 'blob'))
      expect(error).toMatchObject({ failure: 'value-missing' })
      expect(inspect(error, { depth: 9 })).not.toContain(VALUE)
    },
  )

  test.each([{ effective_value: 7 }, { effective_value: ['a'] }, { effective_value: 'a\ud800' }])(
    'is not read from %j',
    async (answer) => {
      const { workspace, catalog } = await startWith({ secrets })
      workspace.intercept(() => json(200, answer))
      await expect(catalog.getValue(SCHEMA, 'blob')).rejects.toMatchObject({
        failure: 'unexpected-response',
        details: { readsValue: true },
      })
    },
  )

  // This run may not know the value, so no later filter can remove it.
  test.each<[string, Interceptor]>([
    ['an error message', before(apiError(403, 'PERMISSION_DENIED', VALUE))],
    ['an error code', before(apiError(400, VALUE.toUpperCase().replaceAll('-', '_'), 'm'))],
    ['a success with a message', altered(({ body }) => json(200, { message: body.toString() }))],
    ['plain text', before(text(200, VALUE))],
    ['a plain error', before(text(500, VALUE))],
    ['a redirect', before({ ...text(302, ''), headers: { location: `/${VALUE}` } })],
    [
      'the request id',
      before({ ...apiError(404, 'RESOURCE_DOES_NOT_EXIST', 'm'), headers: { 'x-request-id': VALUE } }),
    ],
  ])('that a failed response shows in %s is not in the error', async (_, fault) => {
    const { workspace, catalog } = await startWith({ secrets })
    const script = breakFirst(workspace, 'GET unity-catalog/secrets/*', fault)
    const error = await errorOf(catalog.getValue(SCHEMA, 'blob'))
    const shown = inspect(error, { depth: 9 }).toLowerCase()
    expect(shown).not.toContain(VALUE)
    expect(shown).not.toContain(VALUE.replaceAll('-', '_'))
    expect(error.details).toMatchObject({ readsValue: true, status: expect.any(Number) as unknown })
    expect(script.left).toEqual([])
  })

  test('that is missing has its error code', async () => {
    const { catalog } = await startWith()
    expect(isSecretMissing(await errorOf(catalog.getValue(SCHEMA, 'blob')))).toBe(true)
  })
})

describe('a deletion', () => {
  test.each([
    ['a JSON object', json(200, {})],
    ['no content', text(204, '')],
    ['an empty body', text(200, '')],
  ])('answered with %s succeeds', async (_, answer) => {
    const { workspace, catalog } = await startWith({ secrets: { blob: VALUE, other: VALUE } })
    await catalog.getSchema(SCHEMA)
    breakFirst(workspace, 'DELETE unity-catalog/secrets/*', after(answer))
    await catalog.deleteSecret(SCHEMA, 'BLOB')
    expect(valuesIn(workspace)).toEqual({ other: VALUE })
  })

  test.each(CATALOG_REFUSAL_FORMS.secretMissing)('of a missing secret (%j) is an error', async (form) => {
    const { catalog } = await startWith({}, { unityCatalog: { refusals: { secretMissing: form } } })
    expect(isSecretMissing(await errorOf(catalog.deleteSecret(SCHEMA, 'blob')))).toBe(true)
  })

  test.each(CATALOG_REFUSAL_FORMS.secretMissing)(
    'whose response was lost succeeds if the secret is missing at the retry (%j)',
    async (secretMissing) => {
      const unityCatalog = { refusals: { secretMissing } }
      const { workspace, catalog } = await startWith(
        { secrets: { blob: VALUE } },
        { unityCatalog, retryTimeoutMs: RETRIED_MS },
      )
      const script = breakFirst(workspace, 'DELETE unity-catalog/secrets/*', after(hangUp))
      await catalog.deleteSecret(SCHEMA, 'blob')
      expect(workspace.requests.to('DELETE unity-catalog/secrets/*')).toHaveLength(2)
      expect(script.left).toEqual([])
    },
  )

  test('that is refused after a lost response is an error', async () => {
    const { workspace, catalog } = await startWith(
      { secrets: { blob: VALUE } },
      { retryTimeoutMs: RETRIED_MS },
    )
    const call = 'DELETE unity-catalog/secrets/*'
    const script = new FaultScript([
      { call, fault: before(hangUp) },
      { call, at: 2, fault: before(apiError(403, 'PERMISSION_DENIED', 'm')) },
    ])
    workspace.intercept(script.play)
    const error = await errorOf(catalog.deleteSecret(SCHEMA, 'blob'))
    expect(error.hasErrorCode('PERMISSION_DENIED')).toBe(true)
    expect(error.outcomeUnknown).toBe(true)
    expect(script.left).toEqual([])
  })
})

describe('grants', () => {
  test.each(['schema', 'secret'] as const)('on a %s are changed and listed', async (type) => {
    const { workspace, catalog } = await startWith({ secrets: { blob: VALUE } })
    const name = type === 'schema' ? fullName(SCHEMA) : fullName(SCHEMA, 'blob')
    expect(await catalog.listGrants(type, name)).toEqual([])
    await catalog.changeGrants(type, name, [
      { principal: 'users', add: ['READ_SECRET', 'WRITE_SECRET'] },
      { principal: '[UC] Team = A', add: ['REFERENCE_SECRET'] },
    ])
    await catalog.changeGrants(type, name, [{ principal: 'users', add: ['MANAGE'], remove: ['READ_SECRET'] }])
    expect(await catalog.listGrants(type, name)).toEqual([
      { principal: 'users', privileges: ['MANAGE', 'WRITE_SECRET'] },
      { principal: '[UC] Team = A', privileges: ['REFERENCE_SECRET'] },
    ])
    expect(workspace.requests.all.map(({ method }) => method)).toEqual(['GET', 'PATCH', 'PATCH', 'GET'])
  })

  test('are complete with pages', async () => {
    const grants = { users: ['READ_SECRET'], 'data-team': ['MANAGE'], auditors: ['READ_SECRET'] } as const
    const { workspace, catalog } = await startWith({ grants }, { unityCatalog: { pages: { size: 1 } } })
    const listed = await catalog.listGrants('schema', fullName(SCHEMA))
    expect(listed.map(({ principal }) => principal)).toEqual(['users', 'data-team', 'auditors'])
    expect(workspace.requests.to('GET unity-catalog/permissions/*/*')).toHaveLength(3)
  })

  test('of one principal on several pages are one grant', async () => {
    const { workspace, catalog } = await startWith()
    workspace.intercept(({ query }) =>
      query.has('page_token')
        ? json(200, { privilege_assignments: [{ principal: 'a', privileges: ['Y'] }] })
        : json(200, {
            privilege_assignments: [{ principal: 'a', privileges: ['X'] }, { principal: 'b' }],
            next_page_token: 't',
          }),
    )
    expect(await catalog.listGrants('schema', 'm.s')).toEqual([
      { principal: 'a', privileges: ['X', 'Y'] },
      { principal: 'b', privileges: [] },
    ])
  })

  test.each([
    { privilege_assignments: {} },
    { privilege_assignments: [{ privileges: [] }] },
    { privilege_assignments: [{ principal: 'a', privileges: 'X' }] },
    { privilege_assignments: [{ principal: 'a', privileges: [1] }] },
  ])('are not read from %j', async (answer) => {
    const { workspace, catalog } = await startWith()
    workspace.intercept(() => json(200, answer))
    await expect(catalog.listGrants('schema', 'm.s')).rejects.toMatchObject({
      failure: 'unexpected-response',
    })
  })
})
