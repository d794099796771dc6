import { describe, expect, test } from '@jest/globals'

import { WorkspaceError } from '../../src/databricks/workspace-error.js'
import { SecretValue } from '../../src/secret-value.js'
import { normalizeKey } from '../../src/secrets/key.js'
import { readNamePatterns } from '../../src/secrets/name-patterns.js'
import type { Comparison } from '../../src/sync/compare.js'
import type { SyncOptions } from '../../src/sync/options.js'
import { makePlan, type Plan } from '../../src/sync/plan.js'
import { SyncError } from '../../src/stores/sync-error.js'

/** What a row says; all else is as in a plain run over a scope that is there. */
interface Situation {
  readonly map: readonly string[]
  /** The keys in the scope; undefined where there is none. */
  readonly present?: readonly string[] | undefined
  readonly unnamed?: number
  readonly ifExists?: SyncOptions['ifExists']
  /** The keys whose values are the map's already, and those that could not be read. */
  readonly same?: readonly string[]
  readonly unread?: readonly string[]
  readonly prune?: {
    readonly keyPrefix?: string
    readonly exclude?: readonly string[]
    readonly limit?: number
  }
  readonly neverPruned?: readonly string[]
}

function planOf(situation: Situation): Plan {
  const { map, present, unnamed: unprintable = 0, ifExists = 'update', prune } = situation
  const { same = [], unread: unreadable = [], neverPruned = [] } = situation
  const comparison: Comparison = {
    same: new Set(same.map(normalizeKey)),
    unreadable,
    ...(unreadable.length > 0 && { error: new WorkspaceError('error-response') }),
  }
  return makePlan(
    {
      secrets: map.map((key) => ({ key, value: new SecretValue('fake'), location: { input: 'secrets' } })),
      store: { kind: 'scope', name: 'storage', create: true, initialManagePrincipal: 'auto' },
      permissions: { lines: [], exact: false },
      options: {
        ifExists,
        prune: prune && {
          keyPrefix: prune.keyPrefix ?? '',
          exclude: readNamePatterns((prune.exclude ?? []).join('\n'), 'prune-exclude').patterns,
          limit: prune.limit ?? 10,
        },
        verify: false,
        consumers: false,
        maxAgeDays: undefined,
      },
      neverPruned,
      isPrintableName: () => true,
    },
    {
      contents: present && {
        name: 'Storage',
        keys: present.map((name) => ({ name, lastUpdated: 0 })),
        isComplete: true,
      },
      unprintable,
      comparison: ifExists === 'compare' ? comparison : undefined,
      permissions: undefined,
    },
  )
}

function planned(situation: Situation): string[] {
  return planOf(situation).keys.map(({ key, action }) => `${action} ${key}`)
}

