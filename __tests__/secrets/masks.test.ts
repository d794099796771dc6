import { describe, expect, test } from '@jest/globals'

import { SecretValue } from '../../src/secret-value.js'
import { planMasks } from '../../src/secrets/masks.js'

function masksOf(...values: (string | Buffer)[]): string[] {
  return planMasks(values.map((value) => new SecretValue(value)))
}

describe('the masks', () => {
  test('hold a value of one line whole, however short, with a line break at its end or not', () => {
    expect(masksOf('fake-value')).toEqual(['fake-value'])
    expect(masksOf('x')).toEqual(['x'])
    expect(masksOf('x\r\n')).toEqual(['x'])
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
