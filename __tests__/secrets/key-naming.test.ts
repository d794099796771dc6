import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'

import { isKey } from '../../src/secrets/key.js'
import { KEY_CASES, keyFor, readKeyNaming } from '../../src/secrets/key-naming.js'

const NONE = { 'key-strip-prefix': '', 'key-case': '', 'key-prefix': '' }

describe('the key of a name', () => {
  // A notebook reads the key that the documentation promises.
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

  test('is made in this order: strip the prefix, change the case, add the prefix', () => {
    const naming = { stripPrefix: 'prod_', case: 'kebab', prefix: 'Team_A.' } as const
    expect(keyFor('PROD_API_KEY', naming)).toBe('Team_A.api-key')
    expect(keyFor('API_KEY', naming)).toBe('Team_A.api-key')
    expect(keyFor('PROD_PROD_KEY', naming)).toBe('Team_A.prod-key')
  })

  test('is valid or empty for any name', () => {
    const name = fc.string({
      unit: fc.constantFrom('a', 'B', 'z', 'I', '0', '9', '-', '_', '.'),
      minLength: 1,
      maxLength: 128,
    })
    fc.assert(
      fc.property(name, fc.constantFrom(...KEY_CASES), (name, keyCase) => {
        const key = keyFor(name, { stripPrefix: '', case: keyCase, prefix: '' })
        // Upper case starts a word, so the key may be longer than the name, and too long.
        expect(key === '' || isKey(key) || key.length > 248).toBe(true)
        // Only separators of words are lost.
        const letters = (text: string): string => text.toLowerCase().replaceAll(/[-_.]/g, '')
        expect(letters(key)).toBe(letters(name))
      }),
    )
  })
})

describe('the inputs for key names', () => {
  test('are read', () => {
    expect(readKeyNaming({ 'key-strip-prefix': 'A_', 'key-case': 'snake', 'key-prefix': 'b-' })).toEqual({
      naming: { stripPrefix: 'A_', case: 'snake', prefix: 'b-' },
      errors: [],
    })
    expect(readKeyNaming(NONE).naming).toEqual({ stripPrefix: '', case: 'keep', prefix: '' })
  })

  test('are refused if they are an unknown case or an invalid prefix', () => {
    for (const [input, text] of [
      ['key-case', 'Kebab'],
      ['key-case', 'camel'],
      ['key-prefix', 'a b'],
      ['key-prefix', 'team/'],
      ['key-prefix', 'x'.repeat(248)],
    ] as const) {
      expect(readKeyNaming({ ...NONE, [input]: text }).errors).toEqual([
        { input, message: expect.stringMatching(/^must be/) },
      ])
    }
  })
})
