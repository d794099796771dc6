import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'

import { SecretValue } from '../../../src/secret-value.js'
import { ValueFinder } from '../../../src/secrets/masks/value-finder.js'

// Somebody pasted the secret where a reference belongs: its rotation will not reach that place.
describe('a value in a text of others', () => {
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('fake-utf16-value', 'utf16le')])
  const finder = new ValueFinder(
    [
      'fake-value-1',
      'fake-value-2',
      ' fake-with-blanks \n',
      'fake-fäß-💾',
      '1234567',
      Buffer.from([255, 0, 1]),
      utf16,
    ].map((content) => new SecretValue(content)),
  )

  test.each([
    ['fake-value-1', true],
    ['fake-value-2', true],
    ['user=x;password=fake-value-2;', true],
    ['fake-fake-value-1', true],
    ['fake-with-blanks', true],
    ['fake-fäß-💾', true],
    ['fake-utf16-value', true],
    ['fake-value-', false],
    ['fake-value-3', false],
    ['FAKE-VALUE-1', false],
    ['ake-value-1', false],
    ['1234567', false],
    ['', false],
  ])('%j: %p', (text, occurs) => {
    expect(finder.occursIn(text)).toBe(occurs)
  })

  test('is found exactly where it is, for any values and texts', () => {
    const few = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 40 })
    fc.assert(
      fc.property(
        fc.array(
          few.filter((text) => text.length >= 8),
          { maxLength: 5 },
        ),
        few,
        (values, text) => {
          const expected = values.some((value) => text.includes(value))
          return new ValueFinder(values.map((value) => new SecretValue(value))).occursIn(text) === expected
        },
      ),
      { numRuns: 2_000 },
    )
  })
})
