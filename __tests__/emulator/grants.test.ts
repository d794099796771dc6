/** Grants on catalogs, schemas and secrets over HTTP. */
import { expect, test } from '@jest/globals'
import type { Grants } from '../../emulator/privileges.js'
import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import { catalogCalls, start } from './wire.js'

const SCHEMA = 'permissions/schema/main.storage'
const refused = (status: number, code: string) => ({ status, body: { error_code: code } })

async function startWith(grants: Grants = {}): Promise<EmulatedWorkspace> {
  const workspace = await start()
  workspace.catalogs.createCatalog('main', { grants: { users: ['USE_CATALOG'] } })
  const secrets = { blob: { value: 'v', grants: { auditors: ['READ_SECRET' as const] } } }
  workspace.catalogs.createSchema('main.storage', { owner: 'ada@example.com', grants, secrets })
  return workspace
}

test('one PATCH adds and removes what it names, leaves others alone, and answers with all', async () => {
  const workspace = await startWith({ auditors: ['MANAGE'], 'data-team': ['READ_SECRET', 'WRITE_SECRET'] })
  const call = catalogCalls(workspace)
  const changes = [
    { principal: 'data-team', add: ['CREATE_SECRET'], remove: ['WRITE_SECRET', 'REFERENCE_SECRET'] },
    { principal: 'grace@example.com', add: ['READ_SECRET'] },
  ]
  const expected = {
    privilege_assignments: [
      { principal: 'auditors', privileges: ['MANAGE'] },
      { principal: 'data-team', privileges: ['CREATE_SECRET', 'READ_SECRET'] },
      { principal: 'grace@example.com', privileges: ['READ_SECRET'] },
    ],
  }
  expect((await call(`PATCH ${SCHEMA}`, { changes })).body).toEqual(expected)
  expect((await call(`GET ${SCHEMA}`)).body).toEqual(expected)
})

test('what has no grant any more is in no answer, and grants of a secret are its own', async () => {
  const call = catalogCalls(await startWith({ auditors: ['READ_SECRET'] }))
  const remove = { changes: [{ principal: 'auditors', remove: ['READ_SECRET'] }] }
  expect((await call(`PATCH ${SCHEMA}`, remove)).body).toEqual({})
  expect((await call(`GET ${SCHEMA}`)).body).toEqual({})
  expect((await call('GET permissions/SECRET/Main.Storage.Blob')).body).toEqual({
    privilege_assignments: [{ principal: 'auditors', privileges: ['READ_SECRET'] }],
  })
})

test('who loses ALL_PRIVILEGES loses every other one', async () => {
  const call = catalogCalls(await startWith({ auditors: ['READ_SECRET', 'ALL_PRIVILEGES'] }))
  const changes = [{ principal: 'auditors', remove: ['ALL_PRIVILEGES'], add: ['WRITE_SECRET'] }]
  expect((await call(`PATCH ${SCHEMA}`, { changes })).body).toEqual({
    privilege_assignments: [{ principal: 'auditors', privileges: ['WRITE_SECRET'] }],
  })
})

test.each([
  ['a blank in place of the underscore', { add: ['READ SECRET'] }, refused(400, 'INVALID_PARAMETER_VALUE')],
  ['a permission of a scope', { add: ['READ'] }, refused(400, 'INVALID_PARAMETER_VALUE')],
  ['lower case', { remove: ['read_secret'] }, refused(400, 'INVALID_PARAMETER_VALUE')],
  [
    'one to add and to remove',
    { add: ['MANAGE'], remove: ['MANAGE'] },
    refused(400, 'INVALID_PARAMETER_VALUE'),
  ],
  ['no principal', { principal: null, add: ['MANAGE'] }, refused(400, 'INVALID_PARAMETER_VALUE')],
  [
    'an unknown principal',
    { principal: 'nobody', add: ['MANAGE'] },
    refused(404, 'PRINCIPAL_DOES_NOT_EXIST'),
  ],
  ['a text for a list', { add: 'MANAGE' }, refused(400, 'MALFORMED_REQUEST')],
  ['a list of numbers', { add: [1] }, refused(400, 'MALFORMED_REQUEST')],
])('a change with %s is refused, and so is the whole request', async (_, change, expected) => {
  const call = catalogCalls(await startWith())
  const changes = [
    { principal: 'users', add: ['READ_SECRET'] },
    { principal: 'auditors', ...change },
  ]
  expect(await call(`PATCH ${SCHEMA}`, { changes })).toMatchObject(expected)
  expect((await call(`GET ${SCHEMA}`)).body).toEqual({})
})

test('changes that are no list of objects are refused', async () => {
  const call = catalogCalls(await startWith())
  for (const changes of [{}, ['MANAGE'], 'MANAGE']) {
    expect(await call(`PATCH ${SCHEMA}`, { changes })).toMatchObject(refused(400, 'MALFORMED_REQUEST'))
  }
})

test.each([
  ['permissions/secret/main.storage.blob', 'CREATE_SECRET'],
  ['permissions/secret/main.storage.blob', 'USE_SCHEMA'],
  ['permissions/schema/main.storage', 'USE_CATALOG'],
])('%s does not take %s, which is for what is above it', async (path, privilege) => {
  const changes = [{ principal: 'users', add: [privilege] }]
  expect(await catalogCalls(await startWith())(`PATCH ${path}`, { changes })).toMatchObject(
    refused(400, 'INVALID_PARAMETER_VALUE'),
  )
})

test('account users can be granted something', async () => {
  const changes = [{ principal: 'account users', add: ['READ_SECRET'] }]
  expect((await catalogCalls(await startWith())(`PATCH ${SCHEMA}`, { changes })).status).toBe(200)
})

test('effective grants tell which are inherited, and where from', async () => {
  const workspace = await startWith({ auditors: ['WRITE_SECRET'] })
  const { body } = await catalogCalls(workspace)('GET effective-permissions/secret/main.storage.blob')
  const inherited = (type: string, name: string) => ({ inherited_from_type: type, inherited_from_name: name })
  expect(body).toEqual({
    privilege_assignments: [
      {
        principal: 'auditors',
        privileges: [
          { privilege: 'READ_SECRET' },
          { privilege: 'WRITE_SECRET', ...inherited('SCHEMA', 'main.storage') },
        ],
      },
      { principal: 'users', privileges: [{ privilege: 'USE_CATALOG', ...inherited('CATALOG', 'main') }] },
    ],
  })
})

test('who manages neither the schema nor what is above it sees and changes no grants', async () => {
  const call = catalogCalls(await startWith({ users: ['USE_SCHEMA', 'ALL_PRIVILEGES'] }), 'grace')
  const denied = refused(403, 'PERMISSION_DENIED')
  expect(await call(`GET ${SCHEMA}`)).toMatchObject(denied)
  expect(await call('GET effective-permissions/schema/main.storage')).toMatchObject(denied)
  const changes = [{ principal: 'grace@example.com', add: ['MANAGE'] }]
  expect(await call(`PATCH ${SCHEMA}`, { changes })).toMatchObject(denied)
})
