import { describe, expect, test } from '@jest/globals'

import type { InputError } from '../../src/secrets/input-error.js'
import type { SecretLimits } from '../../src/secrets/secret-limits.js'
import { SecretValue } from '../../src/secret-value.js'
import { validateMap } from '../../src/secrets/validate-map.js'
import { SCHEMA_LIMITS } from '../../src/stores/schema.js'
import { SCOPE_LIMITS } from '../../src/stores/scope.js'

const TOKEN = new SecretValue('fake-token-of-16')

/** Checks a map of these keys and values for a scope, one a line, and returns the lines with errors. */
function linesWithErrors(...map: [key: string, value: string | Buffer][]): (number | undefined)[] {
  return check(...map).map(({ line }) => line)
}

function check(...map: [key: string, value: string | Buffer][]): InputError[] {
  return checkFor(SCOPE_LIMITS, map)
}

function checkFor(limits: SecretLimits, map: [key: string, value: string | Buffer][]): InputError[] {
  return validateMap(
    map.map(([key, value], index) => ({
      key,
      value: new SecretValue(value),
      location: { input: 'secrets', line: index + 1 },
    })),
    [TOKEN],
    limits,
  )
}

describe('the rules of the map', () => {
  // A larger value would fail after others were written. A smaller limit would refuse valid values.
  test('a value has at most 131,072 bytes of UTF-8', () => {
    expect(SCOPE_LIMITS.maxValueBytes).toBe(131_072)
    expect(linesWithErrors(['a', 'x'.repeat(131_072)], ['b', Buffer.alloc(131_072, 1)])).toEqual([])
    expect(linesWithErrors(['a', 'x'.repeat(131_073)], ['b', Buffer.alloc(131_073, 1)])).toEqual([1, 2])
    expect(linesWithErrors(['a', 'ä'.repeat(65_536)])).toEqual([])
    expect(linesWithErrors(['a', 'ä'.repeat(65_536) + 'x'])).toEqual([1])
  })

  // An empty value is usually a secret that is not visible to the job. Writing it would destroy the old value.
  test('a value is neither empty nor the end of a base64 text', () => {
    expect(
      linesWithErrors(['a', ''], ['b', ' \t\n'], ['c', '='], ['d', '= '], ['e', '=\r'], ['f', '==']),
    ).toEqual([1, 2, 3, 4, 5])
  })

  test('a value can be encoded in UTF-8', () => {
    expect(linesWithErrors(['a', 'x\ud800'])).toEqual([1])
  })

  // The workspace would refuse a longer key after others were written. A smaller limit would refuse valid keys.
  test.each([
    [128, SCOPE_LIMITS, '128 characters, the limit of a secret scope'],
    [248, SCHEMA_LIMITS, '248 characters, the limit of Unity Catalog'],
  ])('a key has at most %d characters, the limit of its target', (length, limits, message) => {
    expect(checkFor(limits, [['k'.repeat(length), 'v']])).toEqual([])
    expect(checkFor(limits, [['k'.repeat(length + 1), 'v']])).toMatchObject([
      { line: 1, message: expect.stringContaining(message) },
    ])
  })

  // To Databricks, these are the same key, and it would be chance which value stays.
  test('a key is unique, case-insensitive', () => {
    expect(linesWithErrors(['api_key', '1'], ['other', '2'], ['API_KEY', '3'], ['Api_Key', '4'])).toEqual([
      3, 4,
    ])
    expect(check(['a', '1'], ['A', '2'])[0]?.message).toContain('same key as secrets, line 1')
  })

  // All users of a workspace can read keys.
  describe('a key', () => {
    const VALUE = 'fake-value-of-16'
    const BASE64 = 'ZmFrZS12YWx1ZS1vZi0xNg'
    const HEX = '66616b652d76616c75652d6f662d3136'

    test.each([
      ['equals a value of eight characters', 'postgres', 'postgres'],
      ['equals bytes', 'fakepass', Buffer.from('fakepass')],
      ['equals a short value in base64', 'ZmFrZXBhc3M', 'fakepass'],
      ['equals a short value in hex', '66616b6570617373', 'fakepass'],
      ['equals bytes that are no text, in hex', 'fffefdfcfbfaf9f8', Buffer.from('fffefdfcfbfaf9f8', 'hex')],
      ['is its own value', 'k'.repeat(128), 'k'.repeat(128)],
      ['equals a line of a value', 'fakeline', 'other\nfakeline'],
      ['contains a value of sixteen', `the-${VALUE}-key`, VALUE],
      ['contains a value of sixteen in capitals', `THE-${VALUE.toUpperCase()}-KEY`, VALUE],
      ['contains a value in base64', `the-${BASE64}-key`, VALUE],
      ['contains a value in base64, in small letters', BASE64.toLowerCase(), VALUE],
      [
        'contains a value in base64 behind something else',
        Buffer.from(`a:${VALUE}b`).toString('base64url'),
        VALUE,
      ],
      ['contains a value in hex', `the-${HEX}-key`, VALUE],
      ['contains a value in hex, in capitals', HEX.toUpperCase(), VALUE],
      ['contains the credential of this run', 'my-fake-token-of-16', TOKEN.reveal()],
    ])('is refused if it %s', (_, key, value) => {
      expect(linesWithErrors([key, '1'], ['b', value])).toEqual([1])
    })

    // A key of a schema may be so long.
    test.each([
      ['plain', 'fake-value-'.repeat(20), 'fake-value-'.repeat(20)],
      ['in base64', Buffer.from('fake-value-'.repeat(16)).toString('base64url'), 'fake-value-'.repeat(16)],
      ['in hex', Buffer.from('fake-value-'.repeat(11)).toString('hex'), 'fake-value-'.repeat(11)],
    ])('is refused if it is longer than 128 characters and contains a value %s', (_, key, value) => {
      const errors = checkFor(SCHEMA_LIMITS, [
        [key, '1'],
        ['b', value],
      ])
      expect(errors).toMatchObject([{ line: 1, message: expect.stringContaining('contains a value') }])
    })

    // Many databases have POSTGRES_USER=postgres.
    test.each([
      ['equals a value of seven', 'fake-pa', 'fake-pa'],
      ['contains a value of fifteen', 'the-fake-value-of-15-key', 'fake-value-of-15'.slice(0, 15)],
      ['is a short value in capitals', 'POSTGRES', 'postgres'],
      ['begins with its value', 'snowflake-user', 'snowflake'],
      ['has its value in capitals', 'POSTGRES_USER', 'postgres'],
      ['is longer than any key could be', 'b2', 'k'.repeat(249)],
    ])('is accepted if it %s', (_, key, value) => {
      expect(linesWithErrors([key, value], ['b', 'other'])).toEqual([])
    })
  })

  test('a map has at most 1,000 keys', () => {
    const keys = Array.from({ length: 1_001 }, (_, index): [string, string] => [`key-${index}`, 'v'])
    expect(linesWithErrors(...keys.slice(1))).toEqual([])
    expect(linesWithErrors(...keys)).toEqual([1_001])
  })
})
