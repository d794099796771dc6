import { describe, expect, test } from '@jest/globals'

import { hangUp } from '../../emulator/faults.js'
import { apiError, html } from '../../emulator/reply.js'
import { answerIn, expectFailure } from './failed-step.js'
import { syncTo } from './sync-step.js'
import { workspace } from './workspace-of-test.js'

// If the step succeeded without writing anything, a later job would fail when it reads the secret.
describe('the step fails', () => {
  test('when the token is wrong', async () => {
    const step = await syncTo(workspace, { token: 'fake-token-of-nobody' })
    expectFailure(
      step,
      'refused the request (HTTP 403). It says: "Invalid access token".',
      'Check the credentials of this run',
    )
    expect(workspace.requests.all.map(({ status }) => status)).toEqual([403, 403])
  })

  // If this fails, the error names a proxy, and nobody adds the identity to the workspace.
  test('when Databricks returns an HTML error page', async () => {
    const page = '<html><body><h2>HTTP ERROR 403</h2><pre>    User not authorized.</pre></body></html>'
    answerIn(workspace, () => html(403, page))
    const step = await syncTo(workspace)
    expectFailure(
      step,
      'The workspace refused the request (HTTP 403). It says: "User not authorized',
      'may not be in this workspace: a workspace admin can add it',
    )
    expect(step.log).not.toContain('proxy')
  })

  test('when the identity lacks the entitlement for the workspace', async () => {
    answerIn(workspace, () => apiError(403, 'PERMISSION_DENIED', 'No.'), 'scopes/list')
    const step = await syncTo(workspace)
    expectFailure(step, 'may lack the entitlement Workspace access')
    expect(step.log).not.toContain('put-acl')
  })

  // __tests__/report/describe-errors.test.ts has the advice for other codes and messages.
  test.each([
    [401, 401, 'Credential was not sent or was of an unsupported type.', 'Check the credentials of this run'],
    [503, 'TEMPORARILY_UNAVAILABLE', 'Later.', 'run the job again in a few minutes'],
  ])('when the workspace returns %d %s, with what to do about it', async (status, code, message, cure) => {
    answerIn(workspace, () => apiError(status, code, message, { 'x-request-id': 'fake-request-id' }))
    const step = await syncTo(workspace)
    expectFailure(
      step,
      `HTTP ${status})`,
      String(code),
      message.slice(0, -1),
      cure,
      'Request id: fake-request-id.',
    )
    // Each of the two calls was made once.
    expect(workspace.requests.all).toHaveLength(2)
  })

  test('when the permission on the scope does not allow writes', async () => {
    workspace.store.createScope('storage', { acls: { 'ada@example.com': 'READ', users: 'READ' } })
    const step = await syncTo(workspace, { secrets: 'a=fake-a\nb=fake-b' })
    expect(step.exitCode).toBe(1)
    const errors = step.annotations.map(({ message }) => message)
    expect(errors).toEqual([expect.stringMatching(/^a, b: .*PERMISSION_DENIED.*put-acl/)])
    expect(step.outputs).toMatchObject({ created: '[]', failed: '["a","b"]', changed: 'false' })
  })

  test('when the permission on the scope does not allow lists', async () => {
    workspace.store.createScope('storage', { acls: { 'grace@example.com': 'MANAGE' } })
    expectFailure(
      await syncTo(workspace),
      'PERMISSION_DENIED',
      'grant WRITE to the identity of this run, with databricks secrets put-acl',
    )
  })

  test('when the scope has a name that Databricks reserves', async () => {
    const step = await syncTo(workspace, { scope: 'databricks-internal' })
    expectFailure(step, 'CUSTOMER_UNAUTHORIZED', 'choose another')
  })

  test('when one secret of many cannot be written, and the others are written', async () => {
    answerIn(
      workspace,
      (request) => {
        const { key } = request.body as { key: string }
        return key === 'b' ? apiError(400, 'INVALID_PARAMETER_VALUE', 'No.') : undefined
      },
      'secrets/put',
    )
    const step = await syncTo(workspace, { secrets: 'a=fake-a\nb=fake-b\nc=fake-c' })
    expectFailure(step, 'b: The workspace refused the request (INVALID_PARAMETER_VALUE, HTTP 400)')
    expect(step.outputs).toMatchObject({ created: '["a","c"]', failed: '["b"]', changed: 'true' })
    expect(step.log).toContain('2 created, 1 failed')
    expect(workspace.store.scope('storage').secrets.map(({ key }) => key)).toEqual(['a', 'c'])
  })

  // "Failed" alone would be wrong if the put was applied and its response was lost.
  test('when the response to a put is lost, and the report says that the secret may have been written', async () => {
    answerIn(
      workspace,
      (_, perform) => {
        perform()
        return hangUp
      },
      'secrets/put',
    )
    const step = await syncTo(workspace)
    expectFailure(step, 'blob: ', 'may or may not have been applied')
    expect(workspace.store.scope('storage').secret('blob')).toBeDefined()
  })
})
