import { bucketRate } from './bucket-rate.js'
import { Pace } from './pace.js'
import { backOff } from './passing-fault.js'

/** So long back, in ms, is looked when the first refusal comes. */
const FIRST_WINDOW_MS = 1_000

/** The first rate is so many times what was accepted in that time: a full bucket allows for more than its rate. */
const FIRST_SHARE = 4

/** The shortest pause while the rate is not known, in ms. */
const SHORTEST_PAUSE_MS = 100

/** Requests a second below which we do not go. */
const SLOWEST = 1

/**
 * By so many requests a second each answer speeds us up while the workspace's rate is not known: it doubles in a sixth of
 * a second.
 */
const PROBING_STEP = 4

/** What is known is kept to with this much to spare, and with more of it the first time. */
const SAFETY = 0.98
const FIRST_SAFETY = 0.97

/**
 * And then each answer speeds us up: hardly at all for as long as the rate was measured, and then ever faster. So what
 * was measured in a second is put to the test soon, and what was measured in ten holds for a while.
 */
const RECOVERY_STEP = 0.025

/** A measurement counts as one of so many seconds at least, and after so many a new one begins. */
const SHORTEST_MEASURE_S = 1
const LONGEST_MEASURE_S = 10

/** Another refusal within so many ms says that the measured rate is too high: then we slow down by this factor. */
const SOON_MS = 1_000
const BACK_DOWN = 0.9

/** After a refusal at a known rate, so many requests are left out, so that the next is not refused for coming early. */
const CUSHION = 4

/** The shortest wait that `Retry-After` can ask for, in ms; nearly all of it is due to its counting in seconds. */
const SHORTEST_WAIT_MS = 1_000

/**
 * Keeps to the rate of a workspace that has begun to refuse requests for being too many; until then it is out of the
 * way. All times are in ms, of a clock that only goes forward.
 *
 * The first refusal stops all requests for as long as the workspace asks, or for a moment, and then they come back
 * slowly and ever faster. The second tells the rate: between the two the workspace has accepted what its limit lets
 * through. From there on they go at that rate, and try a little more from time to time. So few are refused, and little
 * of what the workspace would take is left unused.
 */
export class Throttle {
  readonly #pace = new Pace(Infinity, 1)
  #pausedUntil = -Infinity
  #refusedAt = -Infinity
  #measuredFrom = -Infinity
  #refusalsInRow = 0
  #isProbing = true
  /** How much the workspace took before it refused the first, and in how many ms. */
  #burst = { count: 0, ms: 0 }
  /** How much of that it takes at once: the rest is what its rate lets through in that time. */
  #bucket = 0
  /** How long it took to measure the rate, in seconds. */
  #measuredS = SHORTEST_MEASURE_S
  /** When requests were answered, since the measurement began. */
  #answered: number[] = []

  /** The first moment at which one more request may go. */
  get next(): number {
    return Math.max(this.#pausedUntil, this.#pace.next)
  }

  /** One request goes. */
  take(now: number): void {
    this.#pace.take(now)
  }

  /** Nothing goes before this. */
  pauseUntil(time: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, time)
  }

  /** A request was answered, with whatever else than that there are too many. */
  answered(now: number): void {
    this.#answered.push(now)
    this.#refusalsInRow = 0
    if (this.#pace.perSecond === Infinity) return
    const lengths = (now - this.#refusedAt) / 1_000 / this.#measuredS
    this.#pace.perSecond += this.#isProbing ? PROBING_STEP : (RECOVERY_STEP * lengths ** 2) / this.#measuredS
  }

  /**
   * A request was refused since there are too many.
   *
   * @param sentAt When it went out: those that were under way at an earlier refusal say the same thing again.
   */
  refused(sentAt: number, now: number, retryAfterMs = 0): void {
    if (sentAt > this.#refusedAt) this.#slowDown(now, retryAfterMs)
    else if (retryAfterMs > SHORTEST_WAIT_MS) this.pauseUntil(now + retryAfterMs)
  }

  #slowDown(now: number, retryAfterMs: number): void {
    const isFirst = this.#pace.perSecond === Infinity
    const isSoon = now - this.#refusedAt < SOON_MS
    this.#refusalsInRow++
    if (isFirst) {
      const recent = this.#answered.filter((time) => time > now - FIRST_WINDOW_MS)
      this.#burst = { count: recent.length, ms: now - (recent[0] ?? now) }
      this.#bucket = recent.length
      this.#pace.perSecond = Math.max(SLOWEST, FIRST_SHARE * recent.length)
      this.#measureFrom(now)
    } else if (this.#refusalsInRow > 1) {
      this.#pace.perSecond = Math.max(SLOWEST, this.#pace.perSecond / 2)
      this.#isProbing = true
      this.#measureFrom(now)
    } else {
      const known = this.#measure(now)
      const most = this.#pace.perSecond * (isSoon && !this.#isProbing ? BACK_DOWN : 1)
      const safety = this.#isProbing ? FIRST_SAFETY : SAFETY
      this.#pace.perSecond = Math.max(SLOWEST, Math.min(known * safety, most))
      this.#isProbing = false
      const seconds = (now - this.#measuredFrom) / 1_000
      this.#measuredS = Math.max(seconds, SHORTEST_MEASURE_S)
      // An old measure would hold on to a rate that the workspace no longer has.
      if (seconds > LONGEST_MEASURE_S) this.#measureFrom(now)
    }
    const pause = this.#isProbing
      ? SHORTEST_PAUSE_MS + backOff(this.#refusalsInRow)
      : (CUSHION * 1_000) / this.#pace.perSecond
    const isKnown = !this.#isProbing && retryAfterMs <= SHORTEST_WAIT_MS
    this.pauseUntil(now + (isKnown ? pause : Math.max(pause, retryAfterMs)))
    this.#refusedAt = now
  }

  #measure(now: number): number {
    const rate = (): number => bucketRate(this.#answered, Math.max(1, this.#bucket), this.#measuredFrom, now)
    // At first the bucket was full and what it got ran over: for about half of the time.
    if (this.#isProbing) this.#bucket = this.#burst.count - (this.#burst.ms / 2_000) * rate()
    return rate()
  }

  /** The workspace has just let in all that it does, so from here on what it accepts tells its rate. */
  #measureFrom(now: number): void {
    this.#measuredFrom = now
    this.#answered = []
  }
}
