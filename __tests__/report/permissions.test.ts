import { describe, expect, test } from '@jest/globals'

import { WorkspaceError } from '../../src/databricks/workspace-error.js'
import { describeError } from '../../src/report/describe-errors.js'
import { linesOf } from '../../src/report/explanation.js'
import {
  describeOtherAccess,
  describePermission,
  permissionLines,
  permissionsUnreadable,
  warnAboutOtherPrincipals,
} from '../../src/report/permissions.js'
import { SecretValue } from '../../src/secret-value.js'
import { Redactor } from '../../src/secrets/masks/redactor.js'

const redactor = new Redactor([new SecretValue('fake-longer-value')])
const STORAGE = { kind: 'scope', name: 'storage' } as const
/** Where all permissions were set, and no principal of the input may mean another one. */
const CERTAIN = { someUnset: false, mayBeMeant: () => false }
const RENDERING = { redactor, dryRun: false }

describe('a permission', () => {
  // The log must show the access to the secrets, before and after.
  test('is shown with the permission before', () => {
    const results = [
      { principal: 'a', permission: 'WRITE', from: 'READ', outcome: 'set' },
      { principal: '[UC] Team = A', permission: 'READ', outcome: 'set' },
      { principal: 'b', permission: 'READ', from: 'READ', outcome: 'unchanged' },
      { principal: 'c', permission: 'MANAGE', outcome: 'failed', error: new Error('fake') },
    ] as const
    const lines = (some: typeof results | [], dryRun: boolean): string[] =>
      permissionLines(some.map((each) => describePermission(each, { redactor, dryRun })))
    expect(lines(results, false)).toEqual([
      '  set        a: WRITE (was READ)',
      '  set        [UC] Team = A: READ',
      '  unchanged  b: READ',
      '  \u001B[31mfailed\u001B[0m     c: MANAGE',
    ])
    expect(lines(results, true)[0]).toBe('  will be set  a: WRITE (was READ)')
    expect(lines([], false)).toEqual([])
  })

  // The application id of a service principal is often a secret of the repository, too. The permission before is untrusted text.
  test('is shown without values', () => {
    const words = describePermission(
      {
        principal: 'fake-longer-value',
        permission: 'READ',
        from: 'fake-longer-value\n::error::',
        outcome: 'set',
      },
      RENDERING,
    )
    expect(words).toEqual({
      principal: '***',
      outcome: 'set',
      mark: '✏️',
      permission: 'READ (was *** ::error::)',
    })
  })
})

describe('a permission that is removed', () => {
  const removed = { principal: 'eve\n::error::', permission: 'MANAGE', outcome: 'removed' } as const

  // If this fails, a reader does not see who loses access, or a principal writes into the log.
  test('is shown with what is removed, as untrusted text', () => {
    expect(describePermission(removed, RENDERING)).toEqual({
      principal: 'eve ::error::',
      outcome: 'removed',
      mark: '🗑️',
      permission: 'MANAGE',
    })
    expect(describePermission(removed, { redactor, dryRun: true }).outcome).toBe('will be removed')
  })

  test('is untrusted text, too, if that failed', () => {
    const failed = { ...removed, outcome: 'failed', error: new Error('fake'), removal: true } as const
    expect(describePermission(failed, RENDERING).principal).toBe('eve ::error::')
  })
})

// Lost if this fails: somebody who reads the report believes that nobody else can read the secrets.
test('access that the input does not change is reported, without values and with a limit', () => {
  const owner = { principal: 'fake-longer-value\n', access: 'owner of the schema' }
  const more = Array.from({ length: 20 }, (_, index) => ({
    principal: `p${index}`,
    access: 'MANAGE on the schema',
  }))
  const text = describeOtherAccess([owner, ...more], STORAGE, redactor)
  expect(text).toContain(': "***" (owner of the schema), "p0" (MANAGE on the schema), ')
  expect(text).toMatch(/"p18" \(MANAGE on the schema\), 1 more\.$/)
  expect(describeOtherAccess([], STORAGE, redactor)).toBeUndefined()
})

