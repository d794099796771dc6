import { format, inspect } from 'node:util'

import { describe, expect, test } from '@jest/globals'

import { SecretValue } from '../src/secret-value.js'

const FAKE = 'fake-value-ä'

describe('a secret value', () => {
  // Otherwise a value leaks with the first log line, error or JSON that contains it.
  test.each<[string, (value: SecretValue) => string]>([
    ['String()', (value) => String(value)],
    ['a joined array', (value) => [value].join()],
    ['util.format', (value) => format('%s %o %j', value, value, value)],
    ['JSON', (value) => JSON.stringify({ value })],
    ['util.inspect', (value) => inspect({ value }, { depth: null, showHidden: true, getters: true })],
    ['an error', (value) => inspect(new Error('failed', { cause: value }), { showHidden: true })],
    ['Object.entries', (value) => JSON.stringify(Object.entries(value))],
  ])('does not show in %s', (_, print) => {
    expect(print(new SecretValue(FAKE))).not.toContain('fake-value')
    expect(print(new SecretValue(Buffer.from(FAKE)))).not.toContain(Buffer.from(FAKE).toString('hex'))
  })

  // The limit is in bytes: a limit in characters would accept values that Databricks refuses.
  test('has a size in bytes of UTF-8', () => {
    expect(new SecretValue('ä😀').byteLength).toBe(6)
    expect(new SecretValue(Buffer.from([0, 255])).byteLength).toBe(2)
  })

  // Otherwise a credential of the run is copied into the scope.
  test('is equal to the same content, as text or as bytes', () => {
    expect(new SecretValue(FAKE).equals(new SecretValue(Buffer.from(FAKE)))).toBe(true)
    expect(new SecretValue(FAKE).equals(new SecretValue(`${FAKE} `))).toBe(false)
  })

  // A debugger or a crash report should show that there is a value, but not the value.
  test('prints as three stars', () => {
    expect([
      inspect(new SecretValue(FAKE)),
      String(new SecretValue(FAKE)),
      JSON.stringify(new SecretValue(FAKE)),
    ]).toEqual(['***', '***', '"***"'])
  })

  // Half of a surrogate pair becomes U+FFFD in a request, which are other bytes.
  test.each([
    ['ok 😀', true],
    ['\ud83d', false],
    ['\ude00\ud83d', false],
  ])('knows whether UTF-8 can encode %j', (text, wellFormed) => {
    expect(new SecretValue(text).isWellFormed).toBe(wellFormed)
  })
})
