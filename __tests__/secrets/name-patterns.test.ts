import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'

import { readNamePatterns } from '../../src/secrets/name-patterns.js'

function matches(pattern: string, name: string): boolean {
  const { patterns, errors } = readNamePatterns(pattern, 'include')
  expect(errors).toEqual([])
  expect(patterns).toHaveLength(1)
  return patterns[0]?.matches(name) ?? false
}

describe('a pattern over names', () => {
  // A pattern that matches too much copies a secret that should not be copied.
  test.each([
    ['API_KEY', 'API_KEY', true],
    ['api_key', 'API_KEY', true],
    ['API_KEY', 'api_key', true],
    ['API', 'API_KEY', false],
    ['KEY', 'API_KEY', false],
    ['API_*', 'API_KEY', true],
    ['API_*', 'API_', true],
    ['API_*', 'MY_API_KEY', false],
    ['*_KEY', 'API_KEY', true],
    ['*KEY*', 'A_KEY_B', true],
    ['A?C', 'ABC', true],
    ['A?C', 'AC', false],
    ['?*', 'A', true],
    ['?*', '', false],
    ['*', '', true],
    ['**', 'A', true],
    ['a.c', 'abc', false],
    ['a-z', 'b', false],
    [' A ', 'A', true],
    ['folder/*', 'folder/KEY', true],
    ['folder*', 'folder/KEY', true],
  ])('%j and the name %j: %j', (pattern, name, expected) => {
    expect(matches(pattern, name)).toBe(expected)
  })

  // Other tools have such patterns. Here they would match nothing.
  test.each(['[AB]', '{A,B}', '!A', 'A B', 'A,B', '\\*', 'É', '"A"'])('cannot be %j', (pattern) => {
    const { patterns, errors } = readNamePatterns(`# comment\n\nA\n${pattern}`, 'exclude')
    expect(patterns).toHaveLength(1)
    expect(errors).toEqual([{ input: 'exclude', line: 4, message: expect.stringContaining('not a pattern') }])
  })

  test('gives the same result as a regular expression', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '-'), maxLength: 8 })
    const pattern = fc.string({
      unit: fc.constantFrom('a', 'b', '.', '*', '*', '?'),
      minLength: 1,
      maxLength: 8,
    })
    fc.assert(
      fc.property(pattern, text, (pattern, name) => {
        const source = pattern.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.')
        expect([pattern, matches(pattern, name)]).toEqual([pattern, new RegExp(`^${source}$`).test(name)])
      }),
      { numRuns: 2_000 },
    )
  })

  // As a regular expression, it would take forever.
  test('with many stars is fast enough', () => {
    expect(matches(`${'a*'.repeat(60)}b`, 'a'.repeat(128))).toBe(false)
  })
})