describe('others with a permission', () => {
  // Another identity may have created the scope in advance, to read what this run writes to it.
  test('are named, with what they have and what to do', () => {
    const warning = warnAboutOtherPrincipals(
      [
        { principal: 'eve@example.com', permission: 'MANAGE', mayBeOurs: false },
        { principal: 'users', permission: 'READ', mayBeOurs: false },
      ],
      STORAGE,
      redactor,
      CERTAIN,
    )
    expect(warning?.text).toContain('access to the scope "storage"')
    expect(warning?.text).toContain('"eve@example.com" (MANAGE), "users" (READ).')
    expect(warning?.text).toMatch(/remove the permissions of the others:$/)
    expect(warning?.commands).toEqual([
      'databricks secrets delete-acl storage eve@example.com',
      'databricks secrets delete-acl storage users',
    ])
  })

  // If a user follows the advice and deletes the permission of this run, the run can never set one again.
  test('are not to be deleted where this run may manage the scope through them', () => {
    const [eve, team] = ['eve@example.com', 'data-team'].map((principal, index) => {
      return { principal, permission: 'MANAGE', mayBeOurs: index === 1 }
    })
    if (eve === undefined || team === undefined) throw new Error('two are needed')
    const alone = warnAboutOtherPrincipals([team], STORAGE, redactor, CERTAIN)
    expect(alone?.text).toMatch(
      /Do not remove "data-team": this run may need it\. Add those that need it to permissions\.$/,
    )
    expect(alone?.commands).toEqual([])
    const both = warnAboutOtherPrincipals([eve, team], STORAGE, redactor, CERTAIN)
    expect(both?.text).toContain('Do not remove "data-team": ')
    expect(both?.commands).toEqual(['databricks secrets delete-acl storage eve@example.com'])
  })

  // If a user follows the advice after a spelling error, the group that should have access loses it.
  test('are not to be removed where the input may mean them', () => {
    const others = ['auditors', 'eve@example.com'].map((principal) => ({
      principal,
      permission: 'READ',
      mayBeOurs: false,
    }))
    const failed = warnAboutOtherPrincipals(others, STORAGE, redactor, { ...CERTAIN, someUnset: true })
    expect(failed?.commands).toEqual([])
    expect(failed?.text).toMatch(/They were left alone\. Before you remove any, correct the permissions/)
    const near = warnAboutOtherPrincipals(others, STORAGE, redactor, {
      ...CERTAIN,
      mayBeMeant: (principal) => principal === 'auditors',
    })
    expect(near?.commands).toEqual(['databricks secrets delete-acl storage eve@example.com'])
  })

  test('are no matter where there are none', () => {
    expect(warnAboutOtherPrincipals([], STORAGE, redactor, CERTAIN)).toBeUndefined()
  })

  test('are named twenty at a time', () => {
    const many = Array.from({ length: 23 }, (_, index) => ({
      principal: `p${index}`,
      permission: 'READ',
      mayBeOurs: false,
    }))
    const warning = warnAboutOtherPrincipals(many, STORAGE, redactor, CERTAIN)
    expect(warning?.text).toContain('"p19" (READ), 3 more.')
    expect(warning?.text).not.toContain('p20')
    expect(warning?.commands).toHaveLength(20)
  })

  test('cannot write into the log or show a value by their names', () => {
    const warning = warnAboutOtherPrincipals(
      [
        { principal: 'a\n::error::b', permission: 'fake-longer-value', mayBeOurs: false },
        { principal: '##[error]c', permission: 'READ', mayBeOurs: false },
        { principal: '<x>', permission: 'READ', mayBeOurs: false },
      ],
      STORAGE,
      redactor,
      CERTAIN,
    )
    expect(warning?.text).toContain('"a ::error::b" (***), "## [error]c" (READ), "(cannot be shown)" (READ)')
    // A name that is shown altered must not be in a command: it would mean another principal.
    expect(warning?.commands).toEqual(["databricks secrets delete-acl storage '<x>'"])
  })
})

// Lost if this fails: an admin grants WRITE as advised, and the next run fails in the same way.
test.each([
  ['PERMISSION_DENIED', 'put-acl storage fake-application-id MANAGE'],
  ['INVALID_PARAMETER_VALUE', 'Check the principal in the input permissions'],
  ['RESOURCE_DOES_NOT_EXIST', 'Check the principal in the input permissions'],
  ['CUSTOMER_UNAUTHORIZED', 'choose another name in the input scope'],
])('%s of a call about permissions has advice of its own', (errorCode, advice) => {
  const error = new WorkspaceError('error-response', {
    status: 400,
    errorCode,
    isJson: true,
    call: 'secrets/acls/put',
  })
  const explanation = describeError(error, {
    origin: 'https://x.example',
    store: { kind: 'scope', name: 'storage', create: true, initialManagePrincipal: 'auto' },
    firstKey: undefined,
    identity: 'fake-application-id',
    permission: 'WRITE',
    writesForPullRequest: false,
    redactor,
  })
  expect(linesOf(explanation)).toContain(advice)
})

test('a dry run without MANAGE says what it does not know, and what the run would do', () => {
  expect(permissionsUnreadable(STORAGE)).toContain('a run needs MANAGE')
})
