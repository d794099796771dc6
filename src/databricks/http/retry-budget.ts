/** A bad time of up to this many ms that ends well costs nothing: a throttled run has many, and gets on all the same. */
const FORGIVEN_MS = 10_000

/**
 * How long transient errors are retried while nothing gets through. Its clock runs from the first transient error on, and
 * stops when any request gets an answer that is not a transient error: so requests that fail side by side share the time,
 * and a run that gets on has all of it. Time that was lost to one request that fails for good leaves at least
 * half of the budget to the others, so all requests together wait little longer than twice the budget.
 */
export class RetryBudget {
  readonly #allMs: number
  #leftMs: number
  #since: number | undefined

  /** @param ms All of it; 0 for no retries. */
  constructor(ms: number) {
    this.#allMs = ms
    this.#leftMs = ms
  }

  /** A request has got through, at this time in ms. */
  succeeded(now: number): void {
    if (this.#since === undefined) return
    const lost = now - this.#since
    if (lost > FORGIVEN_MS) this.#leftMs = Math.max(this.#leftMs - lost, this.#leftMs / 2)
    this.#since = undefined
  }

  /** A passing fault, at this time in ms. */
  failed(now: number): void {
    this.#since ??= now
  }

  /** How many ms are left. */
  left(now: number): number {
    return Math.max(0, this.#leftMs - (this.#since === undefined ? 0 : now - this.#since))
  }

  /** True when all of it is spent and nothing has got through for a while; without retries, for ten seconds. */
  isExhausted(now: number): boolean {
    if (this.#since === undefined) return false
    return this.left(now) === 0 && now - this.#since >= Math.min(this.#allMs || FORGIVEN_MS, FORGIVEN_MS)
  }
}
