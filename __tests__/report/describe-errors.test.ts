import { describe, expect, test } from '@jest/globals'

import { apiError, html, type Reply } from '../../emulator/reply.js'
import { WorkspaceError, type WorkspaceErrorDetails } from '../../src/databricks/workspace-error.js'
import { describeError, describeFailures, type ReportContext } from '../../src/report/describe-errors.js'
import { linesOf } from '../../src/report/explanation.js'
import { SecretValue } from '../../src/secret-value.js'
import { Redactor } from '../../src/secrets/masks/redactor.js'
import { SyncError } from '../../src/stores/sync-error.js'
import { connect } from '../databricks/connect.js'
import { workspace } from '../e2e/workspace-of-test.js'
import { targetResult } from './made-up-run.js'

const CONTEXT: ReportContext = {
  origin: 'https://x.example',
  store: { kind: 'scope', name: 'storage', create: true, initialManagePrincipal: 'auto' },
  firstKey: 'blob',
  identity: 'fake-application-id',
  permission: 'WRITE',
  writesForPullRequest: false,
  redactor: new Redactor([new SecretValue('fake-longer-value'), new SecretValue('fake-value')]),
}

/** The error as the log has it. */
function said(error: unknown, context = CONTEXT): string {
  return linesOf(describeError(error, context))
}

