import { describe, expect, test } from '@jest/globals'

import { SecretValue } from '../../src/secret-value.js'
import { maskProblem, planMasks } from '../../src/secrets/masks.js'

function masksOf(...values: (string | Buffer)[]): string[] {
  return planMasks(values.map((value) => new SecretValue(value)))
}

describe('the masks', () => {
  test.each([
    ['a value of one line whole', 'fake-value', 'fake-value'],
    ['a value whole, however short', 'x', 'x'],
    ['what a line break at its end leaves', 'x\r\n', 'x'],
    ['blanks around it', '  blanks  ', '  blanks  '],
    ['and what a tool leaves of these', '  blanks  ', 'blanks'],
    ['what stands between quotes', '"fake-value"', 'fake-value'],
    ['and between single ones', " 'fake-value'\n", 'fake-value'],
    ['each line of a longer value', '-----BEGIN FAKE-----\nabcd\r\nefgh\rijkl\n', 'ijkl'],
    ['a string of a JSON value, decoded', '{"a": {"b": ["fake\\u002dleaf"]}}', 'fake-leaf'],
    ['the lines of such a string', '{"key": "fake-one\\nfake-two"}', 'fake-two'],
    ['a string of JSON inside of JSON', JSON.stringify({ a: '{"b":"fake-leaf"}' }), 'fake-leaf'],
    ['a repeated member that JSON.parse forgets', '{"a": "fake-first", "a": "fake-last"}', 'fake-first'],
    // What a shell, Python and OpenSSL print of `fake-value`, without the ends that depend on what stands around.
    ['base64', 'fake-value', 'ZmFrZS12YWx1Z'],
    ['base64 of a text that it stands in', 'fake-value', 'Zha2UtdmFsdW'],
    ['base64url', '~~~fake???', 'fn5-ZmFrZT8_P'],
    ['hex', 'fake-value', '66616b652d76616c7565'],
    ['hex in upper case', 'fake-value', '66616B652D76616C7565'],
    ['percent forms with lower-case digits', 'fake/välue', 'fake%2fv%c3%a4lue'],
    ['the form of a browser', 'fake väl(ue)', 'fake+v%C3%A4l%28ue%29'],
    ["the URL's form of a whole value of several lines", 'fake-a\nb', 'fake-a%0ab'],
    ["Python's JSON", 'fake-"é', 'fake-\\"\\u00e9'],
    ["Go's JSON", '<fake>', '\\u003cfake\\u003e'],
    ["Python's HTML", "it's <fake>", 'it&#x27;s &lt;fake&gt;'],
    ['a trace of bash', "it's-fake", "it'\\''s-fake"],
    ['the text of a text file', Buffer.from('fäke-text\n'), 'fäke-text'],
    ['the base64 of other bytes', Buffer.from([0x30, 0x82, 0xff, 0xfe, 0x30, 0x82]), 'MIL//jCC'],
  ])('hold %s', (_, value, mask) => {
    expect(masksOf(value)).toContain(mask)
  })

  // `echo "$KEY" | base64` breaks its lines, and the runner works line by line.
  test.each([
    [64, Buffer.from('fake '.repeat(40)).toString('base64').slice(64, 128)],
    [76, Buffer.from('fake '.repeat(40)).toString('base64').slice(76, 152)],
    [60, Buffer.from('fake '.repeat(40)).toString('hex').slice(60, 120)],
  ])('hold the lines of a long encoding: %d characters', (_, line) => {
    expect(masksOf('fake '.repeat(40))).toContain(line)
  })

  // `{` as a mask would turn every brace of the job's log into `***` (actions/runner issue 326).
  test.each([
    ['a JSON document', JSON.stringify({ a: 'fake-leaf', b: { c: [1, 'ab'] } }, null, 2)],
    ['short lines', 'ab\n  c \n{\n}\nfake-line\n'],
    ['Windows line ends', 'ab\r\nfake-line\r\n'],
    ['a short string in quotes', '"ab"'],
  ])('hold nothing under four characters of a longer value, and no line break: %s', (_, value) => {
    const masks = masksOf(value).filter((mask) => mask !== value)
    expect(masks.filter((mask) => mask.trim().length < 4 || /[\r\n]/.test(mask))).toEqual([])
    expect(masks.length).toBeGreaterThan(0)
  })

  // These are in every log: to mask them would make it unreadable.
  test('do not hold the names of the members of a JSON value', () => {
    expect(masksOf('{"private_key" : "fake-leaf", "x": {"client_email":"fake-mail"}}')).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(private_key|client_email)$/)]),
    )
  })

  test('come longest first, none twice and none blank', () => {
    const masks = masksOf('fake', 'fake-longer', 'fake', ' ', '\n\n', '')
    expect(masks.map(({ length }) => length)).toEqual(masks.map(({ length }) => length).sort((a, b) => b - a))
    expect(new Set(masks).size).toBe(masks.length)
    expect(masks.filter((mask) => mask.trim() === '')).toEqual([])
  })
})

describe('a value that a mask does not serve well', () => {
  // Whoever is not told prints it in a later step.
  test.each([
    ['fake', undefined],
    ['abc', 'garbles'],
    ['  x  ', 'garbles'],
    ['abc\ndef', 'absent'],
    ['abc\nfake-line', undefined],
  ])('%j: %s', (value, problem) => {
    expect(maskProblem(new SecretValue(value))).toBe(problem)
  })
})
