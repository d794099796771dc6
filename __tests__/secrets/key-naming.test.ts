import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'

import { isKey } from '../../src/secrets/key.js'
import { KEY_CASES, keyFor, readKeyNaming } from '../../src/secrets/key-naming.js'

const NONE = { 'key-strip-prefix': '', 'key-case': '', 'key-prefix': '' }

describe('the key of a name', () => {
  // A notebook asks for the key that the page promises; any other is not found there.
  test.each([
    ['API_KEY', 'keep', 'API_KEY'],
    ['Api_Key.2', 'lower', 'api_key.2'],
    ['Api_Key.2', 'upper', 'API_KEY.2'],
    ['API_KEY', 'kebab', 'api-key'],
    ['api-key', 'snake', 'api_key'],
    ['API_V2', 'kebab', 'api-v2'],
    ['K8S_TOKEN', 'kebab', 'k8s-token'],
    ['AUTH0_ID', 'snake', 'auth0_id'],
    ['S3BUCKET', 'kebab', 's3bucket'],
    ['dbPassword', 'kebab', 'db-password'],
    ['HTTPServer', 'snake', 'http_server'],
    ['ISTANBUL', 'kebab', 'istanbul'],
    ['_PRIVATE__KEY_', 'kebab', 'private-key'],
    ['api.key', 'kebab', 'api-key'],
    ['__', 'kebab', ''],
  ] as const)('%s as %s is %j', (name, keyCase, key) => {
    expect(keyFor(name, { stripPrefix: '', case: keyCase, prefix: '' })).toBe(key)
  })

  test('is made by cutting first, and by putting last', () => {
    const naming = { stripPrefix: 'prod_', case: 'kebab', prefix: 'Team_A.' } as const
    expect(keyFor('PROD_API_KEY', naming)).toBe('Team_A.api-key')
    expect(keyFor('API_KEY', naming)).toBe('Team_A.api-key')
    expect(keyFor('PROD_PROD_KEY', naming)).toBe('Team_A.prod-key')
  })

  test('is one, or is empty, whatever the name', () => {
    const name = fc.string({
      unit: fc.constantFrom('a', 'B', 'z', 'I', '0', '9', '-', '_', '.'),
      minLength: 1,
      maxLength: 128,
    })
    fc.assert(
      fc.property(name, fc.constantFrom(...KEY_CASES), (name, keyCase) => {
        const key = keyFor(name, { stripPrefix: '', case: keyCase, prefix: '' })
        // A word more, where upper case begins: longer than the name, and perhaps than a key may be.
        expect(key === '' || isKey(key) || key.length > 128).toBe(true)
        // All that is lost is what stands between words.
        const letters = (text: string): string => text.toLowerCase().replaceAll(/[-_.]/g, '')
        expect(letters(key)).toBe(letters(name))
      }),
    )
  })
})

describe('the inputs of naming', () => {
  test('are what they say', () => {
    expect(readKeyNaming({ 'key-strip-prefix': 'A_', 'key-case': 'snake', 'key-prefix': 'b-' })).toEqual({
      naming: { stripPrefix: 'A_', case: 'snake', prefix: 'b-' },
      errors: [],
    })
    expect(readKeyNaming(NONE).naming).toEqual({ stripPrefix: '', case: 'keep', prefix: '' })
  })

  test('are refused where they are no case, or no beginning of a key', () => {
    for (const [input, text] of [
      ['key-case', 'Kebab'],
      ['key-case', 'camel'],
      ['key-prefix', 'a b'],
      ['key-prefix', 'team/'],
      ['key-prefix', 'x'.repeat(128)],
    ] as const) {
      expect(readKeyNaming({ ...NONE, [input]: text }).errors).toEqual([
        { input, message: expect.stringMatching(/^must be/) },
      ])
    }
  })
})
