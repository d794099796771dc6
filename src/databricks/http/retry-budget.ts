/** An outage of up to this many ms that ends with a success costs nothing. Rate limits cause many short ones. */
const FREE_OUTAGE_MS = 10_000

/**
 * The time for retries, shared by all requests. It runs during an outage: from the first transient error until any request
 * gets another result. Requests that fail at the same time share the time, and short outages cost nothing. After a long
 * outage at least half of the remaining time is left. So a run waits little longer than twice the budget. Times are in ms.
 */
export class RetryBudget {
  readonly #totalMs: number
  #remainingMs: number
  #outageSince: number | undefined

  /** @param ms The whole budget; 0 for no retries. */
  constructor(ms: number) {
    this.#totalMs = ms
    this.#remainingMs = ms
  }

  /** Records a success. */
  succeeded(now: number): void {
    if (this.#outageSince === undefined) return
    const lost = now - this.#outageSince
    if (lost > FREE_OUTAGE_MS) this.#remainingMs = Math.max(this.#remainingMs - lost, this.#remainingMs / 2)
    this.#outageSince = undefined
  }

  /** Records a transient error. */
  failed(now: number): void {
    this.#outageSince ??= now
  }

  /** The remaining time in ms. */
  remainingMs(now: number): number {
    return Math.max(0, this.#remainingMs - (this.#outageSince === undefined ? 0 : now - this.#outageSince))
  }

  /** True if no time is left and the outage has lasted a while: as long as the budget, at most ten seconds. */
  isExhausted(now: number): boolean {
    if (this.#outageSince === undefined) return false
    const minOutageMs = Math.min(this.#totalMs || FREE_OUTAGE_MS, FREE_OUTAGE_MS)
    return this.remainingMs(now) === 0 && now - this.#outageSince >= minOutageMs
  }
}
