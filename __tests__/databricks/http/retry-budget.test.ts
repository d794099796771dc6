import { describe, expect, test } from '@jest/globals'

import { RetryBudget } from '../../../src/databricks/http/retry-budget.js'

// If it is too small, a run fails for a transient error. If it is too large, a job waits for hours.
describe('the budget for retries', () => {
  test('runs while no request succeeds, for all requests together', () => {
    const budget = new RetryBudget(300_000)
    budget.failed(0)
    budget.failed(100_000)
    expect(budget.remainingMs(200_000)).toBe(100_000)
    expect(budget.remainingMs(400_000)).toBe(0)
  })

  test('is not used up by short outages', () => {
    const budget = new RetryBudget(300_000)
    for (let now = 0; now < 3_600_000; now += 2_000) {
      budget.failed(now)
      budget.succeeded(now + 1_000)
    }
    expect(budget.remainingMs(3_600_000)).toBe(300_000)
  })

  test('is not refilled after a long outage', () => {
    const budget = new RetryBudget(300_000)
    budget.failed(0)
    budget.succeeded(100_000)
    budget.failed(500_000)
    expect(budget.remainingMs(500_000)).toBe(200_000)
    expect(budget.remainingMs(700_000)).toBe(0)
  })

  // Requests that always fail must leave time to later ones, and all together must end.
  test('keeps half of the remaining time for later requests, so that a run takes little more than twice the budget', () => {
    const budget = new RetryBudget(300_000)
    let now = 0
    for (let failing = 0; failing < 20; failing++) {
      budget.failed(now)
      now += budget.remainingMs(now)
      budget.succeeded(now)
    }
    expect(now).toBeGreaterThan(400_000)
    // An outage of up to ten seconds costs nothing.
    expect(now).toBeLessThanOrEqual(600_000 + 20 * 10_000)
  })

  test('of 0 is empty from the start, and exhausted after ten seconds without a success', () => {
    const budget = new RetryBudget(0)
    budget.failed(0)
    expect([budget.remainingMs(0), budget.isExhausted(9_999), budget.isExhausted(10_000)]).toEqual([
      0,
      false,
      true,
    ])
  })

  test.each([
    [300_000, 299_000, false],
    [300_000, 300_000, true],
    [1_000, 1_000, true],
  ])('of %p ms is exhausted after %p ms without a success: %p', (all, ms, exhausted) => {
    const budget = new RetryBudget(all)
    budget.failed(0)
    expect(budget.isExhausted(ms)).toBe(exhausted)
  })

  test('has time again after a success', () => {
    const budget = new RetryBudget(20_000)
    budget.failed(0)
    budget.succeeded(30_000)
    budget.failed(40_000)
    expect([budget.remainingMs(40_000), budget.isExhausted(41_000)]).toEqual([10_000, false])
  })
})
