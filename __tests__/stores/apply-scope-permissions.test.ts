import { describe, expect, test } from '@jest/globals'

import { hangUp } from '../../emulator/faults.js'
import { losePermissionsInParallel } from '../../emulator/lost-permissions.js'
import { apiError, json, type Reply } from '../../emulator/reply.js'
import type { RequestRecord } from '../../emulator/request-log.js'
import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import type { Permission } from '../../src/databricks/permission.js'
import { WorkspaceError } from '../../src/databricks/workspace-error.js'
import { applyScopePermissions } from '../../src/stores/apply-scope-permissions.js'
import { expectedPermissions } from '../../src/stores/permission-plan.js'
import { planScopePermissions } from '../../src/stores/scope-permissions.js'
import { SyncError } from '../../src/stores/sync-error.js'
import { connect } from '../databricks/connect.js'
import { start } from '../emulator/wire.js'

type Acls = Readonly<Record<string, Permission>>

/** Creates the scope with some permissions, applies others as Ada, and returns the result. */
async function bring(
  current: Acls,
  desired: Acls,
  prepare: (workspace: EmulatedWorkspace) => void = () => undefined,
  exact = false,
) {
  // So that calls which are sent together are in flight together.
  const workspace = await start({ latencyMs: 10 })
  const { secrets, identity } = connect(workspace)
  workspace.store.createScope('storage', { acls: current })
  const lines = Object.entries(desired).map(([principal, permission]) => ({ principal, permission }))
  const plan = planScopePermissions(
    { lines, exact },
    await secrets.listPermissions('storage'),
    await identity.getIdentity(),
  )
  workspace.requests.reset()
  prepare(workspace)
  const results = await applyScopePermissions(secrets, 'storage', plan, 0)
  return {
    results,
    plan,
    outcomes: results.map(({ principal, outcome }) => `${outcome} ${principal}`),
    acls: Object.fromEntries(workspace.store.scope('storage').acls),
    calls: workspace.requests.all.map(nameOf),
    inFlight: workspace.requests.maxInFlight(),
  }
}

/** Answers the put of one principal in place of the workspace. */
function answerPutOf(principal: string, answer: () => Reply): (workspace: EmulatedWorkspace) => void {
  return (workspace) => {
    workspace.intercept(({ body }) =>
      (body as { principal?: string } | undefined)?.principal === principal ? answer() : undefined,
    )
  }
}

/** Lists permissions in place of the workspace. */
function listing(...items: readonly object[]): (workspace: EmulatedWorkspace) => void {
  return (workspace) => {
    workspace.intercept(({ path }) => (path.endsWith('/acls/list') ? json(200, { items }) : undefined))
  }
}

/** A call and whom it is about, such as `acls/put users`. */
function nameOf({ path, body }: RequestRecord): string {
  const { principal } = (body ?? {}) as { principal?: string }
  return [path.replace('/api/2.0/secrets/', ''), principal].filter(Boolean).join(' ')
}

const ADA: Acls = { 'ada@example.com': 'MANAGE' }

