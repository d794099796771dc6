import { describe, expect, test } from '@jest/globals'

import { WorkspaceError } from '../../src/databricks/workspace-error.js'
import {
  missingScopeAdvice,
  possibleScopeAdvice,
  refusedScopeAdvice,
} from '../../src/report/api-scope-advice.js'

function refusal(errorCode: string, serverMessage: string): WorkspaceError {
  return new WorkspaceError('error-response', { status: 400, isJson: true, errorCode, serverMessage })
}

describe('advice for API scopes that the token endpoint refuses', () => {
  test.each([
    ['access_denied', "Scopes 'all-apis' are not assigned.", 'does not have the API scope all-apis.'],
    [
      'access_denied',
      "Scopes 'secrets', 'unity-catalog' and 'secrets' are not assigned.",
      'does not have the API scope secrets, unity-catalog.',
    ],
    ['access_denied', 'The scope is not assigned.', 'does not have an API scope of the input oauth-scopes.'],
    ['invalid_scope', "Unknown: 'secrets'", 'The workspace does not give the API scope secrets.'],
    ['invalid_scope', '', 'The workspace does not give an API scope of the input oauth-scopes.'],
  ])('names known ones: %s, %s', (code, said, expected) => {
    expect(refusedScopeAdvice(refusal(code, said), true)).toContain(expected)
    expect(refusedScopeAdvice(refusal(code, said), false)).toContain(expected)
  })

  // A server may put anything between its quotes: what was sent to it, or a command of the runner.
  test.each(["'fake-unknown'", "'::error::'", `'${'s'.repeat(100)}'`, "'secrets '"])(
    'repeats no other name: %s',
    (name) => {
      const advice = refusedScopeAdvice(refusal('access_denied', `Scopes ${name} are not assigned.`), true)
      expect(advice).toContain('does not have an API scope of the input oauth-scopes.')
    },
  )

  // With an OIDC token, there is no client secret to create.
  test('recommends another client secret only where there is one', () => {
    const error = refusal('access_denied', "Scopes 'all-apis' are not assigned.")
    expect(refusedScopeAdvice(error, true)).toMatch(/^The client secret .* create a client secret/)
    expect(refusedScopeAdvice(error, false)).toMatch(/^The service principal (?!.*client secret)/)
  })

  // To advise the very API scope that was refused would lead nowhere.
  test('recommends no API scope that was refused', () => {
    const error = refusal('access_denied', "Scopes 'secrets' are not assigned.")
    expect(refusedScopeAdvice(error, true)).toBe(
      'The client secret does not have the API scope secrets. Create a client secret that has it, or remove it from the ' +
        'input oauth-scopes if this run does not need it.',
    )
    expect(refusedScopeAdvice(error, false)).toBe(
      'The service principal does not have the API scope secrets. Remove it from the input oauth-scopes if this run does ' +
        'not need it.',
    )
  })

  test('is left out of other errors', () => {
    expect(refusedScopeAdvice(refusal('invalid_client', "The scope 'all-apis'"), true)).toBeUndefined()
    expect(refusedScopeAdvice(refusal('access_denied', 'No.'), true)).toBeUndefined()
  })

  test('is a possibility if the server does not mention scopes', () => {
    expect(possibleScopeAdvice(refusal('access_denied', 'No.'))).toContain('oauth-scopes')
    expect(possibleScopeAdvice(refusal('invalid_client', 'No.'))).toBe('')
  })
})

describe('advice for a token without the API scope of a call', () => {
  test.each([
    [
      'Provided OAuth token does not have required scopes: unity-catalog',
      'does not have the API scope unity-catalog.',
    ],
    [
      'Provided access token does not have required scopes: secrets, unity-catalog.',
      'does not have the API scope secrets, unity-catalog.',
    ],
    [
      'Provided OAuth token does not have required scopes: fake-unknown',
      'does not have the API scope that this call requires.',
    ],
    ['Provided OAuth token does not have required scopes', 'does not have the API scope that this call'],
  ])('names known ones: %s', (said, expected) => {
    const advice = missingScopeAdvice(said)
    expect(advice).toContain(expected)
    expect(advice).not.toContain('fake-unknown')
    expect(advice).toContain('input oauth-scopes')
  })

  test('is left out of other errors', () => {
    expect(missingScopeAdvice('The scope secrets does not exist')).toBeUndefined()
  })
})
