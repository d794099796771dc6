import { afterEach, describe, expect, test } from '@jest/globals'

import { InputErrors } from '../../src/inputs/input-errors.js'
import { readOauthScopes } from '../../src/inputs/oauth-scopes.js'

const environment = process.env

afterEach(() => {
  process.env = environment
})

function readWith(text: string) {
  process.env = { 'INPUT_OAUTH-SCOPES': text }
  const errors = new InputErrors()
  const setting = readOauthScopes(errors)
  return { setting, errors: errors.all.map(({ input, message }) => `${input}: ${message}`) }
}

describe('the input oauth-scopes', () => {
  test.each(['', ' ', 'all-apis', ' all-apis\n', 'All-APIs'])('has a default: %j', (text) => {
    expect(readWith(text)).toEqual({ setting: undefined, errors: [] })
  })

  test.each([
    ['secrets', 'secrets'],
    ['secrets unity-catalog', 'secrets unity-catalog'],
    ['secrets,unity-catalog', 'secrets unity-catalog'],
    [' secrets ,\t unity-catalog, ', 'secrets unity-catalog'],
    ['secrets\r\nunity-catalog\n', 'secrets unity-catalog'],
    ['secrets, secrets', 'secrets'],
    ['all-apis secrets', 'all-apis secrets'],
    ['iam.current-user:read', 'iam.current-user:read'],
    ['https://x.example/scope?a=b', 'https://x.example/scope?a=b'],
  ])('takes names: %j', (text, value) => {
    const setting = { value, source: 'oauth-scopes', from: 'input' }
    expect(readWith(text)).toEqual({ setting, errors: [] })
  })

  // The token endpoint would refuse these with a message that names no input.
  test.each([
    '"secrets"',
    "'secrets'",
    '`secrets`',
    "secrets 'unity-catalog'",
    'sec"rets',
    "sec'rets",
    'sec`rets',
    'a\\b',
    'sécrets',
    'a\u0000b',
    'a\u007fb',
    '- secrets',
    '["secrets"]',
    '[secrets]',
    '${{ vars.SCOPES }}',
    ',',
  ])('refuses other text: %j', (text) => {
    expect(readWith(text)).toEqual({
      setting: undefined,
      errors: [
        'oauth-scopes: not a list of API scopes. Write their names without quotes, separated by spaces or commas, such as: secrets',
      ],
    })
  })

  test('has a longest text', () => {
    expect(readWith('s'.repeat(2_000)).errors).toEqual([])
    expect(readWith('s'.repeat(2_001))).toEqual({
      setting: undefined,
      errors: ['oauth-scopes: is longer than 2,000 characters. Name only the API scopes that this run needs'],
    })
  })
})