describe('permissions', () => {
  // What gets lost is a team that cannot read its secrets, or one that still can.
  test('are set one after the other, so that a workspace which loses parallel ones has them all', async () => {
    const desired: Acls = {
      auditors: 'READ',
      '[UC] Team = A': 'WRITE',
      'grace@example.com': 'READ',
      '00000000-0000-4000-8000-00000000c1c1': 'MANAGE',
      users: 'READ',
      'data-team': 'WRITE',
    }
    const { outcomes, acls, results, plan, calls, inFlight } = await bring(
      { ...ADA, users: 'WRITE', 'data-team': 'WRITE' },
      desired,
      (workspace) => {
        workspace.intercept(losePermissionsInParallel(workspace.requests))
      },
    )
    expect(acls).toEqual({ ...ADA, ...desired })
    expect(inFlight).toBe(1)
    expect(calls).toEqual([
      'acls/put 00000000-0000-4000-8000-00000000c1c1',
      'acls/put auditors',
      'acls/put [UC] Team = A',
      'acls/put grace@example.com',
      'acls/put users',
      'acls/list',
    ])
    expect(outcomes).toEqual([
      'set auditors',
      'set [UC] Team = A',
      'set grace@example.com',
      'set 00000000-0000-4000-8000-00000000c1c1',
      'set users',
      'unchanged data-team',
    ])
    expect(results[4]).toEqual({ principal: 'users', permission: 'READ', from: 'WRITE', outcome: 'set' })
    // A dry run reports what the real run does.
    expect(expectedPermissions(plan)).toEqual(results)
  })

  test('that are there cost no call', async () => {
    const { outcomes, calls } = await bring({ ...ADA, auditors: 'READ' }, { auditors: 'READ' })
    expect(outcomes).toEqual(['unchanged auditors'])
    expect(calls).toEqual([])
  })

  // One group that was renamed must not keep the others from what they need.
  test('fail each for itself', async () => {
    const { outcomes, acls, results } = await bring(ADA, { auditors: 'READ', nobody: 'READ', users: 'READ' })
    expect(outcomes).toEqual(['set auditors', 'failed nobody', 'set users'])
    expect(acls).toEqual({ ...ADA, auditors: 'READ', users: 'READ' })
    const [, failed] = results
    expect(failed?.outcome === 'failed' && failed.error).toBeInstanceOf(WorkspaceError)
  })

  test('are not read back where none was set', async () => {
    const { outcomes, calls } = await bring(ADA, { nobody: 'READ' })
    expect(outcomes).toEqual(['failed nobody'])
    expect(calls).toEqual(['acls/put nobody'])
  })

  // The workspace accepted it: only reading it back shows that it was lost.
  test.each<[string, Acls, string]>([
    ['was never there', ADA, 'was set to WRITE several times and is not listed'],
    ['is the old one', { ...ADA, auditors: 'READ' }, 'was set to WRITE several times and reads back as READ'],
  ])('that got lost and %s is a failure', async (_, current, message) => {
    const { outcomes, results } = await bring(
      current,
      { auditors: 'WRITE', users: 'READ' },
      answerPutOf('auditors', () => json(200, {})),
    )
    expect(outcomes).toEqual(['failed auditors', 'set users'])
    const [lost] = results
    expect(lost?.outcome === 'failed' && lost.error).toBeInstanceOf(SyncError)
    expect(lost?.outcome === 'failed' && (lost.error as SyncError).message).toContain(message)
    expect(lost?.outcome === 'failed' && (lost.error as SyncError).details.untrusted).toEqual(['auditors'])
  })

  // If this fails, a run fails or a team is locked out because a workspace applies a permission late.
  test.each([1, 3])('that is applied only after %d more puts is set', async (late) => {
    let puts = 0
    const { outcomes, acls, calls } = await bring(ADA, { auditors: 'READ', users: 'READ' }, (workspace) => {
      workspace.intercept(({ body }) =>
        (body as { principal?: string } | undefined)?.principal === 'auditors' && ++puts <= late
          ? json(200, {})
          : undefined,
      )
    })
    expect(outcomes).toEqual(['set auditors', 'set users'])
    expect(acls).toEqual({ ...ADA, auditors: 'READ', users: 'READ' })
    expect(calls.filter((call) => call === 'acls/put users')).toHaveLength(1)
    expect(calls.filter((call) => call === 'acls/list')).toHaveLength(late + 1)
  })

  test('that is never applied is put four times, and no more', async () => {
    const { outcomes, calls } = await bring(
      ADA,
      { auditors: 'READ' },
      answerPutOf('auditors', () => json(200, {})),
    )
    expect(outcomes).toEqual(['failed auditors'])
    expect(calls.filter((call) => call === 'acls/put auditors')).toHaveLength(4)
  })

  test('that read back as an unknown permission are a failure, which does not quote it', async () => {
    const { results } = await bring(
      ADA,
      { auditors: 'READ' },
      listing({ principal: 'auditors', permission: 'fake-word' }),
    )
    const [failed] = results
    const message = failed?.outcome === 'failed' ? (failed.error as SyncError).message : ''
    expect(message).toContain('reads back as something else')
    expect(message).not.toContain('fake-word')
  })

  test('that are read back in different case are there', async () => {
    const { outcomes } = await bring(
      ADA,
      { auditors: 'READ' },
      listing({ principal: 'Auditors', permission: 'READ' }),
    )
    expect(outcomes).toEqual(['set auditors'])
  })

  // A step must not succeed before it is certain that the permission is set.
  test('that cannot be read back are not proved', async () => {
    const { outcomes } = await bring(ADA, { auditors: 'READ', nobody: 'READ' }, (workspace) => {
      workspace.intercept(({ path }) => (path.endsWith('/acls/list') ? hangUp : undefined))
    })
    expect(outcomes).toEqual(['failed auditors', 'failed nobody'])
  })

  // Else both the old manager and the new one would be gone.
  test.each([
    ['was refused', () => apiError(503, 'TEMPORARILY_UNAVAILABLE', 'No.')],
    ['got lost', () => json(200, {})],
  ])('leave every MANAGE where it is when one that was given %s', async (_, answer) => {
    const current: Acls = { ...ADA, 'data-team': 'MANAGE', auditors: 'WRITE' }
    const { outcomes, acls, results } = await bring(
      current,
      { 'data-team': 'READ', auditors: 'READ', 'grace@example.com': 'MANAGE' },
      answerPutOf('grace@example.com', answer),
    )
    expect(outcomes).toEqual(['failed data-team', 'set auditors', 'failed grace@example.com'])
    expect(acls).toEqual({ ...current, auditors: 'READ' })
    const [notTaken] = results
    expect(notTaken?.outcome === 'failed' && (notTaken.error as SyncError).message).toContain(
      'MANAGE was not revoked from "data-team"',
    )
  })

  test('are read back before MANAGE is taken, and after', async () => {
    const { outcomes, calls } = await bring(
      { users: 'MANAGE', auditors: 'MANAGE' },
      { auditors: 'READ', users: 'WRITE', 'data-team': 'MANAGE', 'grace@example.com': 'READ' },
    )
    expect(outcomes.filter((outcome) => outcome.startsWith('set'))).toHaveLength(4)
    expect(calls).toEqual([
      'acls/put data-team',
      'acls/put grace@example.com',
      'acls/list',
      'acls/put auditors',
      'acls/put users',
      'acls/list',
    ])
  })

  test.each([0, 1, 2, 3, 4])(
    'are left to be managed by us when the network ends after %d calls',
    async (last) => {
      const current: Acls = { users: 'MANAGE', auditors: 'MANAGE' }
      const desired: Acls = { auditors: 'READ', users: 'READ', 'data-team': 'MANAGE' }
      const { acls } = await bring(current, desired, (workspace) => {
        workspace.intercept(() => (workspace.requests.all.length > last ? hangUp : undefined))
      })
      expect([acls['users'], acls['data-team']]).toContain('MANAGE')
    },
  )
})

