import { expect, test } from '@jest/globals'
import { keyVaultNamed } from '../../emulator/scope.js'
import { MAX_SCOPES } from '../../emulator/store.js'
import { getting, posting, start } from './wire.js'

test('the list of an empty workspace has no field, which finds clients that expect an array', async () => {
  const answer = await getting(await start())('secrets/scopes/list')
  expect(answer).toMatchObject({ status: 200, body: {} })
})

test('a created scope keeps its spelling, and its creator has MANAGE', async () => {
  const workspace = await start()
  expect(await posting(workspace)('secrets/scopes/create', { scope: 'Team/a@b.c_d-1' })).toMatchObject({
    status: 200,
    body: {},
  })
  expect((await getting(workspace, 'grace')('secrets/scopes/list')).body).toEqual({
    scopes: [{ name: 'Team/a@b.c_d-1', backend_type: 'DATABRICKS' }],
  })
  expect((await getting(workspace)('secrets/acls/list', { scope: 'team/A@b.c_d-1' })).body).toEqual({
    items: [{ principal: 'ada@example.com', permission: 'MANAGE' }],
  })
})

test('scope names are case-insensitive, so an existing name is rejected', async () => {
  const workspace = await start()
  workspace.store.createScope('my_scope')
  expect(await posting(workspace)('secrets/scopes/create', { scope: 'my_scope' })).toMatchObject({
    status: 400,
    body: { error_code: 'RESOURCE_ALREADY_EXISTS', message: 'Scope my_scope already exists!' },
  })
  const shouted = await posting(workspace)('secrets/scopes/create', { scope: 'MY_SCOPE' })
  expect(shouted.body).toMatchObject({ error_code: 'RESOURCE_ALREADY_EXISTS' })
  expect(workspace.store.scopes.map(({ name }) => name)).toEqual(['my_scope'])
})

test('on Premium, with users as the initial principal, everyone has MANAGE', async () => {
  const workspace = await start()
  await posting(workspace)('secrets/scopes/create', { scope: 's', initial_manage_principal: 'users' })
  expect([...workspace.store.scope('s').acls]).toEqual([['users', 'MANAGE']])
})

test.each(['TestGroup', 'ada@example.com'])(
  'on Premium, %s cannot be the initial manager',
  async (principal) => {
    const workspace = await start({ principals: ['TestGroup'] })
    const answer = await posting(workspace)('secrets/scopes/create', {
      scope: 's',
      initial_manage_principal: principal,
    })
    expect(answer).toMatchObject({
      status: 400,
      body: {
        error_code: 'BAD_REQUEST',
        message: `Cannot specify ${principal} as initial_manage_principal.`,
      },
    })
    expect(workspace.store.has('s')).toBe(false)
  },
)

test.each([{}, { initial_manage_principal: 'TestGroup' }, { initial_manage_principal: null }])(
  'on Standard, a scope that is not for all users is refused, or the fall-back would go untested: %j',
  async (fields) => {
    const workspace = await start({ plan: 'standard' })
    expect(await posting(workspace)('secrets/scopes/create', { scope: 's', ...fields })).toMatchObject({
      status: 400,
      body: {
        error_code: 'BAD_REQUEST',
        message:
          'Premium Tier is disabled in this workspace. Secret scopes can only be created with initial_manage_principal "users".',
      },
    })
    expect(workspace.store.has('s')).toBe(false)
  },
)

test('on Standard, a scope for all users can be created, and everyone has all permissions', async () => {
  const workspace = await start({ plan: 'standard' })
  const create = { scope: 's', initial_manage_principal: 'users' }
  expect((await posting(workspace)('secrets/scopes/create', create)).status).toBe(200)
  expect(
    (await posting(workspace, 'grace')('secrets/put', { scope: 's', key: 'k', string_value: 'v' })).status,
  ).toBe(200)
  expect((await posting(workspace, 'grace')('secrets/scopes/delete', { scope: 's' })).status).toBe(200)
})

test.each([
  ['acls/list', getting, { scope: 's' }],
  ['acls/get', getting, { scope: 's', principal: 'users' }],
  ['acls/put', posting, { scope: 's', principal: 'data-team', permission: 'READ' }],
  ['acls/delete', posting, { scope: 's', principal: 'users' }],
] as const)('on Standard there is no %s, not even for an admin', async (path, caller, fields) => {
  const workspace = await start({ plan: 'standard' })
  workspace.store.createScope('s')
  expect(await caller(workspace, 'root')(`secrets/${path}`, fields)).toMatchObject({
    status: 403,
    body: { error_code: 'FEATURE_DISABLED' },
  })
})

test.each(['Databricks-Internal', 'MINE'])(
  'a scope with the reserved name %s cannot be created',
  async (scope) => {
    const workspace = await start({ reservedScopes: ['databricks-internal', 'mine'] })
    expect(await posting(workspace)('secrets/scopes/create', { scope })).toMatchObject({
      status: 403,
      body: { error_code: 'CUSTOMER_UNAUTHORIZED' },
    })
  },
)

test('a workspace has a reserved name by default', async () => {
  const answer = await posting(await start())('secrets/scopes/create', { scope: 'databricks-internal' })
  expect(answer.body).toMatchObject({ error_code: 'CUSTOMER_UNAUTHORIZED' })
})

