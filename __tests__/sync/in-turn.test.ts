import { setImmediate } from 'node:timers/promises'

import { expect, test } from '@jest/globals'

import { inTurn } from '../../src/sync/in-turn.js'

const THOUSAND = Array.from({ length: 1_000 }, (_, at) => at)

// Lost if this fails: a key is told what became of another, or one of a thousand is never put.
test('each item is worked on once, and what comes of it stands in its place', async () => {
  const begun: number[] = []
  const outcomes = await inTurn(THOUSAND, async (at) => {
    begun.push(at)
    // Some end long after those that were begun later.
    for (let turns = at % 7; turns > 0; turns--) await setImmediate()
    return `outcome of ${at}`
  })
  expect(begun).toEqual(THOUSAND)
  expect(outcomes).toEqual(THOUSAND.map((at) => `outcome of ${at}`))
})

// Lost if this fails: the first hundred keys, which nothing gets through for, keep all others waiting for as long as they do.
test('more are begun than may be under way', async () => {
  let begun = 0
  void inTurn(THOUSAND, () => {
    begun++
    return new Promise(() => undefined)
  })
  await setImmediate()
  expect(begun).toBe(128)
})
