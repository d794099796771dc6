import { describe, expect, test } from '@jest/globals'

import { WorkspaceError } from '../../src/databricks/workspace-error.js'
import { explain, explainFaults, explainPut } from '../../src/report/explain.js'
import { SyncError } from '../../src/sync/sync-error.js'

const CONTEXT = {
  origin: 'https://x.example',
  workspaceUrl: 'https://x.example',
  scope: 'storage',
  masks: ['fake-longer-value', 'fake-value'],
}

describe('faults', () => {
  // The line is all that a user has to find a fault by, and a pasted key makes dozens of them.
  test('of one kind are told once, with all of their lines', () => {
    const faults = [2, 3, 4, 7, 9, 10].map((line) => ({ input: 'secrets', line, message: 'wrong' }))
    expect(explainFaults(faults)).toEqual(['secrets, lines 2 to 4, 7, 9 to 10: wrong.'])
    expect(explainFaults(faults.slice(0, 1))).toEqual(['secrets, line 2: wrong.'])
  })

  test('of different kinds, inputs or columns are told apart', () => {
    expect(
      explainFaults([
        { input: 'host', message: 'wrong' },
        { input: 'secrets', line: 1, message: 'wrong' },
        { input: 'secrets', line: 2, message: 'bad' },
        { input: 'secret-envs', line: 1, message: 'wrong' },
        { input: 'secrets', line: 3, column: 5, message: 'wrong' },
      ]),
    ).toEqual([
      'host: wrong.',
      'secrets, line 1: wrong.',
      'secrets, line 2: bad.',
      'secret-envs, line 1: wrong.',
      'secrets, line 3, column 5: wrong.',
    ])
  })
})

describe('an error', () => {
  test('of ours is told as it is', () => {
    expect(explain(new SyncError('There is no scope.'), CONTEXT)).toBe('There is no scope.')
  })

  test('that nobody expected is told by its kind alone', () => {
    const told = explain(new TypeError('fake-unknown'), CONTEXT)
    expect(told).toContain('TypeError')
    expect(told).not.toContain('fake-unknown')
    expect(explain('fake-unknown', CONTEXT)).toContain('(string)')
  })

  test('of a request is told with its code, its words, what to change, and the id for a support case', () => {
    const details = { status: 403, errorCode: 'PERMISSION_DENIED', said: 'No.', requestId: 'fake-id' }
    expect(explain(new WorkspaceError('refused', details), CONTEXT)).toBe(
      'The workspace refused the request (PERMISSION_DENIED, HTTP 403). It says: "No". ' +
        'Let somebody who manages the scope give the identity behind the token WRITE on it: ' +
        'databricks secrets put-acl "storage" PRINCIPAL WRITE. Request id: fake-id.',
    )
  })

  // The id is a header: a hostile host can put there what it likes.
  test('shows no value, wherever it comes back', () => {
    const details = {
      status: 400,
      errorCode: 'BAD_REQUEST',
      said: 'fake-longer-value',
      requestId: 'fake-value',
    }
    expect(explain(new WorkspaceError('refused', details), CONTEXT)).not.toContain('fake')
  })

  // A user who reads "failed" would not look for a secret that has been written after all.
  test.each([
    ['silent', true],
    ['cut', true],
    ['foreign', true],
    ['unreachable', false],
    ['untrusted', false],
    ['redirected', false],
    ['refused', false],
  ] as const)('of a put that is %s may have written: %s', (failure, open) => {
    const told = explainPut(new WorkspaceError(failure), CONTEXT)
    expect(told.includes('may have been written or not')).toBe(open)
  })
})
