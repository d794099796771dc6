import type { WorkspaceError } from '../workspace-error.js'
import { RetryBudget } from './retry-budget.js'

/** If one request fails, the cause may be that request. If this many different ones fail in a row, it is the workspace. */
const MIN_FAILED_REQUESTS = 3

/**
 * Decides for a group of requests how long they are retried, and when to stop sending (a "circuit breaker"). It opens when
 * the time for retries is used up, different requests have failed in a row, and none succeeded in between. While it is
 * open, the first request of each other API call is still sent as a probe. The first success closes it. Times are in ms, of
 * a monotonic clock.
 */
export class CircuitBreaker {
  readonly #budget: RetryBudget
  /** The requests that have failed since the last success. */
  readonly #failedRequests = new Set<object>()
  /** The API calls that are no longer sent, such as `secrets/put`, with the error of each. */
  readonly #stoppedCalls = new Map<string, WorkspaceError>()

  /** @param retryTimeoutMs How long requests are retried; 0 for no retries. */
  constructor(retryTimeoutMs: number) {
    this.#budget = new RetryBudget(retryTimeoutMs)
  }

  /** Records a success. */
  succeeded(now: number): void {
    this.#budget.succeeded(now)
    this.#failedRequests.clear()
    this.#stoppedCalls.clear()
  }

  /** Records a transient error of a request. */
  failed(request: object, now: number): void {
    this.#budget.failed(now)
    this.#failedRequests.add(request)
  }

  /** The remaining time for retries, in ms. */
  remainingMs(now: number): number {
    return this.#budget.remainingMs(now)
  }

  /** Whether different requests have failed since the last success. */
  get isWidespread(): boolean {
    return this.#failedRequests.size >= MIN_FAILED_REQUESTS
  }

  /**
   * Records that a request is no longer retried.
   *
   * @param call Its API call. If the circuit breaker is open, no more requests of this API call are sent.
   */
  gaveUp(call: string, error: WorkspaceError, now: number): void {
    if (this.isWidespread && this.#budget.isExhausted(now)) this.#stoppedCalls.set(call, error)
  }

  /** The error with which requests of this API call fail without being sent; undefined if they are sent. */
  rejectionReason(call: string): WorkspaceError | undefined {
    return this.#stoppedCalls.get(call)
  }
}
