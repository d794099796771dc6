import { describe, expect, test } from '@jest/globals'

import { WorkspaceError, type WorkspaceErrorDetails } from '../../src/databricks/workspace-error.js'
import { describeError } from '../../src/report/describe-errors.js'
import { SecretValue } from '../../src/secret-value.js'
import { Redactor } from '../../src/secrets/masks/redactor.js'
import { SyncError } from '../../src/sync/sync-error.js'

const CONTEXT = {
  origin: 'https://x.example',
  scope: 'storage',
  permission: 'WRITE' as const,
  redactor: new Redactor([new SecretValue('fake-longer-value'), new SecretValue('fake-value')]),
}

describe('an error', () => {
  test('of ours is told as it is', () => {
    expect(describeError(new SyncError('There is no scope.'), CONTEXT)).toBe('There is no scope.')
  })

  // Our own words would become unreadable where a value has one of them; the name of a vault is the other side's.
  test('of ours is redacted only where the workspace has had a word', () => {
    const error = new SyncError('fake-value: the vault fake-value-vault.', ['fake-value-vault'])
    expect(describeError(error, CONTEXT)).toBe('fake-value: the vault ***-vault.')
  })

  test('that nobody expected is told by its kind alone', () => {
    const told = describeError(new TypeError('fake-unknown'), CONTEXT)
    expect(told).toContain('TypeError')
    expect(told).not.toContain('fake-unknown')
    expect(describeError('fake-unknown', CONTEXT)).toContain('(string)')
  })

  test('of a request is told with its code, its words, what to change, and the id for a support case', () => {
    const details = {
      status: 403,
      errorCode: 'PERMISSION_DENIED',
      serverMessage: 'No.',
      requestId: 'fake-id',
    }
    expect(describeError(new WorkspaceError('error-response', details), CONTEXT)).toBe(
      'The workspace refused the request (PERMISSION_DENIED, HTTP 403). It says: "No". ' +
        'Let somebody who manages the scope give the identity of this run WRITE on it: ' +
        'databricks secrets put-acl "storage" PRINCIPAL WRITE. Request id: fake-id.',
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
    expect(describeError(new WorkspaceError('error-response', details), CONTEXT)).not.toContain('fake')
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
    const told = describeError(new WorkspaceError(failure, { write }), CONTEXT)
    expect(told.includes('may have happened or not')).toBe(open)
  })

  // A hostile workspace chooses the code, and with it what is looked up for it.
  test.each(['toString', 'constructor', '__proto__', 'hasOwnProperty', 'UNKNOWN'])(
    'of the code %s is told',
    (errorCode) => {
      const told = describeError(
        new WorkspaceError('error-response', { status: 400, errorCode, isJson: true }),
        CONTEXT,
      )
      expect(told).toBe(
        `The workspace refused the request (${errorCode}, HTTP 400). Check the inputs host and scope, and what this run signs in with.`,
      )
    },
  )

  test('that is not in the form of Databricks is not laid at its door', () => {
    const told = describeError(
      new WorkspaceError('error-response', { status: 407, serverMessage: '<h1>Who are you?</h1>' }),
      CONTEXT,
    )
    expect(told).toContain(
      'https://x.example refused the request (HTTP 407), but not in the form of Databricks',
    )
  })

  // The same failure looks the same in the log whatever its cause: the advice is what tells them apart.
  test.each<[WorkspaceErrorDetails, string]>([
    [{ status: 404, errorCode: 'RESOURCE_DOES_NOT_EXIST' }, 'The scope "storage" is no longer there'],
    [
      { status: 400, errorCode: 'RESOURCE_LIMIT_EXCEEDED' },
      '1,000 scopes at most, and a scope 1,000 secrets',
    ],
    [{ status: 400, errorCode: 'INVALID_PARAMETER_VALUE' }, 'Check the inputs scope and secrets'],
    [{ status: 429, errorCode: 'RESOURCE_EXHAUSTED' }, 'This is temporary'],
    [{ status: 429 }, 'This is temporary'],
    [{ status: 502 }, 'This is temporary'],
    [{ status: 504 }, 'This is temporary'],
    [{ status: 404 }, 'There is no Secrets API at this address'],
    [{ status: 418 }, 'Check the inputs host and scope, and what this run signs in with.'],
  ])('that says %j comes with advice', (details, advice) => {
    expect(describeError(new WorkspaceError('error-response', details), CONTEXT)).toContain(advice)
  })

  test.each(['timeout', 'connection-lost'] as const)(
    'of a connection that is %s comes with advice',
    (failure) => {
      expect(describeError(new WorkspaceError(failure), CONTEXT)).toContain(
        'check the network between this runner',
      )
    },
  )

  // After minutes, a reader wants to know that it was not given up at once.
  test('that was retried tells how often and for how long', () => {
    const told = describeError(
      new WorkspaceError('timeout', { write: true, tries: 6, triedMs: 41_200 }),
      CONTEXT,
    )
    expect(told).toContain(
      'did not answer in time. It was tried 6 times in 41.2 s. The write may have happened',
    )
    const earlier = new WorkspaceError('unreachable', { write: true, tries: 2, earlierTryUnknown: true })
    expect(describeError(earlier, CONTEXT)).toContain('may have happened or not')
  })

  test.each<[WorkspaceErrorDetails, string]>([
    [{ write: true, notSent: true }, 'Not sent: the job was cancelled. Run the job again.'],
    [{ write: true, notSent: true, tries: 2 }, 'Not sent again: the job was cancelled.'],
    [
      { write: true },
      'The job was cancelled before https://x.example had answered. The write may have happened or not: run the job again.',
    ],
    [{}, 'The job was cancelled before https://x.example had answered. Run the job again.'],
  ])('that was cancelled (%j) tells whether it was sent', (details, text) => {
    expect(describeError(new WorkspaceError('cancelled', details), CONTEXT)).toContain(text)
  })

  test('of a request that was given up before it was sent says so', () => {
    const told = describeError(new WorkspaceError('timeout', { write: true, notSent: true }), CONTEXT)
    expect(told).toContain('Not sent, since nothing got through any more. https://x.example did not answer')
    expect(told).not.toContain('may have happened')
  })

  test('of a scope that may not be created does not ask for a permission on it', () => {
    const details = { status: 403, errorCode: 'PERMISSION_DENIED', call: 'secrets/scopes/create' }
    const told = describeError(new WorkspaceError('error-response', details), CONTEXT)
    expect(told).toContain('Let somebody who may create scopes create "storage"')
  })

  test('shows a request id that is one, and no other', () => {
    const told = describeError(
      new WorkspaceError('error-response', { status: 400, requestId: 'a b' }),
      CONTEXT,
    )
    expect(told).not.toContain('Request id')
    const long = new WorkspaceError('error-response', { status: 400, requestId: 'a'.repeat(65) })
    expect(describeError(long, CONTEXT)).not.toContain('Request id')
  })
})
