import { expect, test } from '@jest/globals'

import { SecretValue } from '../../../src/secret-value.js'
import { Redactor } from '../../../src/secrets/masks/redactor.js'

function redact(text: string, ...values: string[]): string {
  return new Redactor(values.map((value) => new SecretValue(value))).redactWholes(text)
}

// A value that others can read for as long as the pull request is there.
test.each([
  ['itself', 'fake-value-1'],
  ['base64', Buffer.from('fake-value-1').toString('base64')],
  ['base64 in a longer text', Buffer.from('user:fake-value-1').toString('base64').slice(7, 22)],
  ['hex', Buffer.from('fake-value-1').toString('hex')],
])('a value is hidden as %s', (_, form) => {
  const text = `| ${form} | ${form}. |`
  expect(redact(text, 'fake-value-1')).not.toContain(form)
})

test('values that overlap are one stretch', () => {
  expect(redact('a fake-one-two-three b', 'fake-one-two', 'one-two-three')).toBe('a *** b')
})

test('each line of a value is hidden', () => {
  expect(redact('fake-first and fake-last', 'fake-first\nfake-last')).toBe('*** and ***')
})

// A comment in which every second word is gone, since a connection string has them too.
test('what a value has in common with our words stays', () => {
  const value = 'Server=x;Database=secrets in the workspace;created'
  const text = '### Databricks secrets\n\n1 secret in the workspace would be created'
  expect(redact(text, value, 'on', '1', '|')).toBe(text)
})

test('a token of a sign-in that came later is hidden too', () => {
  const redactor = new Redactor([])
  expect(redactor.redactWholes('fake-token')).toBe('fake-token')
  redactor.add(new SecretValue('fake-token'))
  expect(redactor.redactWholes('fake-token')).toBe('***')
})
