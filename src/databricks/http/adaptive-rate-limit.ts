import { estimateRate } from './estimate-rate.js'
import { TokenBucket } from './token-bucket.js'
import { backoffMs } from './transient-error.js'

/** The first rate is estimated from the requests that were accepted within this time before the first rejection, in ms. */
const FIRST_RATE_WINDOW_MS = 1_000

/** The first rate is this many times the measured one, which may be too low: a full bucket hides the real rate. */
const FIRST_RATE_FACTOR = 4

/** The shortest pause while the rate is unknown, in ms. */
const MIN_PAUSE_MS = 100

/** The bounds of the rate, in requests per second. */
const MIN_PER_SECOND = 1
const MAX_PER_SECOND = 10_000

/**
 * While the rate is unknown, each accepted request raises it by this many requests per second. So it doubles in a sixth of a
 * second.
 */
const PROBING_INCREASE = 4

/** A measured rate is used with this margin. The first measurement needs a larger one. */
const RATE_MARGIN = 0.98
const FIRST_RATE_MARGIN = 0.97

/**
 * Then each accepted request raises the rate by this share, times the number of requests accepted since the last rejection:
 * slowly at first, then faster. It rises faster if the rate was measured from fewer than {@link FULL_SAMPLE} requests.
 */
const RECOVERY_FACTOR = 0.000_1
const FULL_SAMPLE = 50

/** Each second without a rejection counts as at least this many accepted requests. */
const MIN_RECOVERY_PER_SECOND = 10

/**
 * At a measured rate, rejections should be rare. If {@link UNRELATED_REJECTIONS} of the last
 * {@link RECENT_RESPONSES} responses are rejections, these do not depend on our rate: another job shares the limit, or the
 * workspace rejects at random. A lower rate would not help.
 */
const RECENT_RESPONSES = 30
const UNRELATED_REJECTIONS = 3

/** Then each accepted request raises the rate by this share. It falls only if half of the last responses are rejections. */
const UNRELATED_FACTOR = 0.05
const TOO_MANY_REJECTIONS = RECENT_RESPONSES / 2

/** A new measurement starts after this many seconds. */
const MAX_MEASUREMENT_S = 10

/** If the next rejection comes within this many ms, the measured rate was too high. Then the rate is lowered by this factor. */
const SOON_MS = 1_000
const SOON_FACTOR = 0.9

/** After a rejection at a known rate, pause for the time of this many requests, so that the next one is not too early. */
const SKIPPED_REQUESTS = 4

/** The shortest wait that `Retry-After` can ask for, in ms. It counts in seconds, so nearly all of that is rounding. */
const MIN_RETRY_AFTER_MS = 1_000

/**
 * Finds the rate that a workspace accepts, and limits requests to it. It does nothing until the first rejection. Times are
 * in ms, of a monotonic clock.
 *
 * 1. The first rejection stops all requests, for as long as the workspace asks or for a moment. Then the rate rises quickly.
 * 2. The second rejection measures the rate: what the workspace accepted between the two.
 * 3. From then on requests are sent at that rate, which rises slowly until the next rejection.
 *
 * So few requests are rejected, and nearly all of the workspace's limit is used.
 */
export class AdaptiveRateLimit {
  readonly #tokenBucket = new TokenBucket(Infinity, 1)
  #pausedUntil = -Infinity
  #rejectedAt = -Infinity
  #measuringSince = -Infinity
  #rejectionsInRow = 0
  /** True until the rate has been measured. */
  #isProbing = true
  /** How many requests the workspace accepted before the first rejection, and in how many ms. */
  #burst = { count: 0, ms: 0 }
  /** The estimated size of the workspace's token bucket: the burst without what the rate allows in that time. */
  #bucketSize = 0
  /** From how many accepted requests the rate was measured, 1 to {@link FULL_SAMPLE}. */
  #sampleSize = 1
  /** Whether rejections seem not to depend on our rate. */
  #isUnrelated = false
  /** The last responses, at most {@link RECENT_RESPONSES}. True for a rejection at a measured rate. */
  #recentRejections: boolean[] = []
  /** How many requests were accepted since the last rejection. */
  #acceptedInRow = 0
  /** When requests were accepted, since the measurement started. */
  #acceptedAt: number[] = []

  /** The earliest time at which the next request may be sent. */
  get nextAt(): number {
    return Math.max(this.#pausedUntil, this.#tokenBucket.nextAt)
  }

  /** Records that a request is sent now. */
  take(now: number): void {
    this.#tokenBucket.take(now)
  }

  /** Lets no request be sent before this time. */
  pauseUntil(time: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, time)
  }

