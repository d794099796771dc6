import { describe, expect, test } from '@jest/globals'

import { hangUp } from '../../emulator/faults.js'
import { apiError, text } from '../../emulator/reply.js'
import type { SecretsApi } from '../../src/databricks/secrets-api.js'
import { classifyRefusal, explainRefusal } from '../../src/stores/scope-permission-refusal.js'
import { SyncError } from '../../src/stores/sync-error.js'
import { connect } from '../databricks/connect.js'
import { start } from '../emulator/wire.js'

describe('why permissions cannot be read', () => {
  async function refusal(secrets: SecretsApi): Promise<unknown> {
    return await secrets.listPermissions('storage').then(
      () => undefined,
      (error: unknown) => error,
    )
  }

  test('is found out from what a workspace answers', async () => {
    const workspace = await start()
    const { secrets } = connect(workspace)
    expect(classifyRefusal(await refusal(secrets))).toBe('missing scope')
    workspace.store.createScope('storage', { acls: { 'ada@example.com': 'WRITE' } })
    const error = await refusal(secrets)
    expect(classifyRefusal(error)).toBe('no MANAGE')
    expect((explainRefusal(error, 'storage', 'fake-id') as SyncError).details).toEqual({
      needsManage: { identity: 'fake-id' },
    })
  })

  // Every user manages the scopes of the Standard plan. A workflow that sets permissions there must fail.
  test('is the Standard plan, whether the scope is there or not', async () => {
    const workspace = await start({ plan: 'standard' })
    const { secrets } = connect(workspace)
    const error = await refusal(secrets)
    expect(classifyRefusal(error)).toBe('no permissions on this plan')
    const explained = explainRefusal(error, 'storage', undefined)
    expect(explained).toBeInstanceOf(SyncError)
    expect((explained as SyncError).message).toContain('Standard plan')
    workspace.store.createScope('storage')
    expect(classifyRefusal(await refusal(secrets))).toBe('no permissions on this plan')
  })

  // The reference does not say how the plan refuses, so no one code may be counted on; and a network that is down, or a
  // token that has expired, must not be taken for a plan.
  test.each([
    [400, 'BAD_REQUEST', 'Premium Tier is disabled in this workspace.', 'no permissions on this plan'],
    [403, 'PERMISSION_DENIED', 'Premium Tier is disabled in this workspace.', 'no permissions on this plan'],
    [400, 'INVALID_STATE', 'No.', 'no permissions on this plan'],
    [501, 'NOT_IMPLEMENTED', 'No.', 'no permissions on this plan'],
    [403, 'PERMISSION_DENIED', 'No.', 'no MANAGE'],
    [404, 'RESOURCE_DOES_NOT_EXIST', 'No.', 'missing scope'],
    [404, 'ENDPOINT_NOT_FOUND', 'No.', 'other'],
    [403, 403, 'Invalid access token.', 'other'],
    [401, 401, 'Token is expired.', 'other'],
    [400, 'INVALID_PARAMETER_VALUE', 'No.', 'other'],
    [429, 'REQUEST_LIMIT_EXCEEDED', 'No.', 'other'],
    [500, 'INTERNAL_ERROR', 'No.', 'other'],
    [503, 'SOMETHING_NEW', 'No.', 'other'],
  ])('%d %s "%s": %s', async (status, code, message, expected) => {
    const workspace = await start()
    const { secrets } = connect(workspace)
    workspace.intercept(() => apiError(status, code, message))
    const error = await refusal(secrets)
    expect(classifyRefusal(error)).toBe(expected)
    // Without a known cause, the error stays unchanged.
    if (expected === 'other') expect(explainRefusal(error, 'storage', undefined)).toBe(error)
  })

  test.each([
    ['a gateway', () => text(403, 'FEATURE_DISABLED: no')],
    ['a connection that was cut', () => hangUp],
  ])('is nothing of the plan where it comes from %s', async (_, answer) => {
    const workspace = await start()
    const { secrets } = connect(workspace)
    workspace.intercept(answer)
    expect(classifyRefusal(await refusal(secrets))).toBe('other')
    expect(classifyRefusal(new TypeError('fake'))).toBe('other')
  })
})
