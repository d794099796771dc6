import { describe, expect, test } from '@jest/globals'

import type { Identity } from '../../src/databricks/identity-api.js'
import type { Permission } from '../../src/databricks/permission.js'
import type { PermissionPlan } from '../../src/stores/permission-plan.js'
import { planScopePermissions } from '../../src/stores/scope-permissions.js'
import { SyncError } from '../../src/stores/sync-error.js'

const PROGRAM = '00000000-0000-4000-8000-00000000C1C1'
const ADA = { name: 'ada@example.com', groups: ['data-team', 'engineers'] }
const ROOT = { name: 'root@example.com', groups: ['admins'] }

type Table = Readonly<Record<string, string>>

function plan(
  desired: Table,
  current: Table | 'creator' | 'users',
  me: Identity | undefined,
  exact = false,
): PermissionPlan {
  const lines = Object.entries(desired).map(([principal, permission]) => ({
    principal,
    permission: permission as Permission,
  }))
  const listed =
    typeof current === 'string'
      ? current
      : Object.entries(current).map(([principal, permission]) => ({ principal, permission }))
  return planScopePermissions({ lines, exact }, listed, me)
}

/** A plan as a person would note it. */
function noted({ permissions, others }: PermissionPlan): string[] {
  return [
    ...permissions.map((each) =>
      each.action === 'remove'
        ? `remove ${each.principal} ${each.permission}`
        : `${each.action} ${each.principal} ${each.from ?? 'none'} → ${each.permission}`,
    ),
    ...others.map(({ principal, permission }) => `other ${principal} ${permission}`),
  ]
}

describe('others through whom this run may manage the scope', () => {
  test.each<[string, Table, Table, Identity | undefined, string[]]>([
    [
      'are all who manage it, when its identity is unknown',
      {},
      { eve: 'MANAGE', team: 'READ' },
      undefined,
      ['eve'],
    ],
    ['are a group of its own', {}, { eve: 'MANAGE', 'data-team': 'MANAGE' }, ADA, ['data-team']],
    ['are all users', {}, { users: 'MANAGE' }, ADA, ['users']],
    ['are none when it manages the scope by name', {}, { users: 'MANAGE', [ADA.name]: 'MANAGE' }, ADA, []],
    ['are none when it is given that', { [ADA.name]: 'MANAGE' }, { 'data-team': 'MANAGE' }, ADA, []],
    ['are none for an admin', {}, { users: 'MANAGE' }, ROOT, []],
    ['are none that may only read', {}, { 'data-team': 'READ', eve: 'MANAGE' }, ADA, []],
  ])('%s', (_, desired, current, me, expected) => {
    const ours = plan({ team: 'READ', ...desired }, current, me).others.filter(({ mayBeOurs }) => mayBeOurs)
    expect(ours.map(({ principal }) => principal)).toEqual(expected)
  })
})

describe('the plan', () => {
  // Lost if this fails: a principal can read secrets by mistake, or a job lacks a permission.
  test.each<[string, Table, Table | 'creator' | 'users', string[]]>([
    ['a new principal', { team: 'READ' }, { 'ada@example.com': 'MANAGE' }, ['set team none → READ']],
    ['one that has it', { team: 'READ' }, { team: 'READ' }, ['unchanged team READ → READ']],
    ['one that has less', { team: 'WRITE' }, { team: 'READ' }, ['set team READ → WRITE']],
    ['one that has more', { team: 'READ' }, { team: 'WRITE' }, ['set team WRITE → READ']],
    ['a word we do not know', { team: 'MANAGE' }, { team: 'OWN' }, ['set team OWN → MANAGE']],
    [
      'several, in the order of the input',
      { b: 'READ', a: 'READ' },
      { a: 'READ' },
      ['set b none → READ', 'unchanged a READ → READ'],
    ],
    [
      'an e-mail in another case',
      { 'Grace@Example.com': 'READ' },
      { 'grace@example.com': 'READ' },
      ['unchanged Grace@Example.com READ → READ'],
    ],
    [
      'an application id in another case',
      { [PROGRAM]: 'READ' },
      { [PROGRAM.toLowerCase()]: 'READ' },
      [`unchanged ${PROGRAM} READ → READ`],
    ],
    [
      'a group in another case, which may be another group',
      { Team: 'READ' },
      { team: 'READ' },
      ['set Team READ → READ', 'other team READ'],
    ],
    [
      'the spelling of the input where there are both',
      { Team: 'READ' },
      { team: 'WRITE', Team: 'READ' },
      ['unchanged Team READ → READ', 'other team WRITE'],
    ],
    [
      'others, but for ourselves',
      { team: 'READ' },
      { 'ADA@example.com': 'MANAGE', team: 'READ', 'eve@example.com': 'READ', 'data-team': 'READ' },
      ['unchanged team READ → READ', 'other eve@example.com READ', 'other data-team READ'],
    ],
    ['a new scope of ours', { team: 'READ' }, 'creator', ['set team none → READ']],
    ['a new scope of all users', { team: 'READ' }, 'users', ['set team none → READ', 'other users MANAGE']],
    [
      'a new scope of all users, taken from them',
      { users: 'READ', 'data-team': 'MANAGE' },
      'users',
      ['set users MANAGE → READ', 'set data-team none → MANAGE'],
    ],
    ['a scope without any', { team: 'READ' }, {}, ['set team none → READ']],
  ])('for %s', (_, desired, current, expected) => {
    expect(noted(plan(desired, current, ADA))).toEqual(expected)
  })
})