  /** Records a response that is not a rejection for the rate: a success or another error. */
  accepted(now: number): void {
    this.#acceptedAt.push(now)
    this.#rejectionsInRow = 0
    if (this.#tokenBucket.perSecond === Infinity) return
    this.#record(false)
    this.#acceptedInRow++
    const { perSecond } = this.#tokenBucket
    if (this.#isProbing) this.#tokenBucket.perSecond += PROBING_INCREASE
    else {
      const uncertainty = FULL_SAMPLE / this.#sampleSize
      const acceptedInRow = Math.max(
        this.#acceptedInRow,
        (MIN_RECOVERY_PER_SECOND * (now - this.#rejectedAt)) / 1_000,
      )
      const increase = this.#isUnrelated ? UNRELATED_FACTOR : RECOVERY_FACTOR * acceptedInRow * uncertainty
      this.#tokenBucket.perSecond = Math.min(perSecond * (1 + increase), MAX_PER_SECOND)
    }
  }

  /**
   * Records that a request was rejected because of the rate.
   *
   * @param sentAt When it was sent. If that was before the last rejection, this one adds no information.
   */
  rejected(sentAt: number, now: number, retryAfterMs = 0): void {
    const isNew = sentAt > this.#rejectedAt
    if (isNew) this.#record(!this.#isProbing)
    if (isNew && !this.#checkUnrelated()) this.#slowDown(now, retryAfterMs)
    else if (retryAfterMs > MIN_RETRY_AFTER_MS) this.pauseUntil(now + retryAfterMs)
    this.#acceptedInRow = 0
  }

  #record(isRejection: boolean): void {
    this.#recentRejections.push(isRejection)
    if (this.#recentRejections.length > RECENT_RESPONSES) this.#recentRejections.shift()
  }

  #checkUnrelated(): boolean {
    if (this.#isProbing) return false
    const rejections = this.#recentRejections.filter(Boolean).length
    const limit = this.#isUnrelated ? TOO_MANY_REJECTIONS : Infinity
    if (rejections >= limit) {
      this.#isUnrelated = false
      this.#recentRejections = []
    } else if (rejections >= UNRELATED_REJECTIONS) this.#isUnrelated = true
    return this.#isUnrelated
  }

  #slowDown(now: number, retryAfterMs: number): void {
    const isFirst = this.#tokenBucket.perSecond === Infinity
    const isSoon = now - this.#rejectedAt < SOON_MS
    this.#rejectionsInRow++
    if (isFirst) {
      const recent = this.#acceptedAt.filter((time) => time > now - FIRST_RATE_WINDOW_MS)
      this.#burst = { count: recent.length, ms: now - (recent[0] ?? now) }
      this.#bucketSize = recent.length
      this.#tokenBucket.perSecond = Math.max(MIN_PER_SECOND, FIRST_RATE_FACTOR * recent.length)
      this.#startMeasuring(now)
    } else if (this.#rejectionsInRow > 1) {
      this.#tokenBucket.perSecond = Math.max(MIN_PER_SECOND, this.#tokenBucket.perSecond / 2)
      this.#isProbing = true
      this.#startMeasuring(now)
    } else {
      const measured = this.#measure(now)
      this.#sampleSize = Math.min(Math.max(this.#acceptedAt.length, 1), FULL_SAMPLE)
      const limit = this.#tokenBucket.perSecond * (isSoon && !this.#isProbing ? SOON_FACTOR : 1)
      const margin = this.#isProbing ? FIRST_RATE_MARGIN : RATE_MARGIN
      this.#tokenBucket.perSecond = Math.max(MIN_PER_SECOND, Math.min(measured * margin, limit))
      this.#isProbing = false
      const seconds = (now - this.#measuringSince) / 1_000
      // A long measurement would keep a rate that the workspace no longer has.
      if (seconds > MAX_MEASUREMENT_S) this.#startMeasuring(now)
    }
    const pause = this.#isProbing
      ? MIN_PAUSE_MS + backoffMs(this.#rejectionsInRow)
      : (SKIPPED_REQUESTS * 1_000) / this.#tokenBucket.perSecond
    const isKnown = !this.#isProbing && retryAfterMs <= MIN_RETRY_AFTER_MS
    this.pauseUntil(now + (isKnown ? pause : Math.max(pause, retryAfterMs)))
    this.#rejectedAt = now
  }

  #measure(now: number): number {
    const rate = (): number =>
      estimateRate(this.#acceptedAt, Math.max(1, this.#bucketSize), this.#measuringSince, now)
    // The bucket was full at first, for about half of the burst. Tokens of that time were lost.
    if (this.#isProbing) this.#bucketSize = this.#burst.count - (this.#burst.ms / 2_000) * rate()
    return rate()
  }

  /** Starts a measurement. The bucket is empty now, so from here on the accepted requests show the rate. */
  #startMeasuring(now: number): void {
    this.#measuringSince = now
    this.#acceptedAt = []
  }
}
