import { describe, expect, test } from '@jest/globals'
import { SecretMasker } from './secret-masker.js'

function masker(...secrets: string[]): SecretMasker {
  const masker = new SecretMasker()
  for (const secret of secrets) masker.add(secret)
  return masker
}

// A form that the stand-in masks and the runner does not would let a leak pass for none, and the other way round.
describe('a form of a secret', () => {
  test.each([
    ['itself', 's3cret!', 's3cret!'],
    ['Base64', 'hunter22', 'aHVudGVyMjI='],
    ['Base64 from the second byte', 'hunter22', 'dW50ZXIyMg=='],
    ['Base64 from the third byte', 'hunter22', 'bnRlcjIy'],
    ['Base64 of UTF-8', 'pässword', 'cMOkc3N3b3Jk'],
    ['command-line argument', 'a"b"c', 'a\\"b\\"c'],
    ['expression', "it's", "it''s"],
    ['JSON', 'a"b\\c\td\u0001\u2028e', 'a\\"b\\\\c\\td\\u0001\\u2028e'],
    ['URI', "a b/é!'()*~", 'a%20b%2F%C3%A9%21%27%28%29%2A~'],
    ['XML', `<&>"'`, '&lt;&amp;&gt;&quot;&apos;'],
    ['double quotes cut', '"long enough"', 'long enough'],
    ['PowerShell, up to the last &', 'first1&second2&third3', 'first1&second2&'],
    ['PowerShell, after the last &', 'first1&second2&third3', 'third3'],
    ['PowerShell, up to &+', 'first1&+second2&third3', 'first1&+'],
    ['PowerShell, after &+ and one more', 'first1&+second2&third3', 'econd2&third3'],
  ])('%s of %j is masked: %j', (_form, secret, printed) => {
    expect(masker(secret).mask(`<${printed}>`)).toBe('<***>')
  })

  test.each([
    ['Base64 within another text', 'hunter22', Buffer.from('user:hunter22!').toString('base64')],
    ['Base64 without padding', 'hunter22', 'aHVudGVyMjI'],
    ['hex', 'hunter2', '68756e74657232'],
    ['URI in lower case', 'a/é', 'a%2f%c3%a9'],
    ['Base64, URL-safe', '??>>', 'Pz8-Pg'],
    ['quotes cut from a short one', '"short"', 'short'],
    ['single quotes cut', "'long enough'", 'long enough'],
    ['a short PowerShell section', 'ab&cd', 'ab&'],
    ['another case', 'Hunter2', 'hunter2'],
  ])('%s is not masked', (_form, secret, printed) => {
    expect(masker(secret).mask(printed)).toBe(printed)
  })

  test('Base64 of a value of several lines is masked only where a line of it happens to be aligned', () => {
    const base64 = (text: string) => Buffer.from(text).toString('base64')
    expect(masker('first\nlast').mask(base64('first\nlast'))).toBe(`${base64('first\n')}***`)
    expect(masker('first\nlast').mask(base64('last'))).toBe('***')
  })
})

describe('what is registered', () => {
  test('each line of a value, cut at CR or LF: a lone brace then hides every brace of the log', () => {
    expect(masker('{\n  "key": 1\r}').mask('{ a } "key": 1')).toBe('*** a *** ***')
  })

  test('it is trimmed', () => {
    expect(masker('  s3cret \n').mask('s3cret')).toBe('***')
    expect(masker(' \r\n ').mask('a b')).toBe('a b')
  })

  test('a lone surrogate breaks nothing', () => {
    expect(masker('a\uD800b').mask('a\uFFFDb a b')).toBe('*** a b')
  })
})

test('a thousand secrets and a long log are no matter of minutes', () => {
  const many = masker(...Array.from({ length: 1000 }, (_, index) => `value-of-secret-${index}`))
  const line = 'an ordinary line of value, with value-of-secret-500 in it'
  for (let count = 0; count < 5000; count++)
    expect(many.mask(line)).toBe('an ordinary line of value, with *** in it')
})

// A gap or a star too many tells a reader where one secret ends and another begins.
describe('finds', () => {
  test.each([
    ['overlap', ['abcd', 'cdef'], 'xabcdefx', 'x***x'],
    ['touch', ['abc', 'def'], 'xabcdefx', 'x***x'],
    ['contain each other', ['abcdef', 'cd'], 'xabcdefx', 'x***x'],
    ['overlap themselves', ['aba'], 'xababax', 'x***x'],
    ['stand apart', ['abc'], 'abc abc', '*** ***'],
    ['fill the line', ['abc'], 'abc', '***'],
  ])('that %s', (_how, secrets, text, masked) => {
    expect(masker(...secrets).mask(text)).toBe(masked)
  })
})
