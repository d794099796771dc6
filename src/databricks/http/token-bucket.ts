/** Timers are late by so many ms: who comes so late has not lost the time. */
const LATENESS_MS = 4

/** Lets so many through in a second, after a burst; all times are in ms, of a clock that only goes forward. */
export class TokenBucket {
  #burst: number
  #perSecond: number
  /** When the last one would have gone if all had kept their distance (the "generic cell rate algorithm"). */
  #last = -Infinity

  /**
   * @param perSecond Over 0; Infinity lets all through.
   * @param burst How many may go at once after a while without any, 1 or more.
   */
  constructor(perSecond: number, burst: number) {
    this.#perSecond = perSecond
    this.#burst = burst
  }

  /** How many are let through in a second. */
  get perSecond(): number {
    return this.#perSecond
  }

  /** Changes how many are let through from now on. */
  set perSecond(perSecond: number) {
    this.#perSecond = perSecond
  }

  /** Ends the burst for good: from now on, each keeps its distance from the one before. */
  endBurst(now: number): void {
    if (this.#burst === 1) return
    this.#burst = 1
    this.#last = Math.min(this.#last, now)
  }

  /** The first moment at which one more may go. */
  get next(): number {
    return this.#last - (this.#burst - 1) * (1_000 / this.#perSecond)
  }

  /** One goes, at this time; also ahead of its time, and then others have to wait longer. */
  take(now: number): void {
    this.#last = Math.max(this.#last, now - LATENESS_MS) + 1_000 / this.#perSecond
  }
}
