import { afterEach, describe, expect, jest, test } from '@jest/globals'

import { seededRandom } from '../../../emulator/seeded-random.js'
import { AdaptiveRateLimit } from '../../../src/databricks/http/adaptive-rate-limit.js'
import { estimateRate } from '../../../src/databricks/http/estimate-rate.js'
import { TokenBucket } from '../../../src/databricks/http/token-bucket.js'

interface Outcome {
  readonly rejected: number
  readonly tookMs: number
}

interface Workspace {
  /** The requests per second that it accepts. */
  readonly perSecond: number
  /** How many tokens its bucket holds. */
  readonly size: number
  /** The share of requests that it rejects at random, at any rate. */
  readonly share?: number
  readonly retryAfterMs?: number | undefined
}

/** Simulates a workspace with a token bucket. The requests are sent as soon as the adaptive limit and our own rate allow it. */
function simulate(
  { perSecond, size, share = 0, retryAfterMs }: Workspace,
  count: number,
  ownRate = Infinity,
  seed = 1,
): Outcome {
  const random = seededRandom(seed)
  jest.spyOn(Math, 'random').mockImplementation(seededRandom(seed))
  const [rateLimit, tokenBucket] = [new AdaptiveRateLimit(), new TokenBucket(ownRate, 1)]
  const [latencyMs, concurrency] = [20, 16]
  const running: { sentAt: number; accepted: boolean }[] = []
  let [now, tokens, last, left, rejected] = [1_000, size, 1_000, count, 0]
  while (left > 0 || running.length > 0) {
    const respondedAt = running[0] === undefined ? Infinity : running[0].sentAt + latencyMs
    const next =
      left > 0 && running.length < concurrency
        ? Math.max(now, rateLimit.nextAt, tokenBucket.nextAt)
        : Infinity
    now = Math.min(respondedAt, next)
    if (respondedAt <= next) {
      const { sentAt, accepted } = running.shift() ?? { sentAt: 0, accepted: true }
      if (accepted) rateLimit.accepted(now)
      else {
        rejected++
        left++
        rateLimit.rejected(sentAt, now, retryAfterMs)
      }
    } else {
      tokens = Math.min(size, tokens + ((now - last) / 1_000) * perSecond)
      last = now
      const accepted = tokens >= 1 && random() >= share
      if (accepted) tokens--
      left--
      rateLimit.take(now)
      tokenBucket.take(now)
      running.push({ sentAt: now, accepted })
    }
  }
  return { rejected, tookMs: now - 1_000 }
}

afterEach(() => {
  jest.restoreAllMocks()
})

// At half the rate a rotation takes twice as long. Above the limit, the workspace rejects everything.
describe('a workspace with a rate limit', () => {
  test.each([
    [50, 10, undefined],
    [50, 10, 1_000],
    [30, 10, undefined],
    [20, 20, undefined],
    [10, 10, 1_000],
  ])(
    'of %p per second with a burst of %p (Retry-After %p ms) gets nearly as many requests as it accepts',
    (rate, burst, retryAfterMs) => {
      const { rejected, tookMs } = simulate({ perSecond: rate, size: burst, retryAfterMs }, 500)
      expect(rejected / 500).toBeLessThan(0.05)
      expect(tookMs).toBeLessThan(((500 - burst) / rate) * 1_000 * 1.15)
    },
  )

  // If other jobs share the limit, to slow down does not help: the run would take four times as long.
  test.each([
    [0.02, 10, 2],
    [0.1, 10, 2],
    [0.1, 20, 2],
    [0.3, 10, 3],
  ])(
    'that rejects %p of all requests at random, at %p per second, costs at most %p times the time on average',
    (share, rate, most) => {
      const least = (600 / (1 - share) / rate) * 1_000
      const times = Array.from({ length: 20 }, (_, seed) => {
        return simulate({ perSecond: 10_000, size: 100, share }, 600, rate, seed + 1).tookMs
      })
      expect(times.reduce((sum, time) => sum + time) / times.length).toBeLessThan(least * most)
      expect(Math.max(...times)).toBeLessThan(least * (most + 0.5))
    },
  )

  test('that also rejects at random still gets few requests above its limit', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { rejected } = simulate({ perSecond: 50, size: 10, share: 0.1 }, 500, Infinity, seed)
      expect(rejected / 500).toBeLessThan(0.8)
    }
  })

  test('that lifts its limit gets more requests again', () => {
    const rateLimit = new AdaptiveRateLimit()
    rateLimit.accepted(0)
    rateLimit.rejected(1, 20)
    rateLimit.accepted(600)
    rateLimit.rejected(650, 1_000)
    let [now, count] = [2_000, 0]
    for (; now < 30_000; now = Math.max(now + 1, rateLimit.nextAt), count++) {
      rateLimit.take(now)
      rateLimit.accepted(now)
    }
    expect(count).toBeGreaterThan(1_000)
  })

  test('that rejects everything gets fewer and fewer requests', () => {
    const rateLimit = new AdaptiveRateLimit()
    let [now, asked] = [1_000, 0]
    for (; now < 600_000; asked++) {
      now = Math.max(now, rateLimit.nextAt) + 20
      rateLimit.take(now)
      rateLimit.rejected(now, now + 20)
    }
    expect(asked).toBeLessThan(200)
  })
})

describe('the estimated rate of a token bucket', () => {
  test('is the number of accepted requests between two times at which it is empty', () => {
    const accepted = Array.from({ length: 100 }, (_, n) => n * 20)
    expect(estimateRate(accepted, 10, 0, 2_000)).toBeCloseTo(50, -0.5)
  })

  test('does not count the time in which the bucket was full', () => {
    // A pause of one second fills the bucket of ten. Then one request is sent every 10 ms, until it is empty again.
    const accepted = Array.from({ length: 20 }, (_, n) => 1_000 + n * 10)
    expect(estimateRate(accepted, 10, 0, 1_200)).toBeGreaterThan(45)
    expect(estimateRate(accepted, 10, 0, 1_200)).toBeLessThan(60)
  })

  test('is 0 without accepted requests', () => {
    expect([estimateRate([], 10, 0, 1_000), estimateRate([5], 10, 5, 5)]).toEqual([0, 0])
  })
})
