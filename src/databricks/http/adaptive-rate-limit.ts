import { estimateRate } from './estimate-rate.js'
import { TokenBucket } from './token-bucket.js'
import { backoffMs } from './transient-error.js'

/** So long back, in ms, is looked when the first refusal comes. */
const FIRST_WINDOW_MS = 1_000

/** The first rate is so many times what was accepted in that time: a full bucket allows for more than its rate. */
const FIRST_SHARE = 4

/** The shortest pause while the rate is not known, in ms. */
const SHORTEST_PAUSE_MS = 100

/** Requests a second below which, and above which, we do not go. */
const SLOWEST = 1
const FASTEST = 10_000

/**
 * By so many requests a second each answer speeds us up while the workspace's rate is not known: it doubles in a sixth of
 * a second.
 */
const PROBING_STEP = 4

/** What is known is kept to with this much to spare, and with more of it the first time. */
const SAFETY = 0.98
const FIRST_SAFETY = 0.97

/**
 * And then each answer speeds us up by this share, times how many were accepted since the last refusal: hardly at all at
 * first, and then ever faster. The fewer answers the rate was measured from, the sooner it is put to the test.
 */
const RECOVERY_STEP = 0.000_1
const SURE_MEASURE = 50

/** A second without refusals counts at least as much as so many answers. */
const LEAST_RECOVERY_PER_SECOND = 10

/**
 * At the measured rate, hardly any request should be refused. If this many of the last answers are refusals all the same,
 * they do not depend on our rate: another job uses the same limit, or they come by chance. To slow down would not help.
 */
const RECENT_ANSWERS = 30
const UNRELATED_REFUSALS = 3

/** Then each answer speeds us up by this share, and only when half of the last answers are refusals do we slow down. */
const UNRELATED_STEP = 0.05
const TOO_MANY_REFUSALS = RECENT_ANSWERS / 2

/** After so many seconds a new measurement begins. */
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
export class AdaptiveRateLimit {
  readonly #pace = new TokenBucket(Infinity, 1)
  #pausedUntil = -Infinity
  #refusedAt = -Infinity
  #measuredFrom = -Infinity
  #refusalsInRow = 0
  #isProbing = true
  /** How much the workspace took before it refused the first, and in how many ms. */
  #burst = { count: 0, ms: 0 }
  /** How much of that it takes at once: the rest is what its rate lets through in that time. */
  #bucket = 0
  /** From how many accepted requests the rate was measured, 1 to {@link SURE_MEASURE}. */
  #measuredFromCount = 1
  /** Whether refusals are taken not to depend on our rate. */
  #isUnrelated = false
  /** The last answers, at most {@link RECENT_ANSWERS}; true for a refusal at a measured rate. */
  #recent: boolean[] = []
  /** How many requests were accepted since the last refusal. */
  #acceptedInRow = 0
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
    this.#note(false)
    this.#acceptedInRow++
    const { perSecond } = this.#pace
    if (this.#isProbing) this.#pace.perSecond += PROBING_STEP
    else {
      const doubt = SURE_MEASURE / this.#measuredFromCount
      const calm = Math.max(
        this.#acceptedInRow,
        (LEAST_RECOVERY_PER_SECOND * (now - this.#refusedAt)) / 1_000,
      )
      const share = this.#isUnrelated ? UNRELATED_STEP : RECOVERY_STEP * calm * doubt
      this.#pace.perSecond = Math.min(perSecond * (1 + share), FASTEST)
    }
  }

  /**
   * A request was refused since there are too many.
   *
   * @param sentAt When it went out: those that were under way at an earlier refusal say the same thing again.
   */
  refused(sentAt: number, now: number, retryAfterMs = 0): void {
    const isNews = sentAt > this.#refusedAt
    if (isNews) this.#note(!this.#isProbing)
    if (isNews && !this.#dependsNotOnRate()) this.#slowDown(now, retryAfterMs)
    else if (retryAfterMs > SHORTEST_WAIT_MS) this.pauseUntil(now + retryAfterMs)
    this.#acceptedInRow = 0
  }

  #note(isRefusal: boolean): void {
    this.#recent.push(isRefusal)
    if (this.#recent.length > RECENT_ANSWERS) this.#recent.shift()
  }

  #dependsNotOnRate(): boolean {
    if (this.#isProbing) return false
    const refusals = this.#recent.filter(Boolean).length
    const most = this.#isUnrelated ? TOO_MANY_REFUSALS : Infinity
    if (refusals >= most) {
      this.#isUnrelated = false
      this.#recent = []
    } else if (refusals >= UNRELATED_REFUSALS) this.#isUnrelated = true
    return this.#isUnrelated
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
      this.#measuredFromCount = Math.min(Math.max(this.#answered.length, 1), SURE_MEASURE)
      const most = this.#pace.perSecond * (isSoon && !this.#isProbing ? BACK_DOWN : 1)
      const safety = this.#isProbing ? FIRST_SAFETY : SAFETY
      this.#pace.perSecond = Math.max(SLOWEST, Math.min(known * safety, most))
      this.#isProbing = false
      const seconds = (now - this.#measuredFrom) / 1_000
      // An old measure would hold on to a rate that the workspace no longer has.
      if (seconds > LONGEST_MEASURE_S) this.#measureFrom(now)
    }
    const pause = this.#isProbing
      ? SHORTEST_PAUSE_MS + backoffMs(this.#refusalsInRow)
      : (CUSHION * 1_000) / this.#pace.perSecond
    const isKnown = !this.#isProbing && retryAfterMs <= SHORTEST_WAIT_MS
    this.pauseUntil(now + (isKnown ? pause : Math.max(pause, retryAfterMs)))
    this.#refusedAt = now
  }

  #measure(now: number): number {
    const rate = (): number =>
      estimateRate(this.#answered, Math.max(1, this.#bucket), this.#measuredFrom, now)
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
