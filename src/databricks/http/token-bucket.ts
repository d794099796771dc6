/** Timers fire up to this many ms late. Such a delay does not lower the rate. */
const TIMER_LATENESS_MS = 4

/** Limits requests to a rate, after a burst. Times are in ms, of a monotonic clock. */
export class TokenBucket {
  #burst: number
  readonly #latenessMs: number
  #perSecond: number
  /** When the last request would have been sent at exactly this rate (the "generic cell rate algorithm"). */
  #lastAt = -Infinity

  /**
   * @param perSecond Requests per second, above 0; Infinity for no limit.
   * @param burst How many requests may be sent at once after an idle time; 1 or more.
   * @param latenessMs A request that is up to this much too late does not lower the rate.
   */
  constructor(perSecond: number, burst: number, latenessMs = TIMER_LATENESS_MS) {
    this.#perSecond = perSecond
    this.#burst = burst
    this.#latenessMs = latenessMs
  }

  /** The current limit in requests per second. */
  get perSecond(): number {
    return this.#perSecond
  }

  /** Changes the limit from now on. */
  set perSecond(perSecond: number) {
    this.#perSecond = perSecond
  }

  /** Ends the burst permanently: from now on, requests are spaced evenly. */
  endBurst(now: number): void {
    if (this.#burst === 1) return
    this.#burst = 1
    this.#lastAt = Math.min(this.#lastAt, now)
  }

  /** The earliest time at which the next request may be sent. */
  get nextAt(): number {
    return this.#lastAt - (this.#burst - 1) * (1_000 / this.#perSecond)
  }

  /** Records that a request is sent now. If it is sent before {@link nextAt}, later requests wait longer. */
  take(now: number): void {
    this.#lastAt = Math.max(this.#lastAt, now - this.#latenessMs) + 1_000 / this.#perSecond
  }
}