describe('an error', () => {
  test('of the sync keeps its message', () => {
    expect(said(new SyncError('scope-not-found', 'There is no scope.'))).toBe('There is no scope.')
  })

  // Our own words would become unreadable where a value has one of them; the name of a vault is the other side's.
  test('of ours is redacted only where the workspace has had a word', () => {
    const error = new SyncError('key-vault', 'fake-value: the vault fake-value-vault.', {
      untrusted: ['fake-value-vault'],
    })
    expect(said(error)).toBe('fake-value: the vault ***-vault.')
  })

  test('that is unexpected is described by its class only', () => {
    const told = said(new TypeError('fake-unknown'))
    expect(told).toContain('TypeError')
    expect(told).not.toContain('fake-unknown')
    expect(said('fake-unknown')).toContain('(string)')
  })

  test('of a request has its code, its message, what to change, and the id for a support case', () => {
    const details = {
      status: 403,
      errorCode: 'PERMISSION_DENIED',
      serverMessage: 'No.',
      requestId: 'fake-id',
    }
    expect(said(new WorkspaceError('error-response', details))).toBe(
      'The workspace refused the request (PERMISSION_DENIED, HTTP 403). It says: "No". Request id: fake-id. ' +
        'Ask someone with MANAGE on the scope to grant WRITE to the identity of this run:\n' +
        'databricks secrets put-acl storage fake-application-id WRITE',
    )
  })

  // The id is a header: a hostile host can put there what it likes.
  test('shows no value, wherever it comes back', () => {
    const details = {
      status: 400,
      errorCode: 'BAD_REQUEST',
      serverMessage: 'fake-longer-value',
      requestId: 'fake-value',
    }
    expect(said(new WorkspaceError('error-response', details))).not.toContain('fake')
  })

  // The response may contain a value that this run does not know and so cannot redact.
  test.each(['secrets/get', 'unity-catalog/secrets/get'])(
    'of a read of a value (%s) shows only the status and a known code',
    (call) => {
      const hidden = { serverMessage: 'unknown-message', requestId: 'unknown-id', call, readsValue: true }
      const known = new WorkspaceError('error-response', { ...hidden, status: 403, errorCode: 'BAD_REQUEST' })
      expect(said(known)).toContain('(BAD_REQUEST, HTTP 403)')
      expect(said(known)).not.toContain('unknown')
      const unknown = new WorkspaceError('error-response', { ...hidden, status: 403, errorCode: 'UNKNOWN' })
      expect(said(unknown)).not.toMatch(/unknown/i)
    },
  )

  test('of a response without the value does not blame the address', () => {
    const details = { call: 'unity-catalog/secrets/get', readsValue: true }
    expect(said(new WorkspaceError('value-missing', details))).toBe(
      'The value could not be read: https://x.example answered without it. The identity of this run may lack READ SECRET ' +
        'on this secret. Ask its owner to grant it.',
    )
  })

  // A user who reads "failed" would not look for a secret, or a scope, that has been written after all.
  test.each([
    ['timeout', true, true],
    ['connection-lost', true, true],
    ['unexpected-response', true, true],
    ['timeout', false, false],
    ['unreachable', true, false],
    ['proxy', true, false],
    ['tls', true, false],
    ['redirected', true, true],
    ['error-response', true, false],
  ] as const)('that is %s of a call that writes (%s) may have done so: %s', (failure, write, open) => {
    const told = said(new WorkspaceError(failure, { write }))
    expect(told.includes('may or may not have been applied')).toBe(open)
  })

  // A hostile workspace chooses the code, and with it what is looked up for it.
  test.each(['toString', 'constructor', '__proto__', 'hasOwnProperty', 'UNKNOWN'])(
    'with the code %s is shown',
    (errorCode) => {
      const told = said(new WorkspaceError('error-response', { status: 400, errorCode, isJson: true }))
      expect(told).toBe(
        `The workspace refused the request (${errorCode}, HTTP 400). The action has no advice for this error code. ` +
          'Follow the message of the workspace, or contact Databricks support.',
      )
    },
  )

  test('that is not in the form of Databricks is not laid at its door', () => {
    const told = said(
      new WorkspaceError('error-response', { status: 407, serverMessage: '<h1>Who are you?</h1>' }),
    )
    expect(told).toContain(
      'https://x.example refused the request (HTTP 407), but not in the format of Databricks',
    )
  })

  // The same failure looks the same in the log whatever its cause: only the advice differs.
  test.each<[WorkspaceErrorDetails, string]>([
    [
      { status: 404, errorCode: 'RESOURCE_DOES_NOT_EXIST' },
      'The scope "storage" was deleted during this run',
    ],
    [
      { status: 400, errorCode: 'RESOURCE_LIMIT_EXCEEDED', call: 'secrets/scopes/create' },
      'A workspace can have at most 1,000 scopes.',
    ],
    [
      { status: 400, errorCode: 'RESOURCE_LIMIT_EXCEEDED', call: 'secrets/put' },
      'The scope "storage" can have at most 1,000 secrets.',
    ],
    [
      { status: 400, errorCode: 'INVALID_PARAMETER_VALUE', call: 'secrets/scopes/create' },
      'Check the name of the scope.',
    ],
    [
      { status: 400, errorCode: 'INVALID_PARAMETER_VALUE', call: 'secrets/put' },
      'The workspace does not accept this key or its value.',
    ],
    [{ status: 429, errorCode: 'RESOURCE_EXHAUSTED' }, 'This is temporary'],
    [{ status: 429 }, 'This is temporary'],
    [{ status: 502 }, 'This is temporary'],
    [{ status: 504 }, 'This is temporary'],
    [{ status: 500 }, 'This may be temporary: run the job again'],
    [{ status: 500, errorCode: 'INTERNAL_ERROR', call: 'secrets/list' }, 'check that it was added to this'],
    ...['secrets/put', 'unity-catalog/secrets/update', 'unity-catalog/secrets/create'].map(
      (call): [WorkspaceErrorDetails, string] => [
        { status: 500, errorCode: 'INTERNAL_ERROR', call },
        '500). This may be temporary: run the job again in a few minutes.',
      ],
    ),
    [{ status: 404 }, 'There is no Secrets API at this address'],
    [{ status: 418 }, 'the proxy or firewall between this runner and the workspace.'],
    [{ status: 418, isJson: true }, 'Check the inputs host and scope, and the credentials of this run.'],
  ])('that says %j comes with advice', (details, advice) => {
    expect(said(new WorkspaceError('error-response', details))).toContain(advice)
  })

  // With a config file, these inputs are not set.
  test.each([
    [
      new WorkspaceError('error-response', { status: 418, isJson: true }),
      'Check the input host, the config file, and the cred',
    ],
    [new SyncError('scope-not-found', 'Correct the input scope.'), 'Correct the config file.'],
    [
      new SyncError('schema-not-found', 'Correct the input schema, or ask'),
      'Correct the config file, or ask',
    ],
    [
      new SyncError('no-unity-catalog', 'Write to a secret scope with the input scope.'),
      'Write to a secret scope under scopes in the config file.',
    ],
    [
      new WorkspaceError('error-response', { status: 418, serverMessage: 'See the input scope.' }),
      'It says: "See the input scope". Check',
    ],
  ])('of a target of a config file names the file: %#', (error, text) => {
    expect(said(error, { ...CONTEXT, qualifiesKeys: true })).toContain(text)
    expect(said(error)).not.toContain('config file')
  })

  test.each(['timeout', 'connection-lost'] as const)(
    'of a connection that is %s comes with advice',
    (failure) => {
      expect(said(new WorkspaceError(failure))).toContain('check the network between this runner')
    },
  )

  // After minutes, a reader wants to know that it was not given up at once.
  test('that was retried says how often and for how long', () => {
    const told = said(new WorkspaceError('timeout', { write: true, tries: 6, triedMs: 41_200 }))
    expect(told).toContain(
      'did not answer in time. It was tried 6 times in 41.2 s. The write may or may not have been applied',
    )
    const earlier = new WorkspaceError('unreachable', { write: true, tries: 2, earlierTryMayBeApplied: true })
    expect(said(earlier)).toContain('may or may not have been applied')
  })

  test.each<[WorkspaceErrorDetails, string]>([
    [{ write: true, notSent: true }, 'Not sent: the job was cancelled. Run the job again.'],
    [{ write: true, notSent: true, tries: 2 }, 'Not sent again: the job was cancelled.'],
    [
      { write: true },
      'The job was cancelled before https://x.example answered. The write may or may not have been applied: run the job again.',
    ],
    [{}, 'The job was cancelled before https://x.example answered. Run the job again.'],
  ])('that was cancelled (%j) tells whether it was sent', (details, text) => {
    expect(said(new WorkspaceError('cancelled', details))).toContain(text)
  })

  test('of a request that was given up before it was sent says so', () => {
    const told = said(new WorkspaceError('timeout', { write: true, notSent: true }))
    expect(told).toContain(
      'Not sent, because no request succeeded any more. The last error: https://x.example did not answer',
    )
    expect(told).not.toContain('may or may not')
  })

  // Lost otherwise: the reader looks for a refused read, and not for the other job that writes the key.
  test.each([
    [new SyncError('read-back', 'It returns another value.'), 'It returns another value.'],
    [
      new WorkspaceError('timeout'),
      'Written, but it could not be read back to verify it. https://x.example did not answer',
    ],
  ])('of a written key says that it could not be read only if so', (error, text) => {
    const failed = { key: 'blob', outcome: 'failed', error, written: true } as const
    const { keys } = describeFailures(targetResult('storage', { keys: [failed] }), CONTEXT)
    expect(keys.map(({ reason }) => linesOf(reason).startsWith(text))).toEqual([true])
  })

  test('of a redirect names its target', () => {
    const details = { status: 303, serverMessage: '/login.html' }
    expect(said(new WorkspaceError('redirected', details))).toContain('It leads to: "/login.html".')
  })

  test('of a scope that may not be created does not ask for a permission on it', () => {
    const details = { status: 403, errorCode: 'PERMISSION_DENIED', call: 'secrets/scopes/create' }
    const told = said(new WorkspaceError('error-response', details))
    expect(told).toContain('Ask someone who can create scopes to create "storage"')
  })

  test('shows a request id that is one, and no other', () => {
    const told = said(new WorkspaceError('error-response', { status: 400, requestId: 'a b' }))
    expect(told).not.toContain('Request id')
    const long = new WorkspaceError('error-response', { status: 400, requestId: 'a'.repeat(65) })
    expect(said(long)).not.toContain('Request id')
  })
})

