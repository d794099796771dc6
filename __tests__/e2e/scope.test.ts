import { afterEach, describe, expect, test } from '@jest/globals'

import { apiError, json } from '../../emulator/reply.js'
import { keyVaultNamed } from '../../emulator/scope.js'
import { EmulatedWorkspace, type WorkspaceOptions } from '../../emulator/workspace.js'
import { NO_OUTPUTS, syncTo } from './sync-step.js'

let workspace: EmulatedWorkspace

async function start(options: WorkspaceOptions = {}): Promise<EmulatedWorkspace> {
  workspace = await EmulatedWorkspace.start(options)
  return workspace
}

afterEach(async () => {
  await workspace.close()
})

/** The bodies of the calls that created, or tried to create, a scope. */
function creations(): unknown[] {
  return workspace.requests.to('secrets/scopes/create').map(({ body }) => body)
}

describe('the scope', () => {
  // Otherwise, a name in another case would create a second scope, or fail because the scope exists.
  test('is found case-insensitively, and written in the spelling of the workspace', async () => {
    await start()
    workspace.store.createScope('Storage', { acls: { 'ada@example.com': 'MANAGE' } })
    const { exitCode, log, outputs } = await syncTo(workspace, { scope: 'STORAGE' })
    expect(exitCode).toBe(0)
    expect(creations()).toEqual([])
    expect(workspace.requests.to('secrets/put').map(({ body }) => body)).toMatchObject([{ scope: 'Storage' }])
    expect(log).toContain('Scope           Storage (exists, 0 keys)')
    expect(outputs['scope-created']).toBe('false')
  })

  // An existing key is overwritten, so the report must not call it created.
  test('has case-insensitive keys', async () => {
    await start()
    workspace.store.createScope('storage', { secrets: { API_KEY: 'fake-old' } })
    const { outputs } = await syncTo(workspace, { secrets: 'api_key=fake-new\nother=fake' })
    expect(outputs).toMatchObject({ created: '["other"]', updated: '["api_key"]', changed: 'true' })
    expect(workspace.store.scope('storage').secret('API_KEY')?.value.toString()).toBe('fake-new')
    expect(workspace.store.scope('storage').secrets).toHaveLength(2)
  })

  test('is not created when create-scope is false', async () => {
    await start()
    const { exitCode, log } = await syncTo(workspace, { 'create-scope': 'false' })
    expect(exitCode).toBe(1)
    expect(log).toContain('There is no scope "storage" in this workspace, and create-scope is false')
    expect(workspace.requests.all.map(({ method }) => method)).toEqual(['GET', 'GET'])
  })

  test('that cannot be created has only failed keys', async () => {
    await start()
    workspace.intercept(({ path }) =>
      path.endsWith('scopes/create') ? apiError(403, 'PERMISSION_DENIED', 'Not for you.') : undefined,
    )
    const { exitCode, outputs, log } = await syncTo(workspace, { secrets: 'a=fake-1\nb=fake-2' })
    expect([exitCode, outputs]).toEqual([1, { ...NO_OUTPUTS, failed: '["a","b"]' }])
    expect(log).toContain('Stopped before anything was written')
  })

  // Two jobs of a matrix may start in the same second. Neither should fail.
  test.each(['premium', 'standard'] as const)(
    'may be created by another job at the same time (%s)',
    async (plan) => {
      await start({ plan })
      const remove = workspace.intercept(({ path, body }) => {
        if (!path.endsWith('scopes/create')) return undefined
        // On the Standard plan, the second try is the last request before the scope exists.
        if (plan === 'premium' || 'initial_manage_principal' in (body as object)) {
          workspace.store.createScope('Storage', { secrets: { BLOB: 'fake-of-the-other-job' } })
          remove()
        }
        return undefined
      })
      const { exitCode, outputs, log } = await syncTo(workspace)
      expect(exitCode).toBe(0)
      expect(outputs).toMatchObject({ 'scope-created': 'false', created: '[]', updated: '["blob"]' })
      expect(log).toContain('Scope           Storage (exists, 1 key)')
      expect(workspace.store.scope('storage').secret('blob')?.value.toString()).toBe('fake-value')
    },
  )

  test('that another job creates between the two requests is found by a second read', async () => {
    await start()
    const remove = workspace.intercept(({ path }, perform) => {
      if (!path.endsWith('scopes/list')) return undefined
      const answer = perform()
      workspace.store.createScope('storage')
      remove()
      return answer
    })
    const { exitCode, outputs } = await syncTo(workspace)
    expect(exitCode).toBe(0)
    expect(outputs).toMatchObject({ 'scope-created': 'false', created: '["blob"]' })
  })

  // Databricks only reads from the vault, so secrets cannot be written here.
  test('of a key vault stops with the name of the vault', async () => {
    await start()
    workspace.store.createScope('storage', { keyVault: keyVaultNamed('fake-vault') })
    const { exitCode, log } = await syncTo(workspace, { scope: 'Storage' })
    expect(exitCode).toBe(1)
    expect(log).toContain('backed by the Azure key vault fake-vault')
    expect(log).toContain('az keyvault secret set --vault-name fake-vault --name blob --file FILE')
    expect(workspace.requests.all).toHaveLength(2)
  })

  test.each([
    [{ resource_id: '', dns_name: 'https://fake-vault.vault.azure.net/' }, 'key vault fake-vault and is'],
    [{ resource_id: '/x/vaults/fake-vault', dns_name: '' }, 'key vault fake-vault and is'],
    [{ resource_id: '/x/vaults/ab', dns_name: '' }, 'key vault (unnamed) and is'],
    [{ resource_id: '/odd/::error::x', dns_name: '*' }, 'key vault (unnamed) and is'],
  ])('of a key vault whose name has another form: %j', async (keyVault, words) => {
    await start()
    workspace.store.createScope('storage', { keyVault })
    const { exitCode, log } = await syncTo(workspace)
    expect(exitCode).toBe(1)
    expect(log).toContain(words)
    expect(log).not.toContain('::error')
  })

  test('is written to if the workspace does not report its backend', async () => {
    await start()
    workspace.store.createScope('storage')
    workspace.intercept(({ path }) =>
      path.endsWith('scopes/list') ? json(200, { scopes: [{ name: 'storage' }] }) : undefined,
    )
    expect((await syncTo(workspace)).exitCode).toBe(0)
  })

  test('may have a name of 128 characters', async () => {
    await start()
    expect((await syncTo(workspace, { scope: 's'.repeat(128) })).exitCode).toBe(0)
  })

  // If the report said that nothing was written, nobody would look for the scope and its managers.
  test('that exists according to one call and is never listed stops the run', async () => {
    await start()
    workspace.intercept(({ path }) =>
      path.endsWith('scopes/create')
        ? apiError(400, 'RESOURCE_ALREADY_EXISTS', 'Scope storage already exists!')
        : undefined,
    )
    const { exitCode, log } = await syncTo(workspace)
    expect(exitCode).toBe(1)
    expect(log).toContain('RESOURCE_ALREADY_EXISTS, HTTP 400')
    expect(log).toContain(
      'but does not list it to this run. If it is not yours, set another scope. Ask someone',
    )
    expect(workspace.requests.all).toHaveLength(5)
  })

  test('of 1,000 keys accepts no other key, and nothing is written', async () => {
    await start()
    const keys = Array.from({ length: 1_000 }, (_, index) => [`key-${index}`, 'fake'])
    workspace.store.createScope('Storage', { secrets: Object.fromEntries(keys) as Record<string, string> })
    const { exitCode, log, summary } = await syncTo(workspace, { secrets: 'KEY-1=fake-new\nother=fake' })
    expect(exitCode).toBe(1)
    expect(log).toContain('The scope "Storage" would hold 1,001 keys')
    expect(log).toContain('Stopped before anything was written')
    expect(summary).toContain('### ❌ Databricks secrets: `storage`')
    expect(summary).toContain('> [!CAUTION]\n> The scope "Storage" would hold 1,001 keys')
    expect(workspace.requests.to('secrets/put')).toEqual([])
  })
})
