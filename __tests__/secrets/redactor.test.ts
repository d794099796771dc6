import { randomBytes } from 'node:crypto'

import { describe, expect, test } from '@jest/globals'

import { SecretValue } from '../../src/secret-value.js'
import { Redactor } from '../../src/secrets/redactor.js'

function redact(text: string, ...values: (string | Buffer)[]): string {
  return new Redactor(values.map((value) => new SecretValue(value))).redact(text)
}

// The summary is masked by nobody else, and what the runner masks in the log it masks whole.
describe('what others say', () => {
  test.each([
    ['a value', 'a fake-value b', 'fake-value', 'a *** b'],
    ['a short value', 'a xyz b xyzxyz', 'xyz', 'a *** b ***'],
    ['a value at both ends', 'fake-value and fake-value', 'fake-value', '*** and ***'],
    ['its beginning', 'cut: fake-long-va', 'fake-long-value', 'cut: ***'],
    ['its middle', '…e-long-valu…', 'fake-long-value', '…***…'],
    ['a part of its base64', 'ZmFrZS1sb25nLX', 'fake-long-value', '***'],
    ['a line of a longer value', 'at abcd!', 'abcd\nefgh', 'at ***!'],
    ['a string of a JSON value', 'key fake-leaf?', '{"a":"fake\\u002dleaf"}', 'key ***?'],
    ['a replacement pattern', '$& fake-value $1', 'fake-value', '$& *** $1'],
  ])('is shown without %s', (_, text, value, shown) => {
    expect(redact(text, value)).toBe(shown)
  })

  test('is shown without a value as it was sent', () => {
    const value = Buffer.from('fake-c\nd')
    expect(redact(`a ${value.toString('base64')} b`, value)).toBe('a *** b')
    expect(redact('{"string_value":"fake \\"line\\"\\nfake-b"}', 'fake "line"\nfake-b')).toBe(
      '{"string_value":"***"}',
    )
  })

  // An empty text stands between any two characters: every message would come out as stars.
  test('is shown as it is where there is nothing to hide', () => {
    expect(redact('a b', '', ' ', '\n')).toBe('a b')
    expect(redact('', 'fake-value')).toBe('')
    expect(redact('the value was fake', 'fake-value')).toBe('the value was fake')
  })

  // Eight characters in common are hidden however many values there are; none of a strange text is, by a false find.
  test('is gone through for thousands of values at once', () => {
    const values = Array.from({ length: 3_000 }, () => randomBytes(30).toString('base64'))
    expect(redact(`a ${values[1_234]?.slice(5, 25) ?? ''} b`, ...values)).toBe('a *** b')
    const strange = 'This sentence is not in any of them. '.repeat(500)
    expect(redact(strange, ...values)).toBe(strange)
  })

  // So large a map is indexed in part only: it has to hide the same, at the price of a few characters more.
  test('is shown without the parts of very large values', () => {
    const values = Array.from({ length: 8 }, () => randomBytes(98_000).toString('base64'))
    const part = values[7]?.slice(70_000, 70_100) ?? ''
    const shown = redact(`before ${part} after, and more that has nothing to do with it`, ...values)
    expect(shown).toMatch(/^.*\*\*\*.* has nothing to do with it$/)
    for (let at = 0; at < 90; at += 5) expect(shown).not.toContain(part.slice(at, at + 8))
  })
})
