import { describe, expect, test } from '@jest/globals'

import { apiError, json } from '../../emulator/reply.js'
import type { Grants } from '../../emulator/privileges.js'
import type { EmulatedWorkspace } from '../../emulator/workspace.js'
import { applyGrants } from '../../src/stores/apply-grants.js'
import type { Securable } from '../../src/stores/grant-plan.js'
import { expectedPermissions, type PermissionResult } from '../../src/stores/permission-plan.js'
import { readGrants } from '../../src/stores/read-grants.js'
import { SyncError } from '../../src/stores/sync-error.js'
import { connect } from '../databricks/connect.js'
import { start } from '../emulator/wire.js'

const ADA = 'ada@example.com'
const SCHEMA: Securable = { type: 'schema', name: 'main.storage' }

interface Setup {
  readonly exact?: boolean
  readonly dryRun?: boolean
  readonly owner?: string
  readonly securable?: Securable
  /** Called after the grants are read. */
  readonly prepare?: (workspace: EmulatedWorkspace) => void
}

/** Reads, plans and applies grants as Ada. */
async function bring(current: Grants, desired: Readonly<Record<string, string>>, setup: Setup = {}) {
  const { exact = false, dryRun = false, owner = ADA, securable = SCHEMA } = setup
  const workspace = await start()
  const schema = workspace.catalogs.createSchema('main.storage', {
    owner,
    grants: securable.type === 'schema' ? current : {},
    secrets: { blob: { value: 'fake', grants: securable.type === 'secret' ? current : {} } },
  })
  const { catalog, identity } = connect(workspace)
  const api = {
    catalog,
    getIdentityOnce: async () => await identity.getIdentity(),
    getOwner: async () => await Promise.resolve(securable.type === 'schema' ? owner : undefined),
  }
  const lines = Object.entries(desired).map(([principal, permission]) => ({ principal, permission }))
  const plan = await (await readGrants(api, securable, { lines, exact }, dryRun))(true)
  if (plan === 'unreadable') return { plan, results: [], outcomes: [], grants: {}, calls: [] }
  workspace.requests.reset()
  setup.prepare?.(workspace)
  const results = await applyGrants(catalog, securable, plan, 0)
  const target = securable.type === 'schema' ? schema : schema.secret('blob')
  return {
    plan,
    results,
    outcomes: results.map(({ principal, outcome }) => `${outcome} ${principal}`),
    grants: Object.fromEntries(
      [...(target?.grants ?? [])].flatMap(([principal, all]) =>
        all.size > 0 ? [[principal, [...all].sort()]] : [],
      ),
    ),
    calls: workspace.requests.all.map(({ method, body }) => [method, ...(method === 'PATCH' ? [body] : [])]),
  }
}

function messageOf(result: PermissionResult | undefined): string {
  return result?.outcome === 'failed' && result.error instanceof SyncError ? result.error.message : ''
}

