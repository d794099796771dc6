import { describe, expect, test } from '@jest/globals'

import { CircuitBreaker } from '../../../src/databricks/http/circuit-breaker.js'
import { WorkspaceError } from '../../../src/databricks/workspace-error.js'

const REQUESTS = [{}, {}, {}, {}]
const ERROR = new WorkspaceError('error-response', { status: 503, notSent: true })

/** A circuit breaker of 300 s after so many different requests have failed at time 0, each of them `times` times. */
function failedBreaker(requests: number, times = 1): CircuitBreaker {
  const breaker = new CircuitBreaker(300_000)
  for (let time = 0; time < times; time++)
    for (const request of REQUESTS.slice(0, requests)) breaker.failed(request, 0)
  return breaker
}

// If it opens too early, one bad key stops a thousand good ones. If it opens too late, an outage costs hours.
describe('the circuit breaker', () => {
  test.each([
    ['one request, however often it failed', 1, 100, 300_000, false],
    ['two requests', 2, 1, 300_000, false],
    ['three requests', 3, 1, 300_000, true],
    ['three requests before the time is over', 3, 1, 299_999, false],
  ])('opens for %s: (%p, %p times) after %p ms: %p', (_, requests, times, now, opens) => {
    const breaker = failedBreaker(requests, times)
    breaker.gaveUp('secrets/put', ERROR, now)
    expect(breaker.rejectionReason('secrets/put')).toBe(opens ? ERROR : undefined)
  })

  test('still sends the first request of each other API call, and stops that API call if it fails', () => {
    const breaker = failedBreaker(3)
    breaker.gaveUp('secrets/put', ERROR, 300_000)
    expect(breaker.rejectionReason('secrets/acls/put')).toBeUndefined()
    breaker.failed({}, 301_000)
    breaker.gaveUp('secrets/acls/put', ERROR, 301_000)
    expect(breaker.rejectionReason('secrets/acls/put')).toBe(ERROR)
  })

  test('closes for all API calls after the first success', () => {
    const breaker = failedBreaker(3)
    breaker.gaveUp('secrets/put', ERROR, 300_000)
    breaker.succeeded(301_000)
    expect(breaker.rejectionReason('secrets/put')).toBeUndefined()
    expect(breaker.isWidespread).toBe(false)
    breaker.failed({}, 302_000)
    breaker.gaveUp('secrets/put', ERROR, 700_000)
    expect(breaker.rejectionReason('secrets/put')).toBeUndefined()
  })
})
