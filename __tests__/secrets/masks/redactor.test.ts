import { randomBytes } from 'node:crypto'

import { describe, expect, test } from '@jest/globals'

import { SecretValue } from '../../../src/secret-value.js'
import { Redactor } from '../../../src/secrets/masks/redactor.js'

function redact(text: string, ...values: (string | Buffer)[]): string {
  return redactorOf(...values).redact(text)
}

function redactorOf(...values: (string | Buffer)[]): Redactor {
  return new Redactor(values.map((value) => new SecretValue(value)))
}

// Nothing else masks the job summary, and in the log the runner masks only whole values.
describe('untrusted text', () => {
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

  test('is shown without a value in the form in which it was sent', () => {
    const value = Buffer.from('fake-c\nd')
    expect(redact(`a ${value.toString('base64')} b`, value)).toBe('a *** b')
    expect(redact('{"string_value":"fake \\"line\\"\\nfake-b"}', 'fake "line"\nfake-b')).toBe(
      '{"string_value":"***"}',
    )
  })

  // A server may cut the text. Seven characters occur in many sentences by chance.
  test('is shown without eight characters in common, but with seven', () => {
    expect(redact('a cdefghij b', 'abcdefghijklmnop')).toBe('a *** b')
    expect(redact('a cdefghi b', 'abcdefghijklmnop')).toBe('a cdefghi b')
  })

  // Ranges that are not sorted would hide or repeat the text between two values.
  test('is shown with the text between a short value and a part of a longer one', () => {
    expect(redact('xyz and fake-long-va!', 'xyz', 'fake-long-value')).toBe('*** and ***!')
    expect(redact('fake-long-va and xyz!', 'xyz', 'fake-long-value')).toBe('*** and ***!')
    expect(redact('xyz fake-long-va xyz', 'xyz', 'fake-long-value')).toBe('*** *** ***')
  })

  // Otherwise a server that prints bytes, or adds invisible characters, shows the value.
  describe('is shown without a value', () => {
    const value = 'fäke-välue'
    const bytes = [...Buffer.from(value)]
    const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0'))
    const lists: [string, string][] = [
      ['decimal', bytes.join(', ')],
      ['decimal without blanks', bytes.join(',')],
      ['decimal with hyphens', bytes.join('-')],
      ['decimal with line breaks', bytes.join('\n')],
      ['decimal, signed', bytes.map((byte) => (byte > 127 ? byte - 256 : byte)).join(', ')],
      [
        'code units',
        Array.from(value)
          .map((character) => character.charCodeAt(0))
          .join(' '),
      ],
      ['hex', hex.join(' ')],
      ['hex in upper case, with colons', hex.join(':').toUpperCase()],
      ['hex with 0x', hex.map((byte) => `0x${byte}`).join(', ')],
      ['escapes', hex.map((byte) => `\\x${byte}`).join('')],
      ['escapes that are escaped', hex.map((byte) => `\\\\x${byte}`).join('')],
      [
        'escapes of code points',
        Array.from(value)
          .map((each) => `\\u{${each.charCodeAt(0).toString(16)}}`)
          .join(''),
      ],
      [
        'hex of UTF-16',
        Array.from(value)
          .map((each) => `${each.charCodeAt(0).toString(16)} 00`)
          .join(' '),
      ],
      ['a dump in pairs', hex.join('').replace(/.{4}/g, '$& ').trim()],
      ['octal', bytes.map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')],
    ]
    test.each(lists)('in a list of bytes: %s', (_, list) => {
      const shown = redact(`before [${list}] after`, value)
      expect(shown).toMatch(/^before \[\W{0,4}\*\*\*(?: 00|\W{0,3})\] after$/)
    })

    test('in a list of the bytes of a file', () => {
      const file = randomBytes(40)
      expect(redact(`before [${[...file].join(',')}] after`, file)).toMatch(
        /^before \[(?:0,)*\*\*\*(?:,0)*\] after$/,
      )
    })

    test('of four characters in a list of bytes', () => {
      expect(redact('before [97, 98, 99, 100] after', 'abcd')).toBe('before [***] after')
    })

    test.each([0x34f, 0xfe0f, 0xad, 0x200b, 0x2060, 0x3164, 0xfeff, 0xe0041, 0x180b, 0x1d173])(
      'with U+%# between its characters',
      (code) => {
        const between = String.fromCodePoint(code)
        expect(redact(`a ${Array.from(value).join(between)} b`, value)).toBe('a *** b')
        expect(redact(`a ${value} b`, Array.from(value).join(between))).toBe('a *** b')
        expect(
          new Redactor([new SecretValue(value)]).redactWholes(`a ${Array.from(value).join(between)} b`),
        ).toBe('a *** b')
      },
    )

    test('but with other numbers', () => {
      const text =
        'HTTP 403 from 10.0.0.1:8443 at 2026-11-27 20:15:01, 12, 34, 56 of 100 keys, deadbeef 00 11 22 33'
      expect(redact(text, value, 'fake-value-2')).toBe(text)
    })
  })

  // GitHub issues a token after the first responses were redacted.
  test('is shown without a value that was added later', () => {
    const redactor = new Redactor([new SecretValue('fake-value')])
    expect(redactor.redact('a fake-value, a fake-token, xyz')).toBe('a ***, a fake-token, xyz')
    redactor.add(new SecretValue('fake-token'))
    redactor.add(new SecretValue('xyz'))
    expect(redactor.redact('a fake-value, a fake-token, xyz')).toBe('a ***, a ***, ***')
  })

  // An empty text is between any two characters: every message would become stars.
  test('is shown unchanged if there is nothing to hide', () => {
    expect(redact('a b', '', ' ', '\n')).toBe('a b')
    expect(redact('', 'fake-value')).toBe('')
    expect(redact('the value was fake', 'fake-value')).toBe('the value was fake')
  })

  // Eight characters in common are hidden for any number of values, and other text is not hidden by a hash collision.
  test('is redacted for as many values as a scope may contain', () => {
    const values = Array.from({ length: 1_000 }, () => randomBytes(30).toString('base64'))
    const redactor = redactorOf(...values)
    expect(redactor.redact(`a ${values[678]?.slice(5, 25) ?? ''} b`)).toBe('a *** b')
    const strange = 'This sentence is not in any of them. '.repeat(500)
    expect(redactor.redact(strange)).toBe(strange)
  })

  describe('beside very large values', () => {
    const values = Array.from({ length: 12 }, () => randomBytes(98_000).toString('base64'))
    const token = 'fake-token-0123456789-abcdefghij'
    const redactor = redactorOf(...values, token)

    // The index of such a large map is incomplete. It must hide the same text, and may hide a few characters more.
    test('is shown without their parts', () => {
      const part = values[11]?.slice(70_000, 70_100) ?? ''
      const shown = redactor.redact(`before ${part} after, and more that has nothing to do with it`)
      expect(shown).toMatch(/^.*\*\*\*.* has nothing to do with it$/)
      for (let at = 0; at < 90; at += 5) expect(shown).not.toContain(part.slice(at, at + 8))
    })

    // Half of a token is already too much, also in a map with very large files.
    test('is shown without eight characters of a token', () => {
      const far = 'this has nothing to do with it. '.repeat(20)
      for (let at = 0; at + 8 <= token.length; at++) {
        const part = token.slice(at, at + 8)
        const shown = redactor.redact(`${far}<${part}>${far}`)
        expect(shown).not.toContain(part)
        expect(shown).toMatch(/^this has nothing.*\*\*\*.*do with it\. $/)
      }
    })
  })

  // Each line is too short for the index. A separate search for each line would take too long.
  test('is redacted for a file of short lines', () => {
    const lines = Array.from({ length: 26_000 }, (_, index) =>
      (0x10000 + index).toString(36).padStart(4, '.'),
    )
    const text = `at ${lines[12_345] ?? ''}! ${'What is not in it stays. '.repeat(2_000)}`
    expect(redact(text, lines.join('\n'))).toBe(text.replace(lines[12_345] ?? '', '***'))
  })
})
