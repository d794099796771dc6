import { expect, test } from '@jest/globals'

import { SecretValue } from '../../../src/secret-value.js'
import { Redactor } from '../../../src/secrets/masks/redactor.js'

function redact(text: string, ...values: string[]): string {
  return new Redactor(values.map((value) => new SecretValue(value))).redactWholes(text)
}

// Otherwise everyone can read the value in the comment on the pull request.
test.each([
  ['itself', 'fake-value-1'],
  ['base64', Buffer.from('fake-value-1').toString('base64')],
  ['base64 in a longer text', Buffer.from('user:fake-value-1').toString('base64').slice(7, 22)],
  ['hex', Buffer.from('fake-value-1').toString('hex')],
])('a value is hidden as %s', (_, form) => {
  const text = `| ${form} | ${form}. |`
  expect(redact(text, 'fake-value-1')).not.toContain(form)
})

test('values that overlap become one replacement', () => {
  expect(redact('a fake-one-two-three b', 'fake-one-two', 'one-two-three')).toBe('a *** b')
})

test('each line of a value is hidden', () => {
  expect(redact('fake-first and fake-last', 'fake-first\nfake-last')).toBe('*** and ***')
})

// Otherwise most words of the comment would be hidden, because a connection string contains them too.
test('words that a value has in common with our text stay', () => {
  const value = 'Server=x;Database=secrets in the workspace;created'
  const text = '### Databricks secrets\n\n1 secret in the workspace would be created'
  expect(redact(text, value, 'on', '1', '|')).toBe(text)
})

test('a token that is added later is hidden too', () => {
  const redactor = new Redactor([])
  expect(redactor.redactWholes('fake-token')).toBe('fake-token')
  redactor.add(new SecretValue('fake-token'))
  expect(redactor.redactWholes('fake-token')).toBe('***')
})
