import { writeFile } from 'node:fs/promises'
import path from 'node:path'

import { afterEach, describe, expect, test } from '@jest/globals'

import { hangUp } from '../../emulator/faults.js'
import { apiError, text, type Reply } from '../../emulator/reply.js'
import { EmulatedWorkspace, type WorkspaceOptions } from '../../emulator/workspace.js'
import type { StepResult } from '../runner/step.js'
import { folder } from './folder-of-test.js'
import { syncTo } from './sync-step.js'

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

/** Writes a secret to each of these scopes, in one run. */
async function syncScopes(scopes: readonly string[]): Promise<StepResult> {
  const targets = scopes.map((scope) => `  ${scope}: { secrets: { blob: BLOB } }\n`).join('')
  await writeFile(path.join(folder, 'scopes.yml'), `version: 1\nscopes:\n${targets}`)
  const inputs = { scope: '', config: 'scopes.yml', secrets: '{"BLOB": "fake-value"}' }
  return await syncTo(workspace, inputs, { workspace: folder })
}

const BARE = { scope: 'storage' }
const FOR_USERS = { scope: 'storage', initial_manage_principal: 'users' }

// Everyone with READ on the scope can read the secrets. The first principal is decided only here.
describe('initial-manage-principal', () => {
  test.each([
    { plan: 'premium', principal: 'auto', sent: [BARE], manager: 'ada@example.com' },
    { plan: 'premium', principal: 'creator', sent: [BARE], manager: 'ada@example.com' },
    { plan: 'premium', principal: 'users', sent: [FOR_USERS], manager: 'users' },
    { plan: 'standard', principal: 'auto', sent: [BARE, FOR_USERS], manager: 'users' },
    { plan: 'standard', principal: 'users', sent: [FOR_USERS], manager: 'users' },
  ] as const)('$principal on the $plan plan: $manager', async ({ plan, principal, sent, manager }) => {
    await start({ plan })
    const step = await syncTo(workspace, { 'initial-manage-principal': principal })
    expect(step.exitCode).toBe(0)
    expect(creations()).toEqual(sent)
    expect([...workspace.store.scope('storage').acls]).toEqual([[manager, 'MANAGE']])
    expect(step.outputs['scope-created']).toBe('true')

    const managers = manager === 'users' ? 'every user of the workspace' : 'the identity of this run'
    expect(step.log).toContain(`Scope           storage (created, managed by ${managers})`)
    // With `auto`, the user did not request this, so it is a warning.
    const warned = plan === 'standard' && principal === 'auto'
    const warnings = step.annotations.filter(({ level }) => level === 'warning').map(({ message }) => message)
    expect(warnings).toEqual(
      warned ? [expect.stringContaining('Every user of the workspace now manages')] : [],
    )
    expect(step.summary.includes('[!WARNING]')).toBe(warned)
  })

  test('creator on the standard plan: stops, and the error says what to do', async () => {
    await start({ plan: 'standard' })
    const { exitCode, log } = await syncTo(workspace, { 'initial-manage-principal': 'creator' })
    expect(exitCode).toBe(1)
    expect(creations()).toEqual([BARE])
    expect(workspace.store.scopes).toEqual([])
    expect(log).toContain('cannot be created with initial-manage-principal: creator')
  })

  // Every user manages such a scope, and setting permissions would fail after all secrets are written.
  test.each(['auto', 'users'])(
    '%s on the standard plan, with permissions: stops before the first secret',
    async (principal) => {
      await start({ plan: 'standard' })
      // The response of Databricks for a missing scope is not known here. This one does not show the plan.
      workspace.intercept(({ path }) =>
        path.endsWith('acls/list') && !workspace.store.has('storage')
          ? apiError(404, 'RESOURCE_DOES_NOT_EXIST', 'Scope storage does not exist!')
          : undefined,
      )
      const inputs = { 'initial-manage-principal': principal, permissions: 'data-team=READ' }
      const { exitCode, outputs, log } = await syncTo(workspace, inputs)
      expect(exitCode).toBe(1)
      expect(workspace.requests.to('secrets/put')).toEqual([])
      expect(outputs['scope-created']).toBe(String(principal === 'users'))
      expect(log).toContain(
        principal === 'users' ? 'This workspace refuses calls about permissions' : 'was not created',
      )
      expect(log).toContain(
        `Stopped before ${principal === 'users' ? 'the first secret was written' : 'anything was written'}`,
      )
    },
  )

  test('users on the premium plan, with permissions: sets them', async () => {
    await start({ principals: ['data-team'] })
    const inputs = { 'initial-manage-principal': 'users', permissions: 'data-team=READ' }
    const { exitCode } = await syncTo(workspace, inputs)
    expect(exitCode).toBe(0)
    expect(Object.fromEntries(workspace.store.scope('storage').acls)).toEqual({
      users: 'MANAGE',
      'data-team': 'READ',
    })
  })

  // The runner shows only ten warnings of a step, and this is the most important one.
  test('auto warns about it before all other warnings', async () => {
    await start({ plan: 'standard' })
    const secrets = Array.from({ length: 12 }, (_, index) => `k${index}=x${index}`).join('\n')
    const host = `${workspace.url}/?o=1`
    const { annotations } = await syncTo(workspace, { secrets, host, 'workspace-id': '2' })
    const warnings = annotations.filter(({ level }) => level === 'warning').map(({ message }) => message)
    expect(warnings.length).toBeGreaterThan(1)
    expect(warnings[0]).toContain('Every user of the workspace now manages')
  })

  // If a refusal is misread, every user could read the secrets. Each is of a scope of its own.
  test('auto does not fall back on an error that does not clearly name it', async () => {
    await start()
    const NAME = 'initial_manage_principal'
    const refusals: Record<string, Reply> = {
      [`${NAME}-another-code`]: apiError(400, 'INVALID_PARAMETER_VALUE', `${NAME} "users"`),
      [`${NAME}-another-status`]: apiError(403, 'BAD_REQUEST', `${NAME} "users"`),
      [`${NAME}-a-message-that-names-something-else`]: apiError(
        400,
        'BAD_REQUEST',
        'Premium Tier is disabled in this workspace.',
      ),
      [`${NAME}-no-permission`]: apiError(403, 'PERMISSION_DENIED', `no ${NAME} for you`),
      [`${NAME}-a-number-for-a-code`]: apiError(400, 403, NAME),
      [`${NAME}-quoted`]: apiError(400, 'BAD_REQUEST', 'Invalid scope: Initial_Manage_Principal-quoted'),
      [`${NAME}-x`]: apiError(400, 'BAD_REQUEST', `No: ${NAME}-x (${NAME}-x)`),
      [`${NAME}-a-transient-error`]: apiError(503, 'TEMPORARILY_UNAVAILABLE', NAME),
      'an-error-of-a-gateway': text(400, `BAD_REQUEST: unknown field ${NAME}`),
    }
    workspace.intercept(({ path, body }) =>
      path.endsWith('scopes/create') ? refusals[(body as { scope: string }).scope] : undefined,
    )
    const scopes = Object.keys(refusals)
    const { exitCode, outputs, log } = await syncScopes(scopes)
    expect(exitCode).toBe(1)
    expect(creations()).toHaveLength(scopes.length)
    expect(creations()).toEqual(expect.arrayContaining(scopes.map((scope) => ({ scope }))))
    expect(workspace.requests.to('secrets/put')).toEqual([])
    expect(outputs).toMatchObject({ 'scope-created': 'false', changed: 'false' })
    for (const scope of scopes) expect(log).toContain(scope)
  })

  // A short name occurs in many words, also in the message.
  test('auto falls back for any name of the scope', async () => {
    await start({ plan: 'standard' })
    const scopes = ['a', 'manage', 'users', 'x-initial_manage_principal']
    expect((await syncScopes(scopes)).exitCode).toBe(0)
    expect(scopes.map((scope) => [...workspace.store.scope(scope).acls])).toEqual(
      scopes.map(() => [['users', 'MANAGE']]),
    )
  })

  // A clear refusal stays clear, even if an earlier try may have been applied.
  test('auto falls back also if the first response was lost', async () => {
    await start({ plan: 'standard' })
    workspace.intercept(({ path }) =>
      path.endsWith('scopes/create') && creations().length === 1 ? hangUp : undefined,
    )
    const { exitCode, outputs } = await syncTo(workspace, { 'retry-timeout-seconds': '60' })
    expect([exitCode, outputs['scope-created']]).toEqual([0, 'true'])
    expect(creations()).toEqual([BARE, BARE, FOR_USERS])
  })
})