describe('permissions to remove', () => {
  const CURRENT: Acls = { ...ADA, 'eve@example.com': 'MANAGE', auditors: 'READ', users: 'WRITE' }

  // What gets lost is that a principal which nobody names any more cannot read the secrets.
  test('are removed after all others are set and read back', async () => {
    const { outcomes, acls, results, plan, calls, inFlight } = await bring(
      CURRENT,
      { 'data-team': 'READ', auditors: 'READ' },
      undefined,
      true,
    )
    expect(acls).toEqual({ ...ADA, 'data-team': 'READ', auditors: 'READ' })
    expect(outcomes).toEqual([
      'set data-team',
      'unchanged auditors',
      'removed eve@example.com',
      'removed users',
    ])
    expect(calls).toEqual([
      'acls/put data-team',
      'acls/list',
      'acls/delete eve@example.com',
      'acls/delete users',
      'acls/list',
    ])
    expect(inFlight).toBe(1)
    expect(results[2]).toEqual({ principal: 'eve@example.com', permission: 'MANAGE', outcome: 'removed' })
    expect(expectedPermissions(plan)).toEqual(results)
  })

  test('are removed before this run lowers its own', async () => {
    const { acls, calls } = await bring(
      { ...CURRENT, 'data-team': 'MANAGE' },
      { 'ada@example.com': 'READ', 'data-team': 'MANAGE', auditors: 'READ' },
      undefined,
      true,
    )
    expect(acls).toEqual({ 'ada@example.com': 'READ', 'data-team': 'MANAGE', auditors: 'READ' })
    expect(calls.at(-2)).toBe('acls/put ada@example.com')
  })

  // Else a job that had the old permission has lost it, and the new principal has nothing.
  test.each([
    ['is refused', () => apiError(400, 'INVALID_PARAMETER_VALUE', 'No.')],
    ['gets lost', () => json(200, {})],
  ])('stay if one to set %s', async (_, answer) => {
    const { outcomes, acls, results } = await bring(
      { ...ADA, users: 'READ' },
      { auditors: 'READ', 'data-team': 'READ' },
      answerPutOf('auditors', answer),
      true,
    )
    expect(outcomes).toEqual(['failed auditors', 'set data-team', 'failed users'])
    expect(acls).toEqual({ ...ADA, users: 'READ', 'data-team': 'READ' })
    const [, , notRemoved] = results
    expect(notRemoved).toMatchObject({ removal: true, permission: 'READ' })
    expect(notRemoved?.outcome === 'failed' && (notRemoved.error as SyncError).message).toContain(
      'The permission of "users" was not removed, because it is not certain that "auditors" has its permission.',
    )
  })

  test('that another job has removed are removed', async () => {
    const { outcomes } = await bring(
      CURRENT,
      { auditors: 'READ' },
      (workspace) => {
        workspace.store.scope('storage').acls.delete('users')
      },
      true,
    )
    expect(outcomes).toEqual(['unchanged auditors', 'removed eve@example.com', 'removed users'])
  })

  // The workspace accepted it: only reading it back shows that the principal still has access.
  test('that are still listed are removed again, and are a failure at last', async () => {
    const { outcomes, results, calls } = await bring(
      { ...ADA, users: 'READ' },
      { 'ada@example.com': 'MANAGE' },
      answerPutOf('users', () => json(200, {})),
      true,
    )
    expect(outcomes).toEqual(['unchanged ada@example.com', 'failed users'])
    expect(calls.filter((call) => call === 'acls/delete users')).toHaveLength(4)
    const [, failed] = results
    expect(failed).toMatchObject({ written: true, removal: true })
    expect(failed?.outcome === 'failed' && (failed.error as SyncError).message).toContain(
      'The permission of "users" was removed several times and is still listed.',
    )
  })

  test.each([0, 1, 2, 3, 4, 5, 6])('leave a manager when the network ends after %d calls', async (last) => {
    const { acls } = await bring(
      { users: 'MANAGE', auditors: 'MANAGE' },
      { 'data-team': 'MANAGE', 'ada@example.com': 'MANAGE' },
      (workspace) => {
        workspace.intercept(() => (workspace.requests.all.length > last ? hangUp : undefined))
      },
      true,
    )
    expect([acls['users'], acls['ada@example.com']]).toContain('MANAGE')
  })
})
