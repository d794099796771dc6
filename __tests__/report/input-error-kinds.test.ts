import { expect, test } from '@jest/globals'

import { inputErrorKinds } from '../../src/report/input-error-kinds.js'

function errorsIn(...inputs: string[]) {
  return inputs.map((input) => ({ input, message: 'wrong' }))
}

test.each([
  ['host', 'invalid-host'],
  ['NODE_OPTIONS', 'node-variable'],
  ['NODE_EXTRA_CA_CERTS', 'tls'],
  ['DATABRICKS_OIDC_TOKEN_FILEPATH', 'auth-settings'],
  ['client-id', 'auth-settings'],
  ['https_proxy', 'proxy'],
  ['HTTP_PROXY', 'proxy'],
  ['permissions', 'permissions-input'],
  ['prune-limit', 'invalid-input'],
  ['secret-files', 'unreadable-source'],
  ['constructor', 'invalid-input'],
])('an error of %s is one of %s', (input, kind) => {
  expect(inputErrorKinds(errorsIn(input))).toEqual([kind])
})

test('an error that has a kind keeps it', () => {
  expect(inputErrorKinds([{ input: 'secrets', message: 'wrong', kind: 'too-large' }])).toEqual(['too-large'])
})

// Lost if this fails: the log has more links than errors, or none for the error that most lines have.
test('each kind is there once, the three most frequent at most', () => {
  const inputs = [
    'host',
    'secrets',
    'secrets',
    'permissions',
    'include',
    'include',
    'permissions',
    'prune-limit',
  ]
  expect(inputErrorKinds(errorsIn(...inputs))).toEqual([
    'invalid-line',
    'permissions-input',
    'name-selection',
  ])
  expect(inputErrorKinds([])).toEqual([])
})
