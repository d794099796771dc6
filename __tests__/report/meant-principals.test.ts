import { describe, expect, test } from '@jest/globals'

import { meantPrincipals, quoteNames } from '../../src/report/meant-principals.js'
import { SecretValue } from '../../src/secret-value.js'
import { Redactor } from '../../src/secrets/masks/redactor.js'
import type { PermissionPlan } from '../../src/stores/permission-plan.js'

function planWith(others: readonly string[], named: readonly string[]): PermissionPlan {
  const sets = named.map((principal) => ({ principal, permission: 'READ', action: 'set' as const }))
  return {
    permissions: sets,
    sets,
    others: others.map((principal) => ({ principal, permission: 'READ', mayBeOurs: false })),
  }
}

describe('the principals that a misspelled one may mean', () => {
  // Lost if this fails: the error does not name the right group, or names one that has nothing to do with it.
  test.each([
    ['a missing letter', 'auditor', ['auditors', 'users'], ['auditors']],
    ['other capitals, too', 'data-tema', ['Data-Team'], ['Data-Team']],
    ['a name with spaces', '[UC] Taem A', ['[UC] Team A', '[UC] Team Analytics'], ['[UC] Team A']],
    ['none that is near', 'reviewers', ['auditors'], []],
    ['none of four letters, where each is near', 'dev2', ['devs'], []],
  ])('are found: %s', (_, principal, others, expected) => {
    expect(meantPrincipals(principal, planWith(others, [principal]))).toEqual(expected)
  })

  test('are never those that the input names itself', () => {
    expect(meantPrincipals('auditor', planWith(['AUDITORS'], ['auditor', 'auditors']))).toEqual([])
  })

  test('are shown without names that contain a value', () => {
    const redactor = new Redactor([new SecretValue('fake-longer-value')])
    expect(quoteNames(['a', 'b'], redactor)).toBe('"a" or "b"')
    expect(quoteNames(['fake-longer-value'], redactor)).toBeUndefined()
  })
})
