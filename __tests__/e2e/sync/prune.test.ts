import { afterEach, describe, expect, test } from '@jest/globals'

import { hangUp } from '../../../emulator/faults.js'
import { apiError } from '../../../emulator/reply.js'
import { EmulatedWorkspace } from '../../../emulator/workspace.js'
import { callsOf, HURRIED, NO_OUTPUTS, stored, syncTo } from '../sync-step.js'

let workspace: EmulatedWorkspace

afterEach(async () => {
  await workspace.close()
})

const READS = ['1 secrets/list', '1 secrets/scopes/list']

describe.each(['premium', 'standard'] as const)('prune on the %s plan', (plan) => {
  // A secret that is no longer in the map but stays in the scope is never rotated.
  test('deletes keys outside the map after all writes, and lists them before', async () => {
    workspace = await EmulatedWorkspace.start({ plan })
    workspace.store.createScope('storage', { secrets: { BLOB: 'x', 'old-1': 'x', 'old-2': 'x' } })
    const { exitCode, outputs, log } = await syncTo(workspace, {
      secrets: 'blob=fake-value\nnew=fake-new',
      prune: 'true',
    })
    expect(exitCode).toBe(0)
    expect(callsOf(workspace)).toEqual([...READS, '2 secrets/delete', '2 secrets/put'])
    expect(stored(workspace)).toEqual({ BLOB: 'fake-value', new: 'fake-new' })
    expect(outputs).toEqual({
      ...NO_OUTPUTS,
      changed: 'true',
      created: '["new"]',
      updated: '["blob"]',
      deleted: '["old-1","old-2"]',
    })
    expect(log).toContain(
      '\nDeleting 2 keys of the scope "storage" that are not in the map:\n  old-1\n  old-2\n\n  created  new\n',
    )
    expect(log.match(/^ {2}.*old-1/gm)).toHaveLength(1)
    expect(log).toContain('1 created, 1 updated, 2 deleted')
    const calls = workspace.requests.all.map(({ path }) => path.split('/').at(-1))
    expect(calls.slice(2)).toEqual(['put', 'put', 'delete', 'delete'])
  })
})

