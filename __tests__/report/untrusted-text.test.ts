import { describe, expect, test } from '@jest/globals'

import { isSafeToShow, untrustedText } from '../../src/report/untrusted-text.js'
import { SecretValue } from '../../src/secret-value.js'
import { Redactor } from '../../src/secrets/masks/redactor.js'

function shownOf(text: string, ...values: string[]): string {
  return untrustedText(text, new Redactor(values.map((value) => new SecretValue(value))))
}

describe('what comes from outside', () => {
  test.each([
    ['a value', 'before fake-value after', 'before *** after'],
    ['a value inside of another one', 'fake-value-longer', '***'],
    ['a replacement pattern', 'a fake-value $& b', 'a *** $& b'],
    ['line breaks and blanks', ' a\r\n\tb \u2028 c ', 'a b c'],
    ['control marks, and what nobody sees', 'a\u0000\u001b[31mb\u202ec\u200bd', 'a [31mbcd'],
    ['a value with marks that nobody sees', 'f\u034fa\u034fk\ufe0fe-v\u200balue', '***'],
    ['a value in a list of bytes', 'got [102, 97, 107, 101, 45, 118, 97, 108, 117, 101]', 'got [***]'],
    ['an old command of the runner', '##[error]forged', '## [error]forged'],
    ['a page', '<html><head><title>Sign in</title><style>a{}</style></head><p>Now</p></html>', 'Sign in Now'],
    ['a script in a page', '<p>a</p><script src=x>alert(1)</script >b', 'a b'],
    ['markup around a value', '<b>fake-value</b>', '***'],
    ['a value that markup would hide', 'fake-<b>value', 'fake- value'],
  ])('is shown without harm: %s', (_, text, shown) => {
    expect(shownOf(text, 'fake-value-longer', 'fake-value')).toBe(shown)
  })

  test('is cut between characters, and behind the masks', () => {
    expect(shownOf('🔑'.repeat(400))).toBe(`${'🔑'.repeat(300)}…`)
    expect(shownOf(`${'x'.repeat(295)}fake-value`, 'fake-value')).toBe(`${'x'.repeat(295)}***`)
    expect(shownOf('x'.repeat(300))).toBe('x'.repeat(300))
  })

  // A value that is cut in half by the limit would be shown by half.
  test('is not shown if it is too long to search', () => {
    expect(shownOf('fake-value'.repeat(10_000), 'fake-value')).toBe('(100000 characters, not shown)')
  })

  test('is looked through up to 65,536 characters', () => {
    expect(shownOf(`fake-value${'-'.repeat(65_526)}`, 'fake-value')).toBe(`***${'-'.repeat(297)}…`)
    expect(shownOf(`fake-value${'-'.repeat(65_527)}`, 'fake-value')).toBe('(65537 characters, not shown)')
  })

  // Without a report, it is not known which secrets are in the scope.
  test.each([
    ['scripts that do not end', '<script'.repeat(9_000)],
    ['whole tags of scripts', '<script>'.repeat(8_000)],
    ['tags that do not end', '<'.repeat(65_536)],
    ['ends of scripts', '<script></script'.repeat(4_000)],
  ])('is shown in time: %s', (_, text) => {
    expect(shownOf(text, 'fake-value').length).toBeLessThanOrEqual(301)
  })
})

// Words that are too short to be found one by one come back together once the white space between them is tidied.
describe('a phrase of short words', () => {
  test.each([
    ['line breaks', 'we\ndo\r\nas\nit\nis\nso\ngo'],
    ['no-break spaces', 'we\u00a0do\u00a0as\u00a0it\u00a0is\u00a0so\u00a0go'],
    ['double blanks', 'we  do  as  it  is  so  go'],
    ['breaks of a page', 'we<br>do<br/>as<br >it<br>is<br>so<br>go'],
    ['some of each', 'we\ndo\u00a0as  it<br>is\tso <i>go</i>'],
  ])('is not shown with %s between them', (_, text) => {
    expect(shownOf(`Got (${text})!`, 'we do as it is so go')).toMatch(/^Got \(\*\*\* ?\)!$/)
  })

  // Eight of its characters are seen before the white space is tidied, and the rest is too short to be seen after.
  test.each(['we do as\u00a0it is', 'we do<br>as it is'])('is not shown by its end: %j', (text) => {
    expect(shownOf(`Got (${text})!`, 'we do as it is')).not.toMatch(/it is|we do/)
  })

  test.each(['we  do  as  it  is  so  go', 'we\u00a0do\u00a0as\u00a0it\u00a0is\u00a0so\u00a0go'])(
    'is not shown tidied, either: %j',
    (value) => {
      for (const text of [value, 'we do as it is so go', 'we<br>do<br>as<br>it<br>is<br>so<br>go']) {
        expect(shownOf(`Got (${text})!`, value)).not.toMatch(/we|do|as|it is|so|go/)
      }
    },
  )
})

