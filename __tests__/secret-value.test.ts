import { format, inspect } from 'node:util'

import { describe, expect, test } from '@jest/globals'

import { SecretValue } from '../src/secret-value.js'

const FAKE = 'fake-value-ä'

describe('a secret value', () => {
  // A user would lose a secret to the first log line, error or JSON that a value strays into.
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

  // The limit is in bytes: characters would let a value pass that Databricks then refuses.
  test('has a size in bytes of UTF-8', () => {
    expect(new SecretValue('ä😀').byteLength).toBe(6)
    expect(new SecretValue(Buffer.from([0, 255])).byteLength).toBe(2)
  })

  // A credential would be copied into the scope if it were not recognised.
  test('is equal to the same content, as text or as bytes', () => {
    expect(new SecretValue(FAKE).equals(new SecretValue(Buffer.from(FAKE)))).toBe(true)
    expect(new SecretValue(FAKE).equals(new SecretValue(`${FAKE} `))).toBe(false)
  })

  // What a person sees in a debugger or a crash report has to say that there is something, and not what.
  test('shows as three stars', () => {
    expect([
      inspect(new SecretValue(FAKE)),
      String(new SecretValue(FAKE)),
      JSON.stringify(new SecretValue(FAKE)),
    ]).toEqual(['***', '***', '"***"'])
  })

  // Half of a surrogate pair becomes U+FFFD on the wire: other bytes than those that were meant.
  test.each([
    ['ok 😀', true],
    ['\ud83d', false],
    ['\ude00\ud83d', false],
  ])('knows whether %j has a form in UTF-8', (text, wellFormed) => {
    expect(new SecretValue(text).isWellFormed).toBe(wellFormed)
  })
})
