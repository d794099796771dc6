import { beforeEach, describe, expect, test } from '@jest/globals'

import { apiError } from '../../../emulator/reply.js'
import { callsOf, GRACE, values, workspace } from '../schema/schema-step.js'
import { everythingSaid, NO_OUTPUTS } from '../sync-step.js'
import { FULL, MAP, scopeValues, syncConfig, THREE, useFilledTargets, writes } from './config-step.js'

describe('a run with a config file', () => {
  test('writes two scopes and a schema, and reports them together', async () => {
    const step = await syncConfig(THREE)
    expect(step).toMatchObject({ exitCode: 0 })
    expect(scopeValues('storage')).toEqual({ blob: MAP.BLOB_KEY, 'tls-key': MAP.TLS_KEY })
    expect(scopeValues('reporting')).toEqual({ api: MAP.REPORT_API })
    expect(values()).toEqual({ blob: MAP.BLOB_KEY })
    expect(step.outputs).toMatchObject({
      created: JSON.stringify(['storage/blob', 'storage/tls-key', 'reporting/api', 'main.storage/blob']),
      changed: 'true',
      'scope-created': 'true',
    })
    expect(step.log).toContain('3 targets: 4 created (')
    for (const value of Object.values(MAP)) expect(everythingSaid(step)).not.toContain(value)
  })

  // A job that is bound to one scope must not be slower because of the others.
  test('lists scopes once, and needs nothing else twice', async () => {
    await syncConfig(THREE)
    const scopes = workspace.requests.all.filter(({ path }) => path.endsWith('/scopes/list'))
    expect(scopes).toHaveLength(1)
    expect(workspace.requests.all).toHaveLength(11)
  })
})

