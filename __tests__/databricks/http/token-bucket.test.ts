import { describe, expect, test } from '@jest/globals'

import { TokenBucket } from '../../../src/databricks/http/token-bucket.js'

/** How many go in so many ms when each goes as soon as it may. */
function goneIn(pace: TokenBucket, ms: number): number {
  let count = 0
  for (let now = 0; now <= ms; now = Math.max(now, pace.next)) {
    pace.take(now)
    count++
    if (pace.next > ms) break
  }
  return count
}

// A workspace that counts is not to be argued with.
describe('a pace', () => {
  test.each([
    [10, 10, 0, 10],
    [10, 10, 1_000, 20],
    [20, 10, 10_000, 210],
    [0.5, 10, 60_000, 40],
    [50, 1, 1_000, 51],
  ])('of %p a second after a burst of %p lets through, in %p ms, %p', (perSecond, burst, ms, count) => {
    expect(goneIn(new TokenBucket(perSecond, burst), ms)).toBe(count)
  })

  test('without a limit never waits', () => {
    const pace = new TokenBucket(Infinity, 10)
    for (let time = 0; time < 1_000; time++) {
      expect(pace.next).toBeLessThanOrEqual(5)
      pace.take(5)
    }
  })

  test('whose burst is ended lets the next one go now, and then keeps its distance', () => {
    const pace = new TokenBucket(10, 100)
    for (let sent = 0; sent < 60; sent++) pace.take(0)
    pace.endBurst(50)
    expect(pace.next).toBe(50)
    pace.take(50)
    expect(pace.next).toBeGreaterThan(140)
    // A later refusal changes nothing: it must not let more through.
    pace.take(2_000)
    pace.endBurst(2_000)
    expect(pace.next).toBeGreaterThan(2_090)
  })

  test('makes up for those that went ahead of their time', () => {
    const pace = new TokenBucket(10, 1)
    pace.take(0)
    pace.take(0)
    // Of which it forgives a few milliseconds, by which timers are late.
    expect(pace.next).toBeGreaterThan(190)
  })
})
