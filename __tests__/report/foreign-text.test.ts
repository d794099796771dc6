import { describe, expect, test } from '@jest/globals'

import { foreignText } from '../../src/report/foreign-text.js'
import { SecretValue } from '../../src/secret-value.js'
import { Redactor } from '../../src/secrets/redactor.js'

function shownOf(text: string, ...values: string[]): string {
  return foreignText(text, new Redactor(values.map((value) => new SecretValue(value))))
}

describe('what comes from outside', () => {
  test.each([
    ['a value', 'before fake-value after', 'before *** after'],
    ['a value inside of another one', 'fake-value-longer', '***'],
    ['a replacement pattern', 'a fake-value $& b', 'a *** $& b'],
    ['line breaks and blanks', ' a\r\n\tb \u2028 c ', 'a b c'],
    ['control and direction marks', 'a\u0000\u001b[31mb\u202ec\u200bd', 'a [31mb c d'],
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
  test('is not shown at all when it is too long to look through', () => {
    expect(shownOf('fake-value'.repeat(10_000), 'fake-value')).toBe('(100000 characters, not shown)')
  })
})
