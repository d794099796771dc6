import { setImmediate } from 'node:timers/promises'

import { expect, test } from '@jest/globals'

import { mapWithLimit } from '../../src/sync/map-with-limit.js'

const THOUSAND = Array.from({ length: 1_000 }, (_, at) => at)

// Lost if this fails: a key gets the outcome of another one, or one of a thousand is never written.
test('each item is processed once, and the results have the order of the items', async () => {
  const begun: number[] = []
  const outcomes = await mapWithLimit(THOUSAND, async (at) => {
    begun.push(at)
    // Some end long after those that were begun later.
    for (let turns = at % 7; turns > 0; turns--) await setImmediate()
    return `outcome of ${at}`
  })
  expect(begun).toEqual(THOUSAND)
  expect(outcomes).toEqual(THOUSAND.map((at) => `outcome of ${at}`))
})

test('more are begun than may be under way', async () => {
  let begun = 0
  void mapWithLimit(THOUSAND, () => {
    begun++
    return new Promise(() => undefined)
  })
  await setImmediate()
  expect(begun).toBe(128)
})

// Lost if this fails: the first 128 keys, which fail each time, keep all others waiting.
test('an item that waits to be retried leaves its place to another', async () => {
  const done: number[] = []
  let recover: () => void = () => undefined
  const recovered = new Promise<void>((resolve) => (recover = resolve))
  const all = mapWithLimit(THOUSAND, async (at, onRetry) => {
    if (at < 500) {
      onRetry()
      onRetry()
      await recovered
    }
    done.push(at)
    return at
  })
  await setImmediate()
  expect(done).toEqual(THOUSAND.slice(500))
  recover()
  expect(await all).toEqual(THOUSAND)
})

test('without items nothing runs, and the first error rejects everything', async () => {
  expect(await mapWithLimit([], () => Promise.resolve(1))).toEqual([])
  await expect(mapWithLimit([1, 2], (at) => Promise.reject(new Error(`error ${at}`)))).rejects.toThrow(
    'error 1',
  )
})
