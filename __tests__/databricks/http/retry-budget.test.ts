import { describe, expect, test } from '@jest/globals'

import { RetryBudget } from '../../../src/databricks/http/retry-budget.js'

// Too small, a run fails for a fault that passes; too large, a job waits for hours for one that does not.
describe('the budget for retries', () => {
  test('runs while nothing gets through, for all requests together', () => {
    const budget = new RetryBudget(300_000)
    budget.failed(0)
    budget.failed(100_000)
    expect(budget.left(200_000)).toBe(100_000)
    expect(budget.left(400_000)).toBe(0)
  })

  test('is not eaten by a run that gets on', () => {
    const budget = new RetryBudget(300_000)
    for (let now = 0; now < 3_600_000; now += 2_000) {
      budget.failed(now)
      budget.succeeded(now + 1_000)
    }
    expect(budget.left(3_600_000)).toBe(300_000)
  })

  test('is not filled up again after a long bad time', () => {
    const budget = new RetryBudget(300_000)
    budget.failed(0)
    budget.succeeded(100_000)
    budget.failed(500_000)
    expect(budget.left(500_000)).toBe(200_000)
    expect(budget.left(700_000)).toBe(0)
  })

  // A request that fails for good must leave something to those after it, and all of them together must come to an end.
  test('keeps half of what is left for later requests, so that all take little more than twice the time', () => {
    const budget = new RetryBudget(300_000)
    let now = 0
    for (let failing = 0; failing < 20; failing++) {
      budget.failed(now)
      now += budget.left(now)
      budget.succeeded(now)
    }
    expect(now).toBeGreaterThan(400_000)
    // A bad time of up to ten seconds costs nothing.
    expect(now).toBeLessThanOrEqual(600_000 + 20 * 10_000)
  })

  test('of nothing is spent from the start, and nothing gets through after ten seconds without a success', () => {
    const budget = new RetryBudget(0)
    budget.failed(0)
    expect([budget.left(0), budget.isExhausted(9_999), budget.isExhausted(10_000)]).toEqual([0, false, true])
  })

  test.each([
    [300_000, 299_000, false],
    [300_000, 300_000, true],
    [1_000, 1_000, true],
  ])('of %p ms makes the rest hopeless after %p ms without an answer: %p', (all, ms, hopeless) => {
    const budget = new RetryBudget(all)
    budget.failed(0)
    expect(budget.isExhausted(ms)).toBe(hopeless)
  })

  test('that is spent does not condemn a run that has got on since', () => {
    const budget = new RetryBudget(20_000)
    budget.failed(0)
    budget.succeeded(30_000)
    budget.failed(40_000)
    expect([budget.left(40_000), budget.isExhausted(41_000)]).toEqual([10_000, false])
  })
})
