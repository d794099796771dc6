import { spawnSync } from 'node:child_process'

import { describe, expect, test } from '@jest/globals'

import { grantCommand, revokeCommand, shellCommand } from '../../src/report/shell-commands.js'

describe('a command to copy', () => {
  test('has plain names without quotes', () => {
    expect(grantCommand('storage', 'ada@example.com', 'WRITE')).toBe(
      'databricks secrets put-acl storage ada@example.com WRITE',
    )
    expect(revokeCommand('storage', 'data team')).toBe("databricks secrets delete-acl storage 'data team'")
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
})