describe('an exact plan', () => {
  // If this fails, a principal keeps its access to secrets, or the run cannot set a permission again.
  test.each<[string, Table, Table | 'creator' | 'users', Identity, string[]]>([
    [
      'removes what the input does not name, in the order of the workspace',
      { team: 'READ' },
      { eve: 'MANAGE', 'ada@example.com': 'MANAGE', team: 'READ', users: 'READ' },
      ADA,
      ['unchanged team READ → READ', 'remove eve MANAGE', 'remove users READ'],
    ],
    ['keeps our own', { team: 'READ' }, { 'ADA@example.com': 'WRITE' }, ADA, ['set team none → READ']],
    [
      'keeps that of our group, if we manage the scope only by it',
      { team: 'READ' },
      { 'data-team': 'MANAGE', engineers: 'WRITE' },
      ADA,
      ['set team none → READ', 'remove engineers WRITE', 'other data-team MANAGE'],
    ],
    [
      'keeps that of a group that may be ours in other capitals',
      { team: 'READ' },
      { 'Data-Team': 'MANAGE' },
      ADA,
      ['set team none → READ', 'other Data-Team MANAGE'],
    ],
    [
      'keeps that of all users, if we manage the scope only by it',
      { team: 'READ' },
      'users',
      ADA,
      ['set team none → READ', 'other users MANAGE'],
    ],
    [
      'keeps that of our group, if our own is lowered',
      { 'ada@example.com': 'READ' },
      { 'ada@example.com': 'MANAGE', 'data-team': 'MANAGE' },
      ADA,
      ['set ada@example.com MANAGE → READ', 'other data-team MANAGE'],
    ],
    [
      'removes that of all users, if we are granted MANAGE',
      { 'ada@example.com': 'MANAGE' },
      'users',
      ADA,
      ['set ada@example.com none → MANAGE', 'remove users MANAGE'],
    ],
    [
      'removes that of all users for an admin',
      { team: 'READ' },
      'users',
      ROOT,
      ['set team none → READ', 'remove users MANAGE'],
    ],
    // The workspace may have one group, and then the permission that the input asks for would be removed.
    [
      'keeps what may be the same group in other capitals',
      { team: 'READ' },
      { Team: 'READ' },
      ADA,
      ['set team READ → READ', 'other Team READ'],
    ],
    ['removes nothing of a new scope', { team: 'READ' }, 'creator', ADA, ['set team none → READ']],
  ])('%s', (_, desired, current, me, expected) => {
    expect(noted(plan(desired, current, me, true))).toEqual(expected)
  })

  // Any of them may be the identity of this run or its group.
  test('is refused if the identity of this run is unknown and it removes anything', () => {
    const exact = (current: Table | 'creator'): PermissionPlan =>
      plan({ team: 'MANAGE' }, current, undefined, true)
    expect(() => exact({ eve: 'READ' })).toThrow(
      'The input permissions-exact removes the permission of "eve", and this may be the identity of this run',
    )
    expect(noted(exact({ team: 'MANAGE' }))).toEqual(['unchanged team MANAGE → MANAGE'])
    expect(noted(exact('creator'))).toEqual(['set team none → MANAGE'])
  })
})

