import { describe, expect, test } from '@jest/globals'

import { SecretValue } from '../../src/secret-value.js'
import { makePlan } from '../../src/sync/plan.js'
import { SyncError } from '../../src/sync/sync-error.js'

function plan(map: string[], present: string[]): string[] {
  const entries = map.map((key) => ({ key, value: new SecretValue('fake'), place: { input: 'secrets' } }))
  const { keys } = makePlan(entries, { name: 'storage', keys: present })
  return keys.map(({ entry, action }) => `${action} ${entry.key}`)
}

function keys(count: number, prefix: string): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index}`)
}

describe('the plan', () => {
  // Wrong, the outputs would tell a later step of new keys that were there, or the other way round.
  test.each<[string, string[], string[], string[]]>([
    ['an empty scope', ['a', 'b'], [], ['create a', 'create b']],
    ['a scope with all keys', ['a', 'b'], ['b', 'a'], ['update a', 'update b']],
    ['a key in another case', ['api_key'], ['API_KEY'], ['update api_key']],
    ['keys of others', ['b', 'a'], ['c', 'a'], ['create b', 'update a']],
  ])('for %s', (_, map, present, actions) => {
    expect(plan(map, present)).toEqual(actions)
  })

  // Databricks would refuse the last keys of the map when the first have been put already.
  test('holds 1,000 keys at most, those that are there included', () => {
    expect(plan(keys(1, 'new'), keys(999, 'old'))).toHaveLength(1)
    expect(plan(keys(1_000, 'same'), keys(1_000, 'SAME'))).toHaveLength(1_000)
    expect(() => plan(keys(2, 'new'), keys(999, 'old'))).toThrow(SyncError)
    expect(() => plan(keys(1, 'new'), keys(1_000, 'old'))).toThrow(/1001 keys/)
  })
})