describe('the order of a run with three targets', () => {
  beforeEach(useFilledTargets)

  // A key that moves from one target to another must never be in neither.
  test('reads all, then writes all, deletes, and sets permissions', async () => {
    const step = await syncConfig(FULL)
    expect(step.exitCode).toBe(0)
    const isWrite = workspace.requests.all.map(({ method }) => method !== 'GET')
    expect(isWrite.lastIndexOf(false, isWrite.indexOf(true))).toBe(isWrite.indexOf(true) - 1)
    const phases = writes().map((write) =>
      /put$|^POST secrets$/.test(write) && !write.includes('acls')
        ? 'write'
        : /delete$|^DELETE/.test(write)
          ? 'delete'
          : 'permission',
    )
    expect(phases).toEqual([
      ...['write', 'write', 'write', 'write'],
      ...['delete', 'delete', 'delete'],
      ...['permission', 'permission', 'permission', 'permission'],
    ])
    expect(scopeValues('storage')).toEqual({ blob: MAP.BLOB_KEY, 'tls-key': MAP.TLS_KEY })
    expect(scopeValues('reporting')).toEqual({ api: MAP.REPORT_API })
    expect(values()).toEqual({ blob: MAP.BLOB_KEY })
    expect(
      callsOf(workspace).filter((call) => /Me$|permissions\/catalog|GET permissions\/schema/.test(call)),
    ).toEqual([
      '1 GET permissions/catalog/*',
      '1 GET preview/scim/v2/Me',
      // Once for the plan, and once to read the change back.
      '2 GET permissions/schema/*',
    ])
  })

  test('sets the comment and the permissions of a single secret, and reports them with its name', async () => {
    const { log, summary } = await syncConfig(FULL)
    const secret = workspace.catalogs.secret('main.storage.blob')
    expect(secret.comment).toBe('Storage of the lake')
    expect([...(secret.grants.get(GRACE) ?? [])]).toEqual(['READ_SECRET'])
    expect(log).toContain('grace@example.com on secret blob: READ SECRET')
    expect(summary).toContain('grace@example.com on secret blob')
    workspace.requests.reset()
    const again = await syncConfig(FULL, { 'if-exists': 'compare' })
    expect(again.outputs).toEqual({
      ...NO_OUTPUTS,
      unchanged: JSON.stringify(['storage/blob', 'storage/tls-key', 'reporting/api', 'main.storage/blob']),
    })
    // The secret exists now, so its grants are read for the plan. None is changed.
    expect(callsOf(workspace)).toContain('1 GET permissions/secret/*')
    // The secret and its schema share these.
    expect(callsOf(workspace)).toContain('1 GET permissions/catalog/*')
    expect(callsOf(workspace)).toContain('1 GET permissions/schema/*')
    expect(writes().filter((write) => write.startsWith('PATCH permissions'))).toEqual([])
  })

  test('writes nothing if one plan is refused, and says what is wrong in all', async () => {
    const text = FULL.replace('version: 1', 'version: 1').replaceAll(
      'prune: true',
      'prune: true\n  prune-limit: 0',
    )
    const { exitCode, log, outputs } = await syncConfig(text)
    expect(exitCode).toBe(1)
    expect(writes()).toEqual([])
    expect(outputs).toEqual(NO_OUTPUTS)
    for (const name of ['storage', 'reporting', 'main.storage'])
      expect(log).toMatch(new RegExp(`^Error: .*${name}`, 'm'))
    expect(log).toContain('3 targets: stopped before anything was written')
  })

  test('names the file and the target if a scope is missing', async () => {
    const { log } = await syncConfig(FULL.replace('  reporting:', '  reports:\n    create-scope: false'))
    expect(log).toContain('Error: reports: There is no scope "reports" in this workspace')
    expect(log).toContain('Create it, correct the config file, or set create-scope: true.')
  })

  test('deletes nothing in any target after one failed write', async () => {
    workspace.intercept(({ body, path }) =>
      path.endsWith('secrets/put') && (body as { scope?: string }).scope === 'reporting'
        ? apiError(400, 'BAD_REQUEST', 'Not now.')
        : undefined,
    )
    const { exitCode, outputs } = await syncConfig(FULL)
    expect(exitCode).toBe(1)
    expect(outputs['failed']).toBe(
      JSON.stringify(['storage/old', 'reporting/api', 'reporting/old', 'main.storage/old']),
    )
    expect(writes().filter((write) => /delete$|^DELETE/.test(write))).toEqual([])
    expect(scopeValues('storage')).toMatchObject({ blob: MAP.BLOB_KEY, old: 'fake-old-value' })
  })

  // A step that acts on the output would take them for written.
  test('reports the keys of a scope that could not be created as failed, and writes the others', async () => {
    workspace.intercept(({ path }) =>
      path.endsWith('scopes/create') ? apiError(403, 'PERMISSION_DENIED', 'Not for you.') : undefined,
    )
    const text = FULL.replace('  reporting:', '  reports:')
    const { exitCode, outputs, log, summary } = await syncConfig(text)
    expect(exitCode).toBe(1)
    expect(outputs).toMatchObject({
      'scope-created': 'false',
      created: JSON.stringify(['storage/blob', 'storage/tls-key', 'main.storage/blob']),
      failed: JSON.stringify(['storage/old', 'reports/api', 'main.storage/old']),
    })
    expect(log).toContain('Scope reports: stopped, 1 key not written')
    expect(summary).toContain('Scope: stopped, 1 key not written')
  })

  test('sets no permission on a secret that was not written', async () => {
    workspace.intercept(({ method, path }) =>
      method === 'POST' && path.endsWith('unity-catalog/secrets')
        ? apiError(400, 'BAD_REQUEST', 'Not now.')
        : undefined,
    )
    const { exitCode, log } = await syncConfig(FULL)
    expect(exitCode).toBe(1)
    expect(log).toContain('because the secret "blob" was not written')
    expect(writes()).not.toContainEqual(expect.stringContaining('PATCH permissions/secret'))
  })

  // If this fails, a user removes the access of the right group in one target, because it is misspelled in another.
  test('advises to remove no permission of any target if one could not be set', async () => {
    for (const name of ['storage', 'reporting']) workspace.store.scope(name).acls.set('users', 'READ')
    workspace.catalogs.schema('main.storage').grants.set('users', new Set(['READ_SECRET']))
    const right = await syncConfig(FULL)
    expect(right.log).toContain('delete-acl reporting users')
    expect(right.log).toContain('REVOKE READ SECRET ON SCHEMA')
    const wrong = await syncConfig(
      FULL.replace('permissions: { auditors: READ }', 'permissions: { auditor: READ }'),
    )
    expect(wrong.exitCode).toBe(1)
    for (const text of [wrong.log, wrong.summary]) {
      expect(text).toContain('Did you mean "auditors", which has access?')
      expect(text).not.toMatch(/delete-acl|REVOKE/)
    }
  })

  test('plans all of it in a dry run, and writes nothing', async () => {
    const { exitCode, outputs, log } = await syncConfig(FULL, { 'dry-run': 'true' })
    expect(exitCode).toBe(0)
    expect(writes()).toEqual([])
    expect(log).toContain('grace@example.com on secret blob: READ SECRET')
    expect(outputs['deleted']).toBe(JSON.stringify(['storage/old', 'reporting/old', 'main.storage/old']))
  })
})
