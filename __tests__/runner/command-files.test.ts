import { describe, expect, test } from '@jest/globals'
import { parsePairs } from './command-files.js'

// An output that is read wrong here is one that a later step would get wrong, or not at all.
describe('a file of pairs', () => {
  test.each([
    ['a=b\n', { a: 'b' }],
    ['a=b=c<<d', { a: 'b=c<<d' }],
    ['\n\na= b \n', { a: ' b ' }],
    ['a=1\na=2\n', { a: '2' }],
    ['a<<E\none\n\ntwo=2\nE\nb=c\n', { a: 'one\n\ntwo=2', b: 'c' }],
    ['a<<E\nE\n', { a: '' }],
    ['a<<E=F\nx\nE=F', { a: 'x' }],
    ['a<<E\n E\nE\n', { a: ' E' }],
    ['a=b\r\n', { a: 'b\r' }],
    ['', {}],
  ])('%j', (text, pairs) => {
    expect(parsePairs(text)).toEqual(pairs)
  })

  test.each([
    ['a', "Invalid format 'a'"],
    ['=b', "Invalid format '=b'. Name must not be empty"],
    ['<<E\nE', "Invalid format '<<E'. Name must not be empty and delimiter must not be empty"],
    ['a<<\nb', "Invalid format 'a<<'. Name must not be empty and delimiter must not be empty"],
    ['a<<E\nb\nE2', "Invalid value. Matching delimiter not found 'E'"],
  ])('%j is refused', (text, message) => {
    expect(() => parsePairs(text)).toThrow(new Error(message))
  })

  test('a name that JavaScript objects have already is one like any other', () => {
    expect(Object.entries(parsePairs('__proto__=x\n'))).toEqual([['__proto__', 'x']])
  })
})