function keys(count: number, prefix: string): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index}`)
}

describe('the plan for each key', () => {
  // Lost if this fails: a run overwrites a key that it should leave alone, or does not write a secret that a job needs.
  test.each<[string, Situation, string[]]>([
    ['an empty scope', { map: ['a', 'b'], present: [] }, ['create a', 'create b']],
    ['a missing scope', { map: ['a', 'b'] }, ['create a', 'create b']],
    ['a scope with all keys', { map: ['a', 'b'], present: ['b', 'a'] }, ['update a', 'update b']],
    ['a key in another case', { map: ['api_key'], present: ['API_KEY'] }, ['update api_key']],
    ['keys of others', { map: ['b', 'a'], present: ['c', 'a'] }, ['create b', 'update a']],
    ['no map and a scope', { map: [], present: ['a'] }, []],
    ['keep, empty scope', { ifExists: 'keep', map: ['a'], present: [] }, ['create a']],
    ['keep, missing scope', { ifExists: 'keep', map: ['a'] }, ['create a']],
    ['keep, all there', { ifExists: 'keep', map: ['a', 'b'], present: ['a', 'b'] }, ['keep a', 'keep b']],
    ['keep, some there', { ifExists: 'keep', map: ['b', 'a'], present: ['a'] }, ['create b', 'keep a']],
    ['keep, another case', { ifExists: 'keep', map: ['a'], present: ['A'] }, ['keep a']],
    ['compare, empty scope', { ifExists: 'compare', map: ['a'], present: [] }, ['create a']],
    ['compare, missing scope', { ifExists: 'compare', map: ['a'] }, ['create a']],
    ['compare, the same', { ifExists: 'compare', map: ['a'], present: ['a'], same: ['a'] }, ['unchanged a']],
    ['compare, another value', { ifExists: 'compare', map: ['a'], present: ['a'] }, ['update a']],
    [
      'compare, each kind',
      { ifExists: 'compare', map: ['n', 'o', 's'], present: ['s', 'o'], same: ['s'] },
      ['create n', 'update o', 'unchanged s'],
    ],
    [
      'compare, another case',
      { ifExists: 'compare', map: ['a'], present: ['A'], same: ['A'] },
      ['unchanged a'],
    ],
    [
      'compare, unread',
      { ifExists: 'compare', map: ['a', 'b'], present: ['a', 'b'], unread: ['a', 'b'] },
      ['update a', 'update b'],
    ],
    [
      'compare, one unread',
      { ifExists: 'compare', map: ['a', 'b'], present: ['a', 'b'], same: ['b'], unread: ['a'] },
      ['update a', 'unchanged b'],
    ],
    ['no prune', { map: ['a'], present: ['a', 'old'] }, ['update a']],
    ['prune', { map: ['a'], present: ['a', 'old'], prune: {} }, ['update a', 'delete old']],
    ['prune, nothing old', { map: ['a'], present: ['a'], prune: {} }, ['update a']],
    ['prune, empty scope', { map: ['a'], present: [], prune: {} }, ['create a']],
    ['prune, missing scope', { map: ['a'], prune: {} }, ['create a']],
    [
      'prune, in the order of the scope',
      { map: ['a'], present: ['z', 'a', 'b'], prune: {} },
      ['update a', 'delete z', 'delete b'],
    ],
    ['prune, another case', { map: ['api_key'], present: ['API_KEY'], prune: {} }, ['update api_key']],
    [
      'prune with keep',
      { ifExists: 'keep', map: ['a'], present: ['a', 'old'], prune: {} },
      ['keep a', 'delete old'],
    ],
    [
      'prune with compare',
      { ifExists: 'compare', map: ['a'], present: ['a', 'old'], same: ['a'], prune: {} },
      ['unchanged a', 'delete old'],
    ],
    [
      'prune, excluded',
      { map: ['a'], present: ['a', 'old', 'theirs'], prune: { exclude: ['theirs'] } },
      ['update a', 'delete old'],
    ],
    [
      'prune, prefix',
      { map: ['app-a'], present: ['app-a', 'app-old', 'old'], prune: { keyPrefix: 'app-' } },
      ['update app-a', 'delete app-old'],
    ],
    [
      'prune, prefix in another case',
      { map: ['app-a'], present: ['APP-OLD', 'xapp-old'], prune: { keyPrefix: 'app-' } },
      ['create app-a', 'delete APP-OLD'],
    ],
    [
      'prune, prefix and excluded',
      { map: ['p-a'], present: ['p-b', 'p-c', 'q-d'], prune: { keyPrefix: 'p-', exclude: ['p-b'] } },
      ['create p-a', 'delete p-c'],
    ],
    [
      'prune, at the limit',
      { map: ['a'], present: ['b', 'c'], prune: { limit: 2 } },
      ['create a', 'delete b', 'delete c'],
    ],
    [
      'prune, excluded ones do not count',
      { map: ['a'], present: ['b', 'c'], prune: { limit: 1, exclude: ['b'] } },
      ['create a', 'delete c'],
    ],
    ['prune, none allowed and none to go', { map: ['a'], present: ['a'], prune: { limit: 0 } }, ['update a']],
  ])('%s', (_, situation, actions) => {
    expect(planned(situation)).toEqual(actions)
  })
})

describe('a plan is refused', () => {
  // Applied in part, it would leave the scope in a wrong state.
  test.each<[string, Situation, RegExp]>([
    [
      'one key too many',
      { map: keys(1, 'new'), present: keys(1_000, 'old') },
      /1,001 keys.*Nothing was written/,
    ],
    ['some keys too many', { map: keys(2, 'new'), present: keys(999, 'old') }, /1,001 keys/],
    [
      'keys that cannot be named count',
      { map: ['new'], present: keys(999, 'old'), unnamed: 1 },
      /1,001 keys/,
    ],
    [
      'over the limit of prune',
      { map: ['a'], present: ['b', 'c'], prune: { limit: 1 } },
      /prune-limit: 2.*b, c\./,
    ],
    ['no deletes allowed', { map: ['a'], present: ['b'], prune: { limit: 0 } }, /prune-limit is 0/],
    [
      'new and old keys that do not fit at once',
      { map: keys(900, 'new'), present: keys(900, 'old'), prune: { limit: 1_000 } },
      /1,800 keys \(900 existing, 900 new\) before prune deletes 900/,
    ],
  ])('%s', (_, situation, message) => {
    expect(() => planOf(situation)).toThrow(SyncError)
    expect(() => planOf(situation)).toThrow(message)
  })
})

describe('the plan', () => {
  // Databricks would refuse the last keys of the map when the first have been put already.
  test('fills a scope to its 1,000 keys', () => {
    expect(planned({ map: keys(1, 'new'), present: keys(999, 'old') })).toHaveLength(1)
    expect(planned({ map: keys(1_000, 'same'), present: keys(1_000, 'SAME') })).toHaveLength(1_000)
  })

  // A job that reads the old spelling would not find the scope that the report names.
  test('names the scope as the workspace does, and a new one as the map does', () => {
    expect(planOf({ map: ['a'], present: [] }).store).toMatchObject({ name: 'Storage', action: 'use' })
    expect(planOf({ map: ['a'] }).store).toMatchObject({ name: 'storage', action: 'create' })
  })

  // If values are written because they could not be compared, the report must say so, and only then.
  test('says what could not be compared', () => {
    const present = ['a', 'b']
    expect(
      planOf({ ifExists: 'compare', map: present, present, unread: ['b'] }).uncompared?.unreadable,
    ).toEqual(['b'])
    expect(planOf({ ifExists: 'compare', map: present, present, same: present }).uncompared).toBeUndefined()
    expect(planOf({ map: present, present }).uncompared).toBeUndefined()
  })
})