describe('a response of the workspace', () => {
  /** What a run reports if the workspace answers its first requests like this. */
  async function saidOf(reply: Reply): Promise<string> {
    workspace.intercept(() => reply)
    const { secrets } = connect(workspace)
    return await secrets.listScopes().then(
      () => 'no error',
      (error: unknown) => said(error),
    )
  }

  // If this fails, the error names a proxy, and nobody adds the identity to the workspace.
  test.each([
    [403, '    User not authorized.', 'may not be in this workspace: a workspace admin can add it'],
    [400, 'Invalid access to Org: 1', 'check the inputs host and workspace-id'],
    [403, 'Unauthorized access to Org: 1', 'Private Link'],
  ])('that is an HTML error page comes with advice: %d %s', async (status, message, cure) => {
    const told = await saidOf(
      html(
        status,
        `<html><head><title>Error ${status}</title></head><body><h2>HTTP ERROR ${status}</h2><p>Problem accessing ` +
          `/api/2.0/secrets/scopes/list. Reason:\n<pre>${message}</pre></p></body></html>`,
      ),
    )
    expect(told).toContain(
      `The workspace refused the request (HTTP ${status}). It says: "${message.trim()}`.slice(0, -1),
    )
    expect(told).toContain(cure)
    expect(told).not.toContain('proxy')
  })

  test.each([
    [
      401,
      401,
      'Credential was not sent or was of an unsupported type for this API.',
      'Check the credentials of this run',
    ],
    [
      403,
      403,
      'Source IP address: 192.0.2.1 is blocked by Databricks IP ACL for workspace: 1',
      'IP access list',
    ],
    [
      403,
      403,
      'Unauthorized access to Org: 1',
      'The workspace may accept only its private network (Private Link)',
    ],
    [
      403,
      403,
      'Invalid access to Org: 1',
      'The token may belong to another workspace: check the inputs host',
    ],
    [400, 'BAD_REQUEST', 'Invalid access to Org: 1', 'the workspace may refuse the network of this runner'],
    [
      401,
      401,
      'User not authorized.',
      'The service principal or user of this run may not be in this workspace',
    ],
    [403, 'CUSTOMER_UNAUTHORIZED', 'Reserved.', 'Databricks reserves the name "storage"'],
    [404, 'ENDPOINT_NOT_FOUND', 'No API found.', 'no Secrets API at this address'],
    [429, 'REQUEST_LIMIT_EXCEEDED', 'Slow down.', 'run the job again in a few minutes'],
    [500, 'INTERNAL_ERROR', 'Oops.', 'service principal'],
    [503, 'TEMPORARILY_UNAVAILABLE', 'Later.', 'run the job again in a few minutes'],
  ])('comes with advice: %d %s %s', async (status, code, message, cure) => {
    const told = await saidOf(apiError(status, code, message, { 'x-request-id': 'fake-request-id' }))
    for (const text of [`HTTP ${status})`, String(code), message.slice(0, -1), cure]) {
      expect(told).toContain(text)
    }
    expect(told).toContain('Request id: fake-request-id.')
    expect(workspace.requests.all).toHaveLength(1)
  })
})