describe('prune', () => {
  // If the old secret was deleted before a failed put, a job would have neither secret.
  test('deletes nothing when a put fails', async () => {
    workspace = await EmulatedWorkspace.start()
    workspace.store.createScope('storage', { secrets: { old: 'x' } })
    workspace.intercept(({ body }) =>
      (body as { key?: string } | undefined)?.key === 'b'
        ? apiError(400, 'BAD_REQUEST', 'No b here.')
        : undefined,
    )
    const { exitCode, outputs, log, summary, annotations } = await syncTo(workspace, {
      secrets: 'a=fake-a\nb=fake-b',
      prune: 'true',
    })
    expect(exitCode).toBe(1)
    expect(workspace.requests.to('secrets/delete')).toEqual([])
    expect(stored(workspace)).toEqual({ old: 'x', a: 'fake-a' })
    expect(outputs).toMatchObject({ created: '["a"]', deleted: '[]', failed: '["b","old"]' })
    // It only follows from the failure of b, which has the one red box.
    expect(annotations.map(({ message }) => message.split(':')[0])).toEqual(['b'])
    expect(log).toContain('\nold: Not deleted, because another key failed or another target stopped')
    expect(summary.match(/\[!CAUTION\]/g)).toHaveLength(1)
    expect(summary).toContain('> [!NOTE]\n> **1 key not deleted:** `old`\n>\n> Not deleted, because another')
  })

  test('names one key that the limit forbids to delete in the singular', async () => {
    workspace = await EmulatedWorkspace.start()
    workspace.store.createScope('storage', { secrets: { old: 'x' } })
    const { log } = await syncTo(workspace, { prune: 'true', 'prune-limit': '0' })
    expect(log).toContain(
      '1 key of the scope is not in the map, and prune-limit is 0, so nothing was written. To delete it, set prune-limit: 1.',
    )
  })

  // A job that does not see its secrets has a small map, and would delete most keys of the scope.
  test('refuses to delete more than the limit, before anything is written', async () => {
    workspace = await EmulatedWorkspace.start()
    const secrets = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`old-${index}`, 'x']))
    workspace.store.createScope('storage', { secrets })
    const refused = await syncTo(workspace, { prune: 'true' })
    expect(refused.exitCode).toBe(1)
    expect(callsOf(workspace)).toEqual(READS)
    expect(refused.log).toContain('11 keys of the scope are not in the map, and prune-limit is 10')
    expect(refused.log).toContain('old-0, old-1')
    expect(refused.outputs).toEqual(NO_OUTPUTS)
    const allowed = await syncTo(workspace, { prune: 'true', 'prune-limit': '11' })
    expect(allowed.exitCode).toBe(0)
    expect(stored(workspace)).toEqual({ blob: 'fake-value' })
  })

  // A misspelt pattern protects no key.
  test.each(['false', 'true'])(
    'warns about a pattern that matches no key, with dry-run: %s',
    async (dryRun) => {
      workspace = await EmulatedWorkspace.start()
      workspace.store.createScope('storage', { secrets: { 'their-key': 'x', 'old-1': 'x', 'old-2': 'x' } })
      const { exitCode, annotations, summary } = await syncTo(workspace, {
        prune: 'true',
        'prune-exclude': '# of others\ntheirs-*\nold-2\nnobodys',
        'dry-run': dryRun,
      })
      expect(exitCode).toBe(0)
      const warnings = annotations.filter(({ level }) => level === 'warning').map(({ message }) => message)
      const deleted = dryRun === 'true' ? '2 keys are to be deleted' : '2 keys are deleted'
      expect(warnings).toEqual([
        expect.stringContaining(`prune-exclude, lines 2, 4: match no key of the scope, while ${deleted}`),
      ])
      expect(summary).toContain('prune-exclude, lines 2, 4')
    },
  )

  test('does not warn about it if nothing is deleted, or without prune', async () => {
    workspace = await EmulatedWorkspace.start()
    workspace.store.createScope('storage', { secrets: { old: 'x' } })
    const kept = await syncTo(workspace, { prune: 'true', 'prune-exclude': 'old\nnobodys' })
    expect(kept.annotations).toEqual([])
    const without = await syncTo(workspace, { 'prune-exclude': 'nobodys' })
    expect(without.annotations).toEqual([])
  })

  // The source contains the name. Its key would be deleted now, and written again when the token is different.
  test('leaves alone the keys of names that were left out of the map', async () => {
    workspace = await EmulatedWorkspace.start()
    const present = { 'app-databricks-token': 'x', 'app-github-token': 'x', 'app-old': 'x' }
    workspace.store.createScope('storage', { secrets: present })
    const { exitCode, outputs } = await syncTo(workspace, {
      secrets: JSON.stringify({
        DATABRICKS_TOKEN: 'fake-token-of-ada',
        BLOB: 'fake',
        github_token: 'fake-g',
      }),
      include: '*',
      'key-case': 'kebab',
      'key-prefix': 'app-',
      prune: 'true',
    })
    expect(exitCode).toBe(0)
    expect(outputs).toMatchObject({ created: '["app-blob"]', deleted: '["app-old"]' })
    expect(Object.keys(stored(workspace)).sort()).toEqual([
      'app-blob',
      'app-databricks-token',
      'app-github-token',
    ])
  })

  // Every delete gets the error for a missing key, and all written secrets are gone.
  test.each(['before the deletes', 'between them'])('fails when the scope is deleted %s', async (when) => {
    workspace = await EmulatedWorkspace.start()
    workspace.store.createScope('storage', { secrets: { 'old-1': 'x', 'old-2': 'x' } })
    let deletes = 0
    workspace.intercept(({ path }) => {
      const isDelete = path.endsWith('/secrets/delete')
      if (isDelete && ++deletes === (when === 'between them' ? 2 : 1)) workspace.store.deleteScope('storage')
      return undefined
    })
    const { exitCode, outputs, log } = await syncTo(workspace, { prune: 'true', concurrency: '1' })
    expect(exitCode).toBe(1)
    expect(JSON.parse(outputs['failed'] ?? '')).toContain('old-2')
    expect(log).toContain('The scope "storage" was deleted during this run')
  })

  test('leaves alone what is excluded, and what does not have the prefix', async () => {
    workspace = await EmulatedWorkspace.start()
    workspace.store.createScope('storage', {
      secrets: { 'APP-old': 'x', 'app-kept-1': 'x', 'app-theirs': 'x', theirs: 'x' },
    })
    const { exitCode, outputs } = await syncTo(workspace, {
      secrets: '{"BLOB":"fake-value"}',
      'key-prefix': 'app-',
      'key-case': 'lower',
      prune: 'true',
      'prune-exclude': '# of others\nAPP-KEPT-?\n*-theirs',
    })
    expect(exitCode).toBe(0)
    expect(outputs).toMatchObject({ created: '["app-blob"]', deleted: '["APP-old"]' })
    expect(Object.keys(stored(workspace)).sort()).toEqual(['app-blob', 'app-kept-1', 'app-theirs', 'theirs'])
  })

  // Another job deleted it in the meantime, so the desired state is reached.
  test('counts a key that is already missing as deleted', async () => {
    workspace = await EmulatedWorkspace.start()
    workspace.store.createScope('storage', { secrets: { old: 'x' } })
    workspace.intercept(({ path }) => {
      if (path.endsWith('/put')) workspace.store.scope('storage').delete('old')
      return undefined
    })
    const { exitCode, outputs } = await syncTo(workspace, { prune: 'true' })
    expect(exitCode).toBe(0)
    expect(outputs['deleted']).toBe('["old"]')
  })

  // The response to the first try was lost. The second try finds no key, because the first one deleted it.
  test('counts a key as deleted if its delete was retried', async () => {
    workspace = await EmulatedWorkspace.start()
    workspace.store.createScope('storage', { secrets: { old: 'x' } })
    let isLost = false
    workspace.intercept(({ path }, perform) => {
      if (isLost || !path.endsWith('/delete')) return undefined
      isLost = true
      perform()
      return hangUp
    })
    const { exitCode, outputs } = await syncTo(
      workspace,
      { prune: 'true', 'retry-timeout-seconds': '300' },
      HURRIED,
    )
    expect(exitCode).toBe(0)
    expect(outputs['deleted']).toBe('["old"]')
    expect(workspace.requests.to('secrets/delete').map(({ status }) => status)).toEqual([undefined, 404])
  })

  test('fails only the key that the workspace does not delete', async () => {
    workspace = await EmulatedWorkspace.start()
    workspace.store.createScope('storage', { secrets: { 'old-1': 'x', 'old-2': 'x' } })
    workspace.intercept(({ path, body }) =>
      path.endsWith('/delete') && (body as { key: string }).key === 'old-1'
        ? apiError(403, 'PERMISSION_DENIED', 'Not this one.')
        : undefined,
    )
    const { exitCode, outputs } = await syncTo(workspace, { prune: 'true' })
    expect(exitCode).toBe(1)
    expect(outputs).toMatchObject({ deleted: '["old-2"]', failed: '["old-1"]' })
  })

  // The spelling in the scope may contain a value that the spelling in the map does not. It is still the same key.
  test('recognizes a key of the map in the spelling of the scope, also if its name contains a value', async () => {
    workspace = await EmulatedWorkspace.start()
    workspace.store.createScope('storage', { secrets: { 'POSTGRES-user': 'old' } })
    const { exitCode, outputs } = await syncTo(workspace, {
      secrets: JSON.stringify({ 'postgres-user': 'fake-new', NAME: 'POSTGRES' }),
      exclude: 'NAME',
      'if-exists': 'keep',
    })
    expect(exitCode).toBe(0)
    expect(outputs['kept']).toBe('["postgres-user"]')
    expect(stored(workspace)).toEqual({ 'POSTGRES-user': 'old' })
  })

  // The map cannot contain such a key, so it was never in the map, and the action could not write it again.
  test('leaves alone a key in a folder, which another tool wrote', async () => {
    workspace = await EmulatedWorkspace.start()
    const scope = workspace.store.createScope('storage', { secrets: { old: 'x' } })
    scope.addFound('folder/KEY', 'x')
    scope.addFound('KEY/', 'x')
    const { exitCode, outputs, annotations } = await syncTo(workspace, { prune: 'true', 'prune-limit': '1' })
    expect([exitCode, outputs['deleted']]).toEqual([0, '["old"]'])
    expect(stored(workspace)).toEqual({ 'folder/KEY': 'x', 'KEY/': 'x', blob: 'fake-value' })
    expect(annotations).toEqual([])
    const again = await syncTo(workspace, { prune: 'true', 'prune-limit': '0' })
    expect([again.exitCode, again.outputs['deleted']]).toEqual([0, '[]'])
  })

  // If a key is named like its secret, printing the name would show the secret.
  test('leaves alone, and does not print, a key whose name contains a value', async () => {
    workspace = await EmulatedWorkspace.start()
    workspace.store.createScope('storage', { secrets: { 'db-fake-value-1': 'x', old: 'x' } })
    const { exitCode, outputs, log, stdout, summary } = await syncTo(workspace, {
      prune: 'true',
      'max-age-days': '1',
    })
    expect(exitCode).toBe(0)
    expect(stored(workspace)).toEqual({ 'db-fake-value-1': 'x', blob: 'fake-value' })
    expect(outputs['deleted']).toBe('["old"]')
    expect(log).toContain('The name of 1 key in the scope is not shown')
    expect(stdout + summary).not.toContain('db-fake')
  })
})