describe('grants on a schema', () => {
  // What gets lost is access of a team to its secrets, or that another team has none.
  test('are changed in one request, and read back', async () => {
    const { plan, results, outcomes, grants, calls } = await bring(
      {
        'data-team': ['READ_SECRET', 'WRITE_SECRET', 'SELECT'],
        auditors: ['READ_SECRET'],
        users: ['READ_SECRET', 'MODIFY'],
      },
      {
        'data-team': 'READ SECRET, CREATE SECRET',
        auditors: 'READ SECRET',
        'grace@example.com': 'WRITE SECRET',
      },
      { exact: true },
    )
    expect(outcomes).toEqual([
      'set data-team',
      'unchanged auditors',
      'set grace@example.com',
      'removed users',
    ])
    expect(grants).toEqual({
      'data-team': ['CREATE_SECRET', 'READ_SECRET', 'SELECT'],
      auditors: ['READ_SECRET'],
      'grace@example.com': ['WRITE_SECRET'],
      users: ['MODIFY'],
    })
    expect(calls).toEqual([
      [
        'PATCH',
        {
          changes: [
            { principal: 'data-team', add: ['READ_SECRET', 'CREATE_SECRET'], remove: ['WRITE_SECRET'] },
            { principal: 'grace@example.com', add: ['WRITE_SECRET'] },
            { principal: 'users', remove: ['READ_SECRET'] },
          ],
        },
      ],
      ['GET'],
    ])
    expect(plan !== 'unreadable' && expectedPermissions(plan)).toEqual(results)
  })

  test('that are all set cost no request', async () => {
    const { outcomes, calls } = await bring({ auditors: ['READ_SECRET'] }, { auditors: 'READ SECRET' })
    expect([outcomes, calls]).toEqual([['unchanged auditors'], []])
  })

  // One group that was renamed must not keep the others from what they need.
  test('fail each for itself, and then nothing is removed', async () => {
    const { outcomes, grants, results } = await bring(
      { users: ['READ_SECRET'] },
      { auditors: 'READ SECRET', nobody: 'READ SECRET', 'data-team': 'READ SECRET' },
      { exact: true },
    )
    expect(outcomes).toEqual(['set auditors', 'failed nobody', 'set data-team', 'failed users'])
    expect(grants).toEqual({
      auditors: ['READ_SECRET'],
      'data-team': ['READ_SECRET'],
      users: ['READ_SECRET'],
    })
    expect(messageOf(results[3])).toContain(
      'was not removed, because it is not certain that "nobody" has its permission.',
    )
  })

  test('that are accepted but not listed are repeated, and fail in the end', async () => {
    const { outcomes, results, calls } = await bring(
      { users: ['WRITE_SECRET'] },
      { users: 'READ SECRET' },
      {
        prepare: (workspace) => {
          workspace.intercept(({ method }) => (method === 'PATCH' ? json(200, {}) : undefined))
        },
      },
    )
    expect(outcomes).toEqual(['failed users'])
    expect(calls).toHaveLength(8)
    expect(messageOf(results[0])).toContain(
      'was set to READ SECRET several times and reads back as WRITE SECRET.',
    )
  })

  // A step must not succeed before it is certain that the grants are set.
  test('that cannot be read back are not proved', async () => {
    const { results } = await bring(
      {},
      { users: 'READ SECRET' },
      {
        prepare: (workspace) => {
          workspace.intercept(({ method }) =>
            method === 'GET' ? apiError(400, 'BAD_REQUEST', 'No.') : undefined,
          )
        },
      },
    )
    expect(results).toMatchObject([{ outcome: 'failed', written: true }])
  })

  test('cannot be read without MANAGE, and the error has the statements for the owner', async () => {
    const owner = 'root@example.com'
    const error = await bring({ [ADA]: ['USE_SCHEMA'] }, { users: 'READ SECRET' }, { owner }).catch(
      (reason: unknown) => reason,
    )
    expect(error).toBeInstanceOf(SyncError)
    expect((error as SyncError).message).toContain(`Ask the owner, "${owner}", to grant MANAGE`)
    expect((error as SyncError).details.needsGrants?.grants).toEqual([
      { ...SCHEMA, principal: 'users', privileges: 'READ SECRET' },
    ])
    const dry = await bring({}, { users: 'READ SECRET' }, { owner, dryRun: true })
    expect(dry.plan).toBe('unreadable')
  })
})

test('grants on one secret are changed in the same way', async () => {
  const securable: Securable = { type: 'secret', name: 'main.storage.blob' }
  const { outcomes, grants } = await bring(
    { auditors: ['WRITE_SECRET'], 'grace@example.com': ['READ_SECRET'] },
    { auditors: 'READ SECRET' },
    { securable, exact: true },
  )
  expect(outcomes).toEqual(['set auditors', 'removed grace@example.com'])
  expect(grants).toEqual({ auditors: ['READ_SECRET'] })
})
