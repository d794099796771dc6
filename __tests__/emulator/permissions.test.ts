import { describe, expect, test } from '@jest/globals'
import type { Permission } from '../../emulator/permissions.js'
import { getting, posting, start } from './wire.js'

const ADA = 'ada@example.com'
const LEVELS = ['none', 'READ', 'WRITE', 'MANAGE'] as const

/** Each call on a scope, and the permission that it needs. */
const CALLS = [
  ['secrets/list', getting, {}, 'READ'],
  ['secrets/get', getting, { key: 'k' }, 'READ'],
  ['secrets/put', posting, { key: 'k', string_value: 'v' }, 'WRITE'],
  ['secrets/delete', posting, { key: 'k' }, 'WRITE'],
  ['secrets/scopes/delete', posting, {}, 'MANAGE'],
  ['secrets/acls/list', getting, {}, 'MANAGE'],
  ['secrets/acls/get', getting, { principal: 'auditors' }, 'MANAGE'],
  ['secrets/acls/put', posting, { principal: 'auditors', permission: 'WRITE' }, 'MANAGE'],
  ['secrets/acls/delete', posting, { principal: 'auditors' }, 'MANAGE'],
] as const

const acls = (principal: string, level: (typeof LEVELS)[number]): Record<string, Permission> =>
  level === 'none' ? { auditors: 'READ' } : { auditors: 'READ', [principal]: level }

// Otherwise a client would never get an error for a missing permission.
describe.each(CALLS)('%s', (path, caller, fields, needed) => {
  test.each(LEVELS)(`needs ${needed}; the caller has: %s`, async (level) => {
    const workspace = await start()
    workspace.store.createScope('s', { acls: acls(ADA, level), secrets: { k: 'v' } })
    const answer = await caller(workspace)(path, { scope: 's', ...fields })
    if (LEVELS.indexOf(level) >= LEVELS.indexOf(needed)) expect(answer.status).toBe(200)
    else expect(answer).toMatchObject({ status: 403, body: { error_code: 'PERMISSION_DENIED' } })
  })

  test('is allowed for an admin without an ACL', async () => {
    const workspace = await start()
    workspace.store.createScope('s', { acls: { auditors: 'READ' }, secrets: { k: 'v' } })
    expect((await caller(workspace, 'root')(path, { scope: 's', ...fields })).status).toBe(200)
  })
})

test.each([
  ['their own name', ADA, 200],
  ['one of their groups', 'data-team', 200],
  ['all users', 'users', 200],
  ['a group they are not in', 'auditors', 403],
  ['somebody else', 'grace@example.com', 403],
  ['admins, which they are not', 'admins', 403],
])('the permission of %s applies or not', async (_, principal, status) => {
  const workspace = await start()
  workspace.store.createScope('s', { acls: { [principal]: 'WRITE' } })
  const put = await posting(workspace)('secrets/put', { scope: 's', key: 'k', string_value: 'v' })
  expect(put.status).toBe(status)
})

test('the highest of several permissions applies, in any order', async () => {
  const workspace = await start()
  workspace.store.createScope('s', { acls: { [ADA]: 'READ', users: 'WRITE', 'data-team': 'READ' } })
  const put = await posting(workspace)('secrets/put', { scope: 's', key: 'k', string_value: 'v' })
  expect(put.status).toBe(200)
})

test('a rejected write changes nothing', async () => {
  const workspace = await start()
  workspace.store.createScope('s', { acls: { [ADA]: 'READ' }, secrets: { k: 'old' } })
  await posting(workspace)('secrets/put', { scope: 's', key: 'k', string_value: 'new' })
  expect(workspace.store.scope('s').secret('k')?.value.toString()).toBe('old')
})

test('a permission can be granted, read, replaced and removed', async () => {
  const workspace = await start()
  workspace.store.createScope('s')
  const principal = '[UC] Team = A'
  const post = posting(workspace)
  const acl = { scope: 's', principal }
  expect((await getting(workspace)('secrets/acls/get', acl)).body).toMatchObject({
    error_code: 'RESOURCE_DOES_NOT_EXIST',
  })
  expect(await post('secrets/acls/put', { ...acl, permission: 'WRITE' })).toMatchObject({
    status: 200,
    body: {},
  })
  expect((await post('secrets/acls/put', { ...acl, permission: 'READ' })).status).toBe(200)
  expect((await getting(workspace)('secrets/acls/get', acl)).body).toEqual({ principal, permission: 'READ' })
  expect((await getting(workspace)('secrets/acls/list', { scope: 's' })).body).toEqual({
    items: [
      { principal: 'users', permission: 'MANAGE' },
      { principal, permission: 'READ' },
    ],
  })
  expect(await post('secrets/acls/delete', acl)).toMatchObject({ status: 200, body: {} })
  expect(await post('secrets/acls/delete', acl)).toMatchObject({
    status: 404,
    body: { error_code: 'RESOURCE_DOES_NOT_EXIST' },
  })
})

test('the list of a scope without ACLs has no field', async () => {
  const workspace = await start()
  workspace.store.createScope('s', { acls: {} })
  expect((await getting(workspace, 'root')('secrets/acls/list', { scope: 's' })).body).toEqual({})
})

test.each(['manage', 'ADMIN', ''])('the permission %j is rejected', async (permission) => {
  const workspace = await start()
  workspace.store.createScope('s')
  const answer = await posting(workspace)('secrets/acls/put', { scope: 's', principal: 'users', permission })
  expect(answer).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } })
})

test('an unknown principal is rejected, because it may be misspelt', async () => {
  const workspace = await start({ principals: ['new-team'] })
  workspace.store.createScope('s')
  const grant = (principal: string) =>
    posting(workspace)('secrets/acls/put', { scope: 's', principal, permission: 'READ' })
  expect((await grant('new-team')).status).toBe(200)
  expect(await grant('nwe-team')).toMatchObject({
    status: 400,
    body: { error_code: 'INVALID_PARAMETER_VALUE' },
  })
})
