import type { Interceptor } from './loopback-server.js'
import { refusal } from './refusals.js'
import type { Reply } from './reply.js'
import type { RequestRecord } from './request-log.js'

/** How much is let through. */
export interface ThrottleOptions {
  /** Requests a second in the long run, more than 0; default no limit. */
  readonly perSecond?: number
  /** Requests at once after a pause, at least 1; default as many as in a second. */
  readonly burst?: number
  /** Requests between their arrival and their answer; default no limit. */
  readonly maxInFlight?: number
  /** What a refusal calls itself; both are in the REST reference. Default `REQUEST_LIMIT_EXCEEDED`. */
  readonly code?: 'REQUEST_LIMIT_EXCEEDED' | 'RESOURCE_EXHAUSTED'
  /** The form of Retry-After, which tells when there is room again; default none. */
  readonly retryAfter?: 'seconds' | 'date'
  /** Tells the time in milliseconds; default `performance.now`. */
  readonly clock?: () => number
}

/**
 * Refuses requests that come too fast (a bucket of tokens) or are too many at once, with a status 429. A refused request
 * takes no effect and takes nothing out of the bucket. Databricks documents no figures.
 *
 *     const throttle = new Throttle({ perSecond: 30, maxInFlight: 20 })
 *     workspace.intercept(throttle.play)
 */
export class Throttle {
  /** How many requests it has refused. */
  refused = 0
  readonly #options: ThrottleOptions
  readonly #perSecond: number
  readonly #burst: number
  readonly #clock: () => number
  #tokens: number
  #filledAt: number
  #open: RequestRecord[] = []

  constructor(options: ThrottleOptions) {
    const { perSecond = Infinity, clock = () => performance.now() } = options
    this.#options = options
    this.#perSecond = perSecond
    this.#burst = options.burst ?? Math.max(1, perSecond)
    this.#clock = clock
    this.#tokens = this.#burst
    this.#filledAt = clock()
  }

  /** The interceptor. */
  readonly play: Interceptor = (request) => {
    const { maxInFlight = Infinity } = this.#options
    this.#open = this.#open.filter(({ endedAt }) => endedAt === undefined)
    // The message was seen.
    if (this.#open.length >= maxInFlight) {
      return this.#refuse(`exceeded the concurrent limit of ${maxInFlight} requests`, 1)
    }
    if (!this.#takeToken()) {
      const seconds = (1 - this.#tokens) / this.#perSecond
      return this.#refuse(`exceeded the limit of ${this.#perSecond} requests per second`, seconds)
    }
    this.#open.push(request)
    return undefined
  }

  #takeToken(): boolean {
    if (this.#perSecond === Infinity) return true
    const now = this.#clock()
    const fresh = ((now - this.#filledAt) / 1_000) * this.#perSecond
    this.#tokens = Math.min(this.#burst, this.#tokens + fresh)
    this.#filledAt = now
    if (this.#tokens < 1) return false
    this.#tokens--
    return true
  }

  /** @param seconds until there is room */
  #refuse(message: string, seconds: number): Reply {
    this.refused++
    const { code = 'REQUEST_LIMIT_EXCEEDED', retryAfter } = this.#options
    const whole = Math.ceil(seconds)
    // A date is cut to its second, which would be too early.
    const date = new Date(Date.now() + whole * 1_000 + 999)
    return refusal(429, {
      code,
      message,
      ...(retryAfter === undefined ? {} : { retryAfter: retryAfter === 'date' ? date : whole }),
    })
  }
}
