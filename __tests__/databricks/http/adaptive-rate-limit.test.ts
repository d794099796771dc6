import { afterEach, describe, expect, jest, test } from '@jest/globals'

import { seededRandom } from '../../../emulator/seeded-random.js'
import { estimateRate } from '../../../src/databricks/http/estimate-rate.js'
import { TokenBucket } from '../../../src/databricks/http/token-bucket.js'
import { AdaptiveRateLimit } from '../../../src/databricks/http/adaptive-rate-limit.js'

interface Course {
  readonly refused: number
  readonly tookMs: number
}

interface Workspace {
  /** How many a second it lets through. */
  readonly perSecond: number
  /** How many tokens its bucket holds. */
  readonly size: number
  /** The share of requests that it refuses whatever the rate. */
  readonly share?: number
  readonly retryAfterMs?: number | undefined
}

/** A workspace with a bucket of tokens, and so many requests that go to it as soon as the throttle and our own rate let them. */
function play(
  { perSecond, size, share = 0, retryAfterMs }: Workspace,
  count: number,
  ownRate = Infinity,
  seed = 1,
): Course {
  const random = seededRandom(seed)
  jest.spyOn(Math, 'random').mockImplementation(seededRandom(seed))
  const [throttle, pace] = [new AdaptiveRateLimit(), new TokenBucket(ownRate, 1)]
  const [latencyMs, concurrency] = [20, 16]
  const underWay: { sentAt: number; accepted: boolean }[] = []
  let [now, tokens, last, left, refused] = [1_000, size, 1_000, count, 0]
  while (left > 0 || underWay.length > 0) {
    const answered = underWay[0] === undefined ? Infinity : underWay[0].sentAt + latencyMs
    const next =
      left > 0 && underWay.length < concurrency ? Math.max(now, throttle.next, pace.next) : Infinity
    now = Math.min(answered, next)
    if (answered <= next) {
      const { sentAt, accepted } = underWay.shift() ?? { sentAt: 0, accepted: true }
      if (accepted) throttle.answered(now)
      else {
        refused++
        left++
        throttle.refused(sentAt, now, retryAfterMs)
      }
    } else {
      tokens = Math.min(size, tokens + ((now - last) / 1_000) * perSecond)
      last = now
      const accepted = tokens >= 1 && random() >= share
      if (accepted) tokens--
      left--
      throttle.take(now)
      pace.take(now)
      underWay.push({ sentAt: now, accepted })
    }
  }
  return { refused, tookMs: now - 1_000 }
}

afterEach(() => {
  jest.restoreAllMocks()
})

// Half as many a second, and a rotation takes twice as long; too many, and the workspace shuts its door to all.
describe('a workspace that throttles', () => {
  test.each([
    [50, 10, undefined],
    [50, 10, 1_000],
    [30, 10, undefined],
    [20, 20, undefined],
    [10, 10, 1_000],
  ])(
    'at %p a second with a burst of %p (Retry-After %p ms) gets what it takes',
    (rate, burst, retryAfterMs) => {
      const { refused, tookMs } = play({ perSecond: rate, size: burst, retryAfterMs }, 500)
      expect(refused / 500).toBeLessThan(0.05)
      expect(tookMs).toBeLessThan(((500 - burst) / rate) * 1_000 * 1.15)
    },
  )

  // A limit that is shared with other jobs: to slow down changes nothing, and a job that does takes four minutes for one.
  test.each([
    [0.02, 10, 2],
    [0.1, 10, 2],
    [0.1, 20, 2],
    [0.3, 10, 3],
  ])(
    'that refuses %p of all requests by chance, at %p a second, takes at most %p times as long on average',
    (share, rate, most) => {
      const least = (600 / (1 - share) / rate) * 1_000
      const times = Array.from({ length: 20 }, (_, seed) => {
        return play({ perSecond: 10_000, size: 100, share }, 600, rate, seed + 1).tookMs
      })
      expect(times.reduce((sum, time) => sum + time) / times.length).toBeLessThan(least * most)
      expect(Math.max(...times)).toBeLessThan(least * (most + 0.5))
    },
  )

  test('and refuses some by chance as well is still kept to its limit', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { refused } = play({ perSecond: 50, size: 10, share: 0.1 }, 500, Infinity, seed)
      expect(refused / 500).toBeLessThan(0.8)
    }
  })

  test('and lifts its limit is used as before in the end', () => {
    const throttle = new AdaptiveRateLimit()
    throttle.answered(0)
    throttle.refused(1, 20)
    throttle.answered(600)
    throttle.refused(650, 1_000)
    let [now, count] = [2_000, 0]
    for (; now < 30_000; now = Math.max(now + 1, throttle.next), count++) {
      throttle.take(now)
      throttle.answered(now)
    }
    expect(count).toBeGreaterThan(1_000)
  })

  test('and refuses everything is asked ever more rarely', () => {
    const throttle = new AdaptiveRateLimit()
    let [now, asked] = [1_000, 0]
    for (; now < 600_000; asked++) {
      now = Math.max(now, throttle.next) + 20
      throttle.take(now)
      throttle.refused(now, now + 20)
    }
    expect(asked).toBeLessThan(200)
  })
})

describe('the rate of a bucket', () => {
  test('is what was accepted from empty to empty', () => {
    const accepted = Array.from({ length: 100 }, (_, n) => n * 20)
    expect(estimateRate(accepted, 10, 0, 2_000)).toBeCloseTo(50, -0.5)
  })

  test('leaves out what ran over while nothing was sent', () => {
    // One second of pause fills the bucket of ten; then one comes every 10 ms, until it is empty again.
    const accepted = Array.from({ length: 20 }, (_, n) => 1_000 + n * 10)
    expect(estimateRate(accepted, 10, 0, 1_200)).toBeGreaterThan(45)
    expect(estimateRate(accepted, 10, 0, 1_200)).toBeLessThan(60)
  })

  test('of nothing is nothing', () => {
    expect([estimateRate([], 10, 0, 1_000), estimateRate([5], 10, 5, 5)]).toEqual([0, 0])
  })
})
