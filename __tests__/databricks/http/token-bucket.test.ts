import { describe, expect, test } from '@jest/globals'

import { TokenBucket } from '../../../src/databricks/http/token-bucket.js'

/** How many requests are sent in so many ms if each is sent as early as possible. */
function countSent(bucket: TokenBucket, ms: number): number {
  let count = 0
  for (let now = 0; now <= ms; now = Math.max(now, bucket.nextAt)) {
    bucket.take(now)
    count++
    if (bucket.nextAt > ms) break
  }
  return count
}

describe('a token bucket', () => {
  test.each([
    [10, 10, 0, 10],
    [10, 10, 1_000, 20],
    [20, 10, 10_000, 210],
    [0.5, 10, 60_000, 40],
    [50, 1, 1_000, 51],
  ])('of %p per second after a burst of %p allows, in %p ms, %p requests', (perSecond, burst, ms, count) => {
    expect(countSent(new TokenBucket(perSecond, burst), ms)).toBe(count)
  })

  test('without a limit never waits', () => {
    const bucket = new TokenBucket(Infinity, 10)
    for (let time = 0; time < 1_000; time++) {
      expect(bucket.nextAt).toBeLessThanOrEqual(5)
      bucket.take(5)
    }
  })

  test('without its burst allows the next request now, and then spaces them evenly', () => {
    const bucket = new TokenBucket(10, 100)
    for (let sent = 0; sent < 60; sent++) bucket.take(0)
    bucket.endBurst(50)
    expect(bucket.nextAt).toBe(50)
    bucket.take(50)
    expect(bucket.nextAt).toBeGreaterThan(140)
    // Ending the burst again changes nothing, and allows no more requests.
    bucket.take(2_000)
    bucket.endBurst(2_000)
    expect(bucket.nextAt).toBeGreaterThan(2_090)
  })

  test('waits longer after requests that were sent too early', () => {
    const bucket = new TokenBucket(10, 1)
    bucket.take(0)
    bucket.take(0)
    // A few milliseconds are allowed, because timers fire late.
    expect(bucket.nextAt).toBeGreaterThan(190)
  })
})