test.each(['', 'a b', 'ä', 'a:b', 'a\n', 'x'.repeat(129)])('the scope name %j is refused', async (scope) => {
  expect(await posting(await start())('secrets/scopes/create', { scope })).toMatchObject({
    status: 400,
    body: { error_code: 'INVALID_PARAMETER_VALUE' },
  })
})

test('a scope name may have 128 characters', async () => {
  const answer = await posting(await start())('secrets/scopes/create', { scope: 'x'.repeat(128) })
  expect(answer.status).toBe(200)
})

test('scope number 1,001 is rejected, scope number 1,000 is not', async () => {
  const workspace = await start()
  for (let n = 1; n < MAX_SCOPES; n++) workspace.store.createScope(`s${n}`)
  expect((await posting(workspace)('secrets/scopes/create', { scope: 'last' })).status).toBe(200)
  expect(await posting(workspace)('secrets/scopes/create', { scope: 'too-many' })).toMatchObject({
    status: 400,
    body: { error_code: 'RESOURCE_LIMIT_EXCEEDED' },
  })
  expect(workspace.store.scopes).toHaveLength(1_000)
})

test('a scope is deleted with its secrets, in any spelling', async () => {
  const workspace = await start()
  workspace.store.createScope('s', { secrets: { k: 'v' } })
  expect(await posting(workspace)('secrets/scopes/delete', { scope: 'S' })).toMatchObject({
    status: 200,
    body: {},
  })
  expect((await getting(workspace)('secrets/scopes/list')).body).toEqual({})
  await posting(workspace)('secrets/scopes/create', { scope: 's' })
  expect((await getting(workspace)('secrets/list', { scope: 's' })).body).toEqual({})
})

test('a scope backed by a key vault cannot be created with a personal access token', async () => {
  const answer = await posting(await start())('secrets/scopes/create', {
    scope: 'kv',
    scope_backend_type: 'AZURE_KEYVAULT',
    backend_azure_keyvault: { ...keyVaultNamed('kv'), tenant_id: '00000000-0000-0000-0000-000000000000' },
  })
  expect(answer).toMatchObject({
    status: 400,
    body: {
      error_code: 'INVALID_PARAMETER_VALUE',
      message: 'Scope with Azure KeyVault must have userAADToken defined!',
    },
  })
})

test('only the two backends exist', async () => {
  const create = posting(await start())
  expect(
    (await create('secrets/scopes/create', { scope: 's', scope_backend_type: 'DATABRICKS' })).status,
  ).toBe(200)
  expect(
    (await create('secrets/scopes/create', { scope: 't', scope_backend_type: 'VAULT' })).body,
  ).toMatchObject({
    error_code: 'INVALID_PARAMETER_VALUE',
  })
})

test('a scope backed by a key vault shows its vault, lists its keys, and is read-only', async () => {
  const workspace = await start()
  workspace.store.createScope('kv', { keyVault: keyVaultNamed('kv'), secrets: { 'db-password': '' } })
  expect((await getting(workspace)('secrets/scopes/list')).body).toEqual({
    scopes: [
      {
        name: 'kv',
        backend_type: 'AZURE_KEYVAULT',
        keyvault_metadata: {
          resource_id: expect.stringMatching(/^\/subscriptions\/.+\/vaults\/kv$/),
          dns_name: 'https://kv.vault.azure.net/',
        },
      },
    ],
  })
  expect((await getting(workspace)('secrets/list', { scope: 'kv' })).body).toMatchObject({
    secrets: [{ key: 'db-password' }],
  })
  const put = await posting(workspace)('secrets/put', { scope: 'kv', key: 'k', string_value: 'v' })
  expect(put).toMatchObject({ status: 400, body: { error_code: 'BAD_REQUEST' } })
  const remove = await posting(workspace)('secrets/delete', { scope: 'kv', key: 'db-password' })
  expect(remove).toMatchObject({ status: 400, body: { error_code: 'BAD_REQUEST' } })
  expect(workspace.store.scope('kv').secrets.map(({ key }) => key)).toEqual(['db-password'])
})

// Otherwise a test would compare with a wrong state.
test('the state of a scope can be read and restored', async () => {
  const workspace = await start()
  workspace.store.createScope('s', { acls: { users: 'READ' }, secrets: { 'K.1': 'é' } })
  await posting(workspace, 'root')('secrets/put', { scope: 's', key: 'k.1', string_value: 'new' })
  await posting(workspace, 'root')('secrets/acls/put', {
    scope: 's',
    principal: 'users',
    permission: 'WRITE',
  })
  const content = workspace.store.content('S')
  expect(content).toEqual({ acls: { users: 'WRITE' }, secrets: { 'K.1': Buffer.from('new') } })
  workspace.store.createScope('copy', content)
  expect(workspace.store.content('copy')).toEqual(content)
  content.secrets['K.1']?.fill(0)
  expect(workspace.store.content('s').secrets).toEqual({ 'K.1': Buffer.from('new') })
  expect(() => workspace.store.content('none')).toThrow('Scope none does not exist!')
})
