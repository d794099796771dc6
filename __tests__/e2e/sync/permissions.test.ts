import { afterEach, describe, expect, test } from '@jest/globals'

import { losePermissionsInParallel } from '../../../emulator/lost-permissions.js'
import type { Permission } from '../../../emulator/permissions.js'
import { apiError, json } from '../../../emulator/reply.js'
import { EmulatedWorkspace } from '../../../emulator/workspace.js'
import { callsOf, NO_OUTPUTS, stored, syncTo } from '../sync-step.js'

let workspace: EmulatedWorkspace

afterEach(async () => {
  await workspace.close()
})

const READS = ['1 preview/scim/v2/Me', '1 secrets/acls/list', '1 secrets/list', '1 secrets/scopes/list']
const ADA = 'ada@example.com'

function acls(): Record<string, Permission> {
  return Object.fromEntries(workspace.store.scope('storage').acls)
}

async function start(given: Record<string, Permission>): Promise<void> {
  workspace = await EmulatedWorkspace.start()
  workspace.store.createScope('storage', { acls: given })
}

describe('permissions', () => {
  // Wrong permissions mean that a team cannot read its secrets, or that another team can.
  test('are set if they differ, read back, and the others are named', async () => {
    await start({ [ADA]: 'MANAGE', 'data-team': 'READ', auditors: 'READ' })
    const { exitCode, outputs, log, summary, annotations } = await syncTo(workspace, {
      permissions: 'data-team=WRITE\n[UC] Team = A=READ\nada@example.com=MANAGE',
    })
    expect(exitCode).toBe(0)
    expect(callsOf(workspace)).toEqual(
      [
        ...READS.filter((call) => !call.includes('acls')),
        '2 secrets/acls/list',
        '2 secrets/acls/put',
        '1 secrets/put',
      ].sort(),
    )
    expect(acls()).toEqual({
      [ADA]: 'MANAGE',
      'data-team': 'WRITE',
      auditors: 'READ',
      '[UC] Team = A': 'READ',
    })
    expect(outputs).toEqual({ ...NO_OUTPUTS, changed: 'true', created: '["blob"]' })
    expect(log).toMatch(/^ {2}set +data-team: WRITE \(was READ\)$/m)
    expect(log).toMatch(/^ {2}unchanged +ada@example\.com: MANAGE$/m)
    expect(summary).toContain('| `data-team` | WRITE (was READ) | ✏️ set |')
    expect(annotations.map(({ level, message }) => [level, message.includes('"auditors" (READ)')])).toEqual([
      ['warning', true],
    ])
  })

  test('that are all set cost two more calls, and change nothing', async () => {
    await start({ [ADA]: 'MANAGE', 'data-team': 'READ' })
    workspace.store.scope('storage').put('blob', 'fake-value')
    const { outputs } = await syncTo(workspace, { permissions: 'data-team=READ', 'if-exists': 'keep' })
    expect(callsOf(workspace)).toEqual(READS)
    expect(outputs).toEqual({ ...NO_OUTPUTS, kept: '["blob"]' })
  })

  test('are set in a new scope', async () => {
    workspace = await EmulatedWorkspace.start()
    const { exitCode, outputs } = await syncTo(workspace, { permissions: 'data-team=READ\nauditors=READ' })
    expect(exitCode).toBe(0)
    expect(acls()).toEqual({ [ADA]: 'MANAGE', 'data-team': 'READ', auditors: 'READ' })
    expect(outputs).toMatchObject({ 'scope-created': 'true', changed: 'true' })
  })

  // Databricks has lost permissions that were written in parallel.
  test('are sent one after the other', async () => {
    await start({ [ADA]: 'MANAGE' })
    workspace.intercept(losePermissionsInParallel(workspace.requests))
    const { exitCode } = await syncTo(workspace, {
      permissions: 'data-team=READ\nauditors=READ\n[UC] Team = A=WRITE\nusers=READ',
    })
    expect(exitCode).toBe(0)
    expect(workspace.requests.maxInFlight(workspace.requests.to('secrets/acls/put'))).toBe(1)
    expect(Object.keys(acls())).toHaveLength(5)
  })

  test('of which one fails make the step fail, and the others are set', async () => {
    await start({ [ADA]: 'MANAGE' })
    const { exitCode, log, outputs, summary } = await syncTo(workspace, {
      permissions: 'nobody@example.com=READ\ndata-team=READ',
    })
    expect(exitCode).toBe(1)
    expect(acls()).toEqual({ [ADA]: 'MANAGE', 'data-team': 'READ' })
    expect(stored(workspace)).toEqual({ blob: 'fake-value' })
    expect(log).toContain('Error: Permission of "nobody@example.com": ')
    expect(summary).toContain('### ❌')
    expect(outputs).toEqual({ ...NO_OUTPUTS, changed: 'true', created: '["blob"]' })
  })

  // If this fails, a user removes the access of the right group, as a command to copy beside the spelling error says.
  test('of a misspelled principal name the right one, and advise to remove nothing', async () => {
    await start({ [ADA]: 'MANAGE', auditors: 'READ', users: 'READ' })
    const { exitCode, log, summary } = await syncTo(workspace, { permissions: 'auditor=READ' })
    expect(exitCode).toBe(1)
    for (const text of [log, summary]) {
      expect(text).toContain('Did you mean "auditors", which has access? Check the principal')
      expect(text).toContain('"auditors" (READ), "users" (READ). They were left alone. Before you remove any')
      expect(text).not.toContain('delete-acl')
    }
  })

  test('of a missing principal with another name advise to remove nothing', async () => {
    await start({ [ADA]: 'MANAGE', auditors: 'READ' })
    const { log } = await syncTo(workspace, { permissions: 'reviewers=READ' })
    expect(log).toContain('Check the principal in the input permissions')
    expect(log).not.toMatch(/Did you mean|delete-acl/)
  })

  // The names of groups may be case-insensitive: then these two are one.
  test('of a group in other capitals advise to remove nothing', async () => {
    await start({ [ADA]: 'MANAGE', 'Data-Team': 'READ', auditors: 'READ' })
    const { log, summary } = await syncTo(workspace, { permissions: 'data-team=READ' })
    expect(log).toContain('delete-acl storage auditors')
    expect(summary).toMatch(/^> ```sh\n> databricks secrets delete-acl /m)
    expect(log).not.toContain('delete-acl storage Data-Team')
  })

  // "changed: false" would be wrong if a permission is different now.
  test('that were set and cannot be read back make the step fail, and count as changed', async () => {
    await start({ [ADA]: 'MANAGE' })
    workspace.store.scope('storage').put('blob', 'x')
    let lists = 0
    workspace.intercept(({ path }) =>
      path.endsWith('/acls/list') && ++lists === 2 ? apiError(400, 'BAD_REQUEST', 'Not now.') : undefined,
    )
    const { exitCode, log, outputs } = await syncTo(workspace, {
      secrets: 'blob=fake-value',
      'if-exists': 'keep',
      permissions: 'data-team=READ',
    })
    expect(exitCode).toBe(1)
    expect(acls()).toMatchObject({ 'data-team': 'READ' })
    expect(outputs).toMatchObject({ changed: 'true' })
    expect(log).toContain(
      'Error: Permission of "data-team": Set, but it could not be read back to verify it. ',
    )
  })

  // If this fails, a job fails because another job was faster.
  test('of a scope that another job creates between the requests are read again', async () => {
    await start({ [ADA]: 'MANAGE' })
    let lists = 0
    workspace.intercept(({ path }) =>
      path.endsWith('/acls/list') && ++lists === 1
        ? apiError(404, 'RESOURCE_DOES_NOT_EXIST', 'Scope storage does not exist!')
        : undefined,
    )
    const { exitCode } = await syncTo(workspace, { permissions: 'data-team=READ' })
    expect([exitCode, acls()]).toEqual([0, { [ADA]: 'MANAGE', 'data-team': 'READ' }])
  })

  // The fake workspace of the Databricks CLI does this.
  test('are set in a new scope if the 404 for the missing scope has no code', async () => {
    workspace = await EmulatedWorkspace.start()
    workspace.intercept(({ path }) => {
      const isRead = path.endsWith('/acls/list') || path.endsWith('/secrets/list')
      return isRead && workspace.requests.to('secrets/scopes/create').length === 0
        ? json(404, { message: 'Scope storage does not exist!' })
        : undefined
    })
    const { exitCode, outputs } = await syncTo(workspace, { permissions: 'data-team=READ' })
    expect([exitCode, outputs['scope-created']]).toEqual([0, 'true'])
    expect(acls()).toEqual({ [ADA]: 'MANAGE', 'data-team': 'READ' })
  })

  test('of a scope that is always missing in one list stop the run', async () => {
    await start({ [ADA]: 'MANAGE' })
    workspace.intercept(({ path }) =>
      path.endsWith('/acls/list')
        ? apiError(404, 'RESOURCE_DOES_NOT_EXIST', 'Scope storage does not exist!')
        : undefined,
    )
    const { exitCode, log } = await syncTo(workspace, { permissions: 'data-team=READ' })
    expect([exitCode, stored(workspace)]).toEqual([1, {}])
    expect(log).toContain('The scope "storage" was deleted during this run')
  })

  // If this fails, a user who follows the advice deletes the MANAGE of this run.
  test('that may be those of this run are not advised to be deleted', async () => {
    await start({ [ADA]: 'MANAGE', auditors: 'READ' })
    workspace.intercept(({ path }) =>
      path.endsWith('/Me') ? apiError(403, 'PERMISSION_DENIED', 'No.') : undefined,
    )
    const { log } = await syncTo(workspace, { permissions: 'data-team=READ' })
    expect(log).toContain(`Do not remove "${ADA}": this run may need it.`)
  })

  // A run that revokes its own MANAGE cannot undo that. __tests__/stores/scope-permissions.test.ts has the other ways.
  test('that would revoke MANAGE from this run by a group are refused before any write', async () => {
    await start({ 'data-team': 'MANAGE' })
    const { exitCode, log } = await syncTo(workspace, { permissions: 'data-team=READ' })
    expect(exitCode).toBe(1)
    expect(callsOf(workspace)).toEqual(READS)
    expect(acls()).toEqual({ 'data-team': 'MANAGE' })
    expect(log).toContain('would no longer have MANAGE')
  })

  test('that revoke MANAGE from this run in a new scope are refused before it is created', async () => {
    workspace = await EmulatedWorkspace.start()
    const { exitCode } = await syncTo(workspace, { permissions: 'ada@example.com=READ' })
    expect(exitCode).toBe(1)
    expect(workspace.store.scopes).toEqual([])
  })

  test('without MANAGE are an error before any write', async () => {
    await start({ [ADA]: 'WRITE' })
    const { exitCode, log } = await syncTo(workspace, { permissions: 'data-team=READ' })
    expect(exitCode).toBe(1)
    expect(callsOf(workspace)).toEqual(READS)
    expect(log).toContain('that needs MANAGE')
  })

  // Every user manages every scope there, so the report must not say that permissions are set.
  test.each([true, false])(
    'on the standard plan are an error before any write (scope exists: %s)',
    async (exists) => {
      workspace = await EmulatedWorkspace.start({ plan: 'standard' })
      if (exists) workspace.store.createScope('storage')
      const { exitCode, log } = await syncTo(workspace, { permissions: 'data-team=READ' })
      expect(exitCode).toBe(1)
      expect(callsOf(workspace)).toEqual(READS)
      expect(log).toContain('Remove the input permissions, or use a workspace on the Premium plan.')
      expect(workspace.store.scopes).toHaveLength(exists ? 1 : 0)
    },
  )

  // Such a workspace may return the usual error for a missing scope. The scope must not be created for all users.
  test('prevent the creation of a scope for all users', async () => {
    workspace = await EmulatedWorkspace.start({ plan: 'standard' })
    workspace.intercept(({ path }) =>
      path.endsWith('/acls/list')
        ? {
            status: 404,
            headers: { 'content-type': 'application/json' },
            body: '{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"Scope storage does not exist!"}',
          }
        : undefined,
    )
    const { exitCode, log } = await syncTo(workspace, { permissions: 'data-team=READ' })
    expect(exitCode).toBe(1)
    expect(log).toContain('The scope "storage" was not created: the input permissions is set')
    expect(workspace.store.scopes).toEqual([])
  })
})

describe('permissions-exact', () => {
  const GIVEN = { [ADA]: 'MANAGE', auditors: 'READ', users: 'WRITE', 'data-team': 'WRITE' } as const
  const EXACT = { permissions: 'auditors=READ', 'permissions-exact': 'true', 'if-exists': 'keep' }

  // If this fails, a principal that nobody names any more reads the secrets, or the report does not say who lost access.
  test('removes the permissions of all others, reads them back and reports them', async () => {
    await start(GIVEN)
    workspace.store.scope('storage').put('blob', 'x')
    const { exitCode, outputs, log, summary, annotations } = await syncTo(workspace, EXACT)
    expect(exitCode).toBe(0)
    expect(acls()).toEqual({ [ADA]: 'MANAGE', auditors: 'READ' })
    expect(callsOf(workspace)).toEqual(
      [
        ...READS.filter((call) => !call.includes('acls')),
        '2 secrets/acls/delete',
        '2 secrets/acls/list',
      ].sort(),
    )
    expect(outputs).toEqual({ ...NO_OUTPUTS, changed: 'true', kept: '["blob"]' })
    expect(log).toMatch(/^ {2}removed +users: WRITE$/m)
    expect(log).toContain('2 permissions removed')
    expect(summary).toContain('| `users` | WRITE | 🗑️ removed |')
    expect(annotations).toEqual([])
  })

  test('only plans that in a dry run', async () => {
    await start(GIVEN)
    const { exitCode, outputs, log } = await syncTo(workspace, { ...EXACT, 'dry-run': 'true' })
    expect(exitCode).toBe(0)
    expect(acls()).toEqual(GIVEN)
    expect(outputs).toMatchObject({ changed: 'true' })
    expect(log).toMatch(/^ {2}will be removed +data-team: WRITE$/m)
    expect(log).toContain('2 permissions to remove')
  })

  test('keeps the MANAGE of a group of this run, and names it', async () => {
    await start({ 'data-team': 'MANAGE', users: 'READ' })
    const { exitCode, log } = await syncTo(workspace, EXACT)
    expect(exitCode).toBe(0)
    expect(acls()).toEqual({ 'data-team': 'MANAGE', auditors: 'READ' })
    expect(log).toContain('Do not remove "data-team": this run may need it.')
  })

  test('removes nothing if a permission could not be set', async () => {
    await start(GIVEN)
    const { exitCode, log } = await syncTo(workspace, { ...EXACT, permissions: 'no-such-team=READ' })
    expect(exitCode).toBe(1)
    expect(acls()).toEqual(GIVEN)
    expect(log).toContain(
      'was not removed, because it is not certain that "no-such-team" has its permission.',
    )
  })
})

describe('permissions in a dry run', () => {
  test('are reported and not set', async () => {
    await start({ [ADA]: 'MANAGE', 'data-team': 'READ' })
    const { exitCode, log, outputs, summary } = await syncTo(workspace, {
      permissions: 'data-team=WRITE',
      'if-exists': 'keep',
      'dry-run': 'true',
    })
    expect(exitCode).toBe(0)
    expect(callsOf(workspace)).toEqual(READS)
    expect(outputs).toMatchObject({ changed: 'true' })
    expect(log).toContain('  will be set  data-team: WRITE (was READ)')
    expect(summary).toContain('| `data-team` | WRITE (was READ) | ✏️ will be set |')
  })

  // Lost if this fails: the error shows up only after the merge, and the plan advises to remove the right group.
  test.each(['false', 'true'])('warn about a misspelled principal (permissions-exact: %s)', async (exact) => {
    await start({ [ADA]: 'MANAGE', auditors: 'READ', users: 'READ' })
    const { exitCode, annotations, log, summary } = await syncTo(workspace, {
      permissions: 'auditor=READ',
      'permissions-exact': exact,
      'dry-run': 'true',
    })
    expect(exitCode).toBe(0)
    const warning =
      'new to the scope "storage", and near to others that have access: "auditor" (did you mean "auditors"?). Check their ' +
      'spelling. A dry run does not check that principals exist.'
    expect(annotations.map(({ message }) => message)).toContainEqual(expect.stringContaining(warning))
    expect(summary).toContain(warning)
    expect(log.includes('delete-acl storage users')).toBe(exact === 'false')
    expect(log).not.toContain('delete-acl storage auditors')
  })

  test('do not warn where no principal is new, or none is near', async () => {
    await start({ [ADA]: 'MANAGE', auditors: 'READ', users: 'READ' })
    const permissions = 'auditors=READ\n[UC] Team = A=READ'
    const { log } = await syncTo(workspace, { permissions, 'dry-run': 'true' })
    expect(log).not.toContain('A dry run does not check')
    expect(log).toContain('delete-acl storage users')
  })

  // A dry run needs only READ, so it must warn that the run itself needs more.
  test('that cannot be read cause a warning', async () => {
    await start({ [ADA]: 'READ' })
    const { exitCode, annotations } = await syncTo(workspace, {
      permissions: 'data-team=WRITE',
      'dry-run': 'true',
    })
    expect(exitCode).toBe(0)
    expect(annotations.map(({ level, message }) => [level, message.includes('needs MANAGE')])).toEqual([
      ['warning', true],
    ])
  })
})
