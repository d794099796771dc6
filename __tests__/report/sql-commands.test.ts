import { expect, test } from '@jest/globals'

import { REVOKE_COMMANDS } from '../../src/report/permissions.js'
import { grantStatements, revokeStatement } from '../../src/report/sql-commands.js'
import { SecretValue } from '../../src/secret-value.js'
import { Redactor } from '../../src/secrets/masks/redactor.js'

const VALUE = 'fake-value-of-the-map'
const REDACTOR = new Redactor([new SecretValue(VALUE)])

// A name must not become SQL: somebody copies the statement and runs it with more rights than the run has.
test.each([
  ['main.storage', 'analysts', 'GRANT READ SECRET ON SCHEMA `main`.`storage` TO `analysts`;'],
  ['my-catalog.1st', 'a@b.example', 'GRANT READ SECRET ON SCHEMA `my-catalog`.`1st` TO `a@b.example`;'],
  [
    'main.a`b',
    'x`; DROP SCHEMA y; --',
    'GRANT READ SECRET ON SCHEMA `main`.`a``b` TO `x``; DROP SCHEMA y; --`;',
  ],
])('a grant on %s to %s quotes both names', (name, principal, expected) => {
  const grant = { type: 'schema', name, privileges: 'READ SECRET' } as const
  expect(grantStatements([{ ...grant, principal }], undefined, REDACTOR)).toEqual([expected])
  expect(grantStatements([grant], principal, REDACTOR)).toEqual([expected])
})

test('a grant to a principal that equals a value is left out, and one to such an identity has a placeholder', () => {
  const grant = { type: 'catalog', name: 'main', privileges: 'USE CATALOG' } as const
  expect(grantStatements([{ ...grant, principal: VALUE }, grant], VALUE, REDACTOR)).toEqual([
    'GRANT USE CATALOG ON CATALOG `main` TO `PRINCIPAL`;',
  ])
})

test('at most 20 grants are listed', () => {
  const grant = { type: 'schema', name: 'main.storage', principal: 'eve', privileges: 'READ SECRET' } as const
  expect(grantStatements(Array(30).fill(grant), undefined, REDACTOR)).toHaveLength(20)
})

test('a grant can be revoked', () => {
  const grant = {
    type: 'secret',
    name: 'main.storage.blob',
    principal: 'eve',
    privileges: 'READ SECRET, WRITE SECRET',
  } as const
  expect(revokeStatement(grant)).toBe(
    'REVOKE READ SECRET, WRITE SECRET ON SECRET `main`.`storage`.`blob` FROM `eve`;',
  )
})

test('the permission of a principal is removed with the command of its store', () => {
  const eve = { principal: 'eve', permission: 'READ SECRET' }
  expect(REVOKE_COMMANDS.cli('storage', eve)).toBe('databricks secrets delete-acl storage eve')
  expect(REVOKE_COMMANDS.sql('main.storage', eve)).toBe(
    'REVOKE READ SECRET ON SCHEMA `main`.`storage` FROM `eve`;',
  )
})