// Some servers escape what they echo in their own form, and a reader could still see the value.
describe('a value in a form that no mask has', () => {
  const value = 'fäke/"vàlue"'
  const escaped = (each: (character: string) => string): string => Array.from(value, each).join('')
  const code = (character: string, radix = 10): string => character.charCodeAt(0).toString(radix)
  const bytes = Buffer.from(value).toString('hex')
  const manySlashes = 'ä/b"ç/d"e/f'
  const manyQuotes = "b'c'd 'e'/'f'"

  test.each([
    ['decimal entities', value, escaped((each) => `&#${code(each)};`)],
    ['hex entities', value, escaped((each) => `&#x${code(each, 16)};`)],
    ['hex entities in upper case', value, escaped((each) => `&#X${code(each, 16).toUpperCase()};`)],
    ['escapes of JSON', value, escaped((each) => `\\u${code(each, 16).padStart(4, '0')}`)],
    [
      'escapes of JSON in upper case',
      value,
      escaped((each) => `\\u${code(each, 16).toUpperCase().padStart(4, '0')}`),
    ],
    ['escaped slashes alone', manySlashes, manySlashes.replaceAll('/', '\\/')],
    ['escaped quotes', manyQuotes, manyQuotes.replaceAll("'", "\\'")],
    ['percent forms of all bytes', value, bytes.replace(/../g, '%$&')],
    ['percent forms of all bytes in upper case', value, bytes.toUpperCase().replace(/../g, '%$&')],
    ['decomposed accents', 'fäke-vàlue', 'fäke-vàlue'.normalize('NFD')],
  ])('is not shown: %s', (_, secret, form) => {
    expect(shownOf(`Got (${form})!`, secret)).toMatch(
      /^(?:Got \((?:&#|%)?\*\*\*;?\)!|\(not shown, because .*\))$/,
    )
  })

  // What is taken for markup on the one way is a value on the other, and the rest of it is left.
  test.each(['a<b>cdefgh', 'a<i></i><b>cdefgh', 'abc<b>def<b>gh'])('is not shown as markup: %s', (markup) => {
    const shown = shownOf(`Got (${markup})!`, 'a<b>cdefgh', 'abc<b>def<b>gh')
    expect(shown).not.toMatch(/cdefgh|def|gh/)
  })
})

// Text without a value must stay: it says how to correct the workflow.
test('text with escapes and without a value is shown unchanged', () => {
  const text = String.raw`Tom &#38; J&#xe9;r, &#x110000; a\/b, \u0041 \"c\", 100%25, %C3%A9, %zz and a < b`
  expect(shownOf(text, 'fake-value', 'ä/b/ç/d"e/f')).toBe(text)
})

describe('a name in a command', () => {
  const redactor = new Redactor([new SecretValue('fake-longer-value')])

  test.each(['data-team', "O'Brien", '[UC] Team = A', 'ada@example.com'])('is shown: %s', (name) => {
    expect(isSafeToShow(name, redactor, 'untrusted')).toBe(true)
    expect(isSafeToShow(name, redactor, 'input')).toBe(true)
  })

  // Lost if this fails: an admin grants a permission to `***` or to a name with an invisible character.
  test.each(['fake-longer-value', 'a\nb', 'a\u200bb', '##[error]x', 'two  blanks', 'x'.repeat(301), ''])(
    'is not shown if it must be changed for that: %j',
    (name) => {
      expect(isSafeToShow(name, redactor, 'untrusted')).toBe(false)
      expect(isSafeToShow(name, redactor, 'input')).toBe(false)
    },
  )

  // A workspace may send a part of a value as a name. An application id may share some characters with a token.
  test('of the workspace has no part of a value, and an input has no whole value', () => {
    expect(isSafeToShow('fake-longer-val', redactor, 'untrusted')).toBe(false)
    expect(isSafeToShow('fake-longer-val', redactor, 'input')).toBe(true)
  })
})
