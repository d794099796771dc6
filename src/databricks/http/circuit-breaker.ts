import { RetryBudget } from './retry-budget.js'
import type { WorkspaceError } from '../workspace-error.js'

/** One request that fails says nothing about the workspace; this many different ones in a row do. */
const DIFFERENT_REQUESTS = 3

/**
 * Decides for a group of requests how long they are retried, and when to stop sending (a "circuit breaker"). It opens when
 * the time for retries is used up, different requests have failed one after the other, and nothing got through in between.
 * While it is open, one request of each other call is still sent as a probe: the first success closes it again. All times
 * are in ms, of a clock that only goes forward.
 */
export class CircuitBreaker {
  readonly #budget: RetryBudget
  /** The requests that have failed since the last success. */
  readonly #failed = new Set<object>()
  /** The calls that are not sent, such as `secrets/put`. */
  readonly #stopped = new Map<string, WorkspaceError>()

  /** @param retryTimeoutMs How long requests are retried; 0 for no retries. */
  constructor(retryTimeoutMs: number) {
    this.#budget = new RetryBudget(retryTimeoutMs)
  }

  /** A request got through. */
  passed(now: number): void {
    this.#budget.succeeded(now)
    this.#failed.clear()
    this.#stopped.clear()
  }

  /** A request failed with a transient error. */
  failed(request: object, now: number): void {
    this.#budget.failed(now)
    this.#failed.add(request)
  }

  /** How many ms are left for retries. */
  left(now: number): number {
    return this.#budget.left(now)
  }

  /** Whether different requests have failed since the last success. */
  get isWidespread(): boolean {
    return this.#failed.size >= DIFFERENT_REQUESTS
  }

  /**
   * A request is not retried any more.
   *
   * @param call Its call: where the circuit is open, no other request of this call is sent.
   */
  gaveUp(call: string, error: WorkspaceError, now: number): void {
    if (this.isWidespread && this.#budget.isExhausted(now)) this.#stopped.set(call, error)
  }

  /** Why no request of this call is sent; undefined if one may be. */
  reasonAgainst(call: string): WorkspaceError | undefined {
    return this.#stopped.get(call)
  }
}
