import { expect, test } from '@jest/globals'

import { REVOKE_COMMANDS } from '../../src/report/permissions.js'
import { grantStatement, revokeStatement } from '../../src/report/sql-commands.js'

// A name must not become SQL: somebody copies the statement and runs it with more rights than the run has.
test.each([
  ['main.storage', 'analysts', 'GRANT READ SECRET ON SCHEMA main.storage TO `analysts`;'],
  ['my-catalog.1st', 'a@b.example', 'GRANT READ SECRET ON SCHEMA `my-catalog`.`1st` TO `a@b.example`;'],
  [
    'main.a`b',
    'x`; DROP SCHEMA y; --',
    'GRANT READ SECRET ON SCHEMA main.`a``b` TO `x``; DROP SCHEMA y; --`;',
  ],
])('a grant on %s to %s quotes both names', (name, principal, expected) => {
  expect(grantStatement({ type: 'schema', name, principal, privileges: 'READ SECRET' })).toBe(expected)
})

test('a grant can be revoked', () => {
  const grant = {
    type: 'secret',
    name: 'main.storage.blob',
    principal: 'eve',
    privileges: 'READ SECRET, WRITE SECRET',
  } as const
  expect(revokeStatement(grant)).toBe(
    'REVOKE READ SECRET, WRITE SECRET ON SECRET main.storage.blob FROM `eve`;',
  )
})

test('the permission of a principal is removed with the command of its store', () => {
  const eve = { principal: 'eve', permission: 'READ SECRET' }
  expect(REVOKE_COMMANDS.cli('storage', eve)).toBe('databricks secrets delete-acl storage eve')
  expect(REVOKE_COMMANDS.sql('main.storage', eve)).toBe(
    'REVOKE READ SECRET ON SCHEMA main.storage FROM `eve`;',
  )
})
