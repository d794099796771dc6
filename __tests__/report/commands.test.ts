import { spawnSync } from 'node:child_process'

import { describe, expect, test } from '@jest/globals'

import { grantCommand, revokeCommand, shellCommand } from '../../src/report/commands.js'
import { SecretValue } from '../../src/secret-value.js'
import { Redactor } from '../../src/secrets/masks/redactor.js'

const redactor = new Redactor([new SecretValue('fake-longer-value')])

describe('a command to copy', () => {
  test('has plain names without quotes', () => {
    const grant = { scope: 'storage', principal: 'ada@example.com', permission: 'WRITE' } as const
    expect(grantCommand(grant, redactor)).toBe('databricks secrets put-acl storage ada@example.com WRITE')
    expect(revokeCommand(grant, redactor)).toBe('databricks secrets delete-acl storage ada@example.com')
  })

  // Lost if this fails: the name of a group runs a command of its own on the machine of an admin.
  const onPosix = process.platform === 'win32' ? test.skip : test
  onPosix.each([
    'data team',
    "O'Brien",
    '[UC] Team = A',
    '$(touch fake) `touch fake`',
    '"; touch fake #',
    '* ? ~ ! \\ & | > <',
    '',
  ])('gives the shell exactly this name: %s', (name) => {
    const command = shellCommand(['printf', "'%s|'"], [name, 'end'])
    expect(spawnSync('/bin/sh', ['-c', command], { encoding: 'utf8' }).stdout).toBe(`${name}|end|`)
  })

  test('never takes a name for an option', () => {
    expect(shellCommand(['databricks'], ['storage', '--debug'])).toBe('databricks -- storage --debug')
  })

  // Lost if this fails: an admin grants a permission to `***`, or sees a value of the map.
  test.each(['fake-longer-value', 'a\nb', '##[error]x', 'two  blanks', 'x'.repeat(301), ''])(
    'is left out for a principal that must be changed to be shown: %j',
    (principal) => {
      expect(grantCommand({ scope: 'storage', principal, permission: 'READ' }, redactor)).toBeUndefined()
      expect(revokeCommand({ scope: 'storage', principal }, redactor)).toBeUndefined()
    },
  )
})