describe('a plan that may leave this run without MANAGE is refused', () => {
  // A run that revokes its own MANAGE cannot undo that, and the scope may have no other manager.
  test.each<[string, Table, Table | 'creator' | 'users', Identity | undefined]>([
    ['our own', { 'ada@example.com': 'READ' }, { 'ada@example.com': 'MANAGE' }, ADA],
    ['our own, which becomes WRITE', { 'ada@example.com': 'WRITE' }, { 'ada@example.com': 'MANAGE' }, ADA],
    ['our own in another case', { 'Ada@Example.com': 'WRITE' }, { 'ada@example.com': 'MANAGE' }, ADA],
    ['our own in a new scope', { 'ada@example.com': 'READ' }, 'creator', ADA],
    ['that of our group', { 'data-team': 'READ' }, { 'data-team': 'MANAGE' }, ADA],
    ['that of our group in another case', { 'Data-Team': 'READ' }, { 'data-team': 'MANAGE' }, ADA],
    ['that of all users', { users: 'READ' }, { users: 'MANAGE' }, ADA],
    ['that of all users in a new scope', { users: 'READ', team: 'MANAGE' }, 'users', ADA],
    [
      'all that we have',
      { 'ada@example.com': 'READ', 'data-team': 'WRITE' },
      { 'ada@example.com': 'MANAGE', 'data-team': 'MANAGE', eve: 'MANAGE' },
      ADA,
    ],
    [
      'one in favour of a group that we are not in',
      { users: 'READ', team: 'MANAGE' },
      { users: 'MANAGE' },
      ADA,
    ],
    [
      'one in favour of a group that may not be ours',
      { users: 'READ', 'Data-Team': 'MANAGE' },
      { users: 'MANAGE' },
      ADA,
    ],
    ['what may be more than MANAGE', { 'ada@example.com': 'READ' }, { 'ada@example.com': 'OWN' }, ADA],
    ["somebody's, and nobody tells who we are", { team: 'READ' }, { team: 'MANAGE', x: 'MANAGE' }, undefined],
    ['perhaps our own in a new scope', { team: 'READ' }, 'creator', undefined],
    ['that of all users, and nobody tells who we are', { users: 'READ' }, 'users', undefined],
    [
      'ours, and we only seem to be an admin',
      { 'ada@example.com': 'READ' },
      { 'ada@example.com': 'MANAGE' },
      { ...ADA, groups: ['Admins', 'workspace admins'] },
    ],
  ])('%s', (_, desired, current, me) => {
    expect(() => plan(desired, current, me)).toThrow(SyncError)
  })

  // Refused for nothing, a team could not put its permissions in order at all.
  test.each<[string, Table, Table | 'creator' | 'users', Identity]>([
    [
      'our own, and our group keeps it',
      { 'ada@example.com': 'READ' },
      { 'ada@example.com': 'MANAGE', 'data-team': 'MANAGE' },
      ADA,
    ],
    [
      'our own, and our group is given it',
      { 'ada@example.com': 'READ', engineers: 'MANAGE' },
      'creator',
      ADA,
    ],
    [
      'our own, and all users keep it',
      { 'ada@example.com': 'READ' },
      { 'ada@example.com': 'MANAGE', users: 'MANAGE' },
      ADA,
    ],
    ['that of all users, and we are given it', { users: 'READ', 'ADA@example.com': 'MANAGE' }, 'users', ADA],
    ["somebody else's", { eve: 'READ' }, { eve: 'MANAGE', 'ada@example.com': 'MANAGE' }, ADA],
    ['our own, and we are an admin', { 'root@example.com': 'READ' }, { 'root@example.com': 'MANAGE' }, ROOT],
    ['none, and we are not listed', { team: 'READ' }, { team: 'WRITE' }, ADA],
  ])('but not one that takes %s', (_, desired, current, me) => {
    expect(plan(desired, current, me).sets.length).toBeGreaterThan(0)
  })

  test('but not one that revokes no MANAGE, if the identity of this run is unknown', () => {
    expect(plan({ team: 'READ' }, { team: 'WRITE' }, undefined).sets).toHaveLength(1)
    expect(plan({ team: 'MANAGE' }, 'creator', undefined).sets).toHaveLength(1)
  })

  test('with the principal that loses it and the identity of this run, both as untrusted text', () => {
    const mistake = (): unknown => plan({ users: 'READ' }, { users: 'MANAGE' }, ADA)
    expect(mistake).toThrow(
      /lowers "users" from MANAGE to READ, .*"ada@example.com", would no longer have MANAGE/,
    )
    try {
      mistake()
    } catch (error) {
      expect((error as SyncError).details.untrusted).toEqual(['users', 'ada@example.com'])
    }
  })
})

// A run that stops in the middle must not leave a scope without managers, or without this run as a manager.
test('this run gets MANAGE first, permissions are raised before others are lowered, and its own is lowered last', () => {
  const desired = {
    'ada@example.com': 'WRITE',
    eve: 'READ',
    team: 'READ',
    boss: 'MANAGE',
    writer: 'WRITE',
    unknown: 'READ',
    same: 'READ',
    'data-team': 'MANAGE',
  }
  const current = { 'ada@example.com': 'MANAGE', eve: 'MANAGE', writer: 'READ', unknown: 'OWN', same: 'READ' }
  expect(plan(desired, current, ADA).sets.map(({ principal }) => principal)).toEqual([
    'data-team',
    'boss',
    'team',
    'writer',
    'eve',
    'unknown',
    'ada@example.com',
  ])
})
