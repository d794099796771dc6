import { describe, expect, test } from '@jest/globals'

import { SecretValue } from '../../src/secret-value.js'
import { maskProblem, planMasks, planRedactions } from '../../src/secrets/masks.js'

function masksOf(...values: (string | Buffer)[]): string[] {
  return planMasks(values.map((value) => new SecretValue(value)))
}

describe('the masks', () => {
  test('hold a value of one line whole, however short, with a line break at its end or not', () => {
    expect(masksOf('fake-value')).toEqual(['fake-value'])
    expect(masksOf('x')).toEqual(['x'])
    expect(masksOf('x\r\n')).toEqual(['x'])
    expect(masksOf('fake-a\rfake-b')).toEqual(['fake-a', 'fake-b'])
    expect(masksOf('  blanks  ')).toEqual(['  blanks  '])
  })

  // The runner works line by line: without its lines, a multi-line value is printed in the clear.
  test('hold each line of a longer value', () => {
    expect(masksOf('-----BEGIN FAKE-----\nabcd\r\nefgh\n-----END FAKE-----\n')).toEqual([
      '-----BEGIN FAKE-----',
      '-----END FAKE-----',
      'abcd',
      'efgh',
    ])
  })

  // `{` as a mask would turn every brace of the job's log into `***` (actions/runner issue 326).
  test('hold no short line of a longer value, and no line break', () => {
    const masks = masksOf(JSON.stringify({ a: 'fake-leaf', b: { c: [1] } }, null, 2))
    expect(masks.filter((mask) => mask.trim().length < 4 || /[\r\n]/.test(mask))).toEqual([])
    expect(masks).toContain('  "a": "fake-leaf",')
  })

  test('come longest first, none twice and none blank', () => {
    expect(masksOf('fake', 'fake-longer', 'fake', ' ', '\n\n')).toEqual(['fake-longer', 'fake'])
  })

  test('hold the text of a text file, and the base64 of other bytes', () => {
    expect(masksOf(Buffer.from('fäke-text\n'))).toEqual(['fäke-text'])
    expect(masksOf(Buffer.from([0x30, 0x82, 0xff, 0xfe]))).toEqual([
      Buffer.from([0x30, 0x82, 0xff, 0xfe]).toString('base64'),
    ])
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

describe('what is taken out of the words of others', () => {
  // An empty text stands between any two characters: every message would come out as stars.
  test('is never blank', () => {
    expect(planRedactions([new SecretValue(''), new SecretValue(' '), new SecretValue('\n')])).toEqual([
      '\\n',
    ])
  })

  // A workspace that echoes the request gives back what we sent, in the form in which we sent it.
  test('are the masks and the values as a put sends them', () => {
    const redactions = planRedactions([
      new SecretValue('fake "line"\nfake-b'),
      new SecretValue(Buffer.from('fake-c\nd')),
    ])
    expect(redactions).toEqual([
      'fake \\"line\\"\\nfake-b',
      'fake \\"line\\"',
      Buffer.from('fake-c\nd').toString('base64'),
      'fake "line"',
      'fake-b',
      'fake-c',
    ])
  })
})
