import type { Interceptor } from './loopback-server.js'
import { refusal } from './refusals.js'
import type { Reply } from './reply.js'
import type { RequestRecord } from './request-log.js'

/** The limits. */
export interface ThrottleOptions {
  /** The long-term requests per second, above 0. Default: no limit. */
  readonly perSecond?: number
  /** The requests at once after a pause, at least 1. Default: as many as in a second. */
  readonly burst?: number
  /** The maximum number of running requests. Default: no limit. */
  readonly maxInFlight?: number
  /** The error code. Both are in the REST reference. Default: `REQUEST_LIMIT_EXCEEDED`. */
  readonly code?: 'REQUEST_LIMIT_EXCEEDED' | 'RESOURCE_EXHAUSTED'
  /** The format of Retry-After, which contains the time until the next request is accepted. Default: none. */
  readonly retryAfter?: 'seconds' | 'date'
  /** Returns the time in milliseconds. Default: `performance.now`. */
  readonly clock?: () => number
}

/**
 * Rejects requests with status 429 if there are too many per second (a token bucket) or too many at once. A rejected request
 * has no effect and takes no token. Databricks documents no limits.
 *
 *     const throttle = new Throttle({ perSecond: 30, maxInFlight: 20 })
 *     workspace.intercept(throttle.play)
 */
export class Throttle {
  /** The number of rejected requests. */
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
    // This message was observed.
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

  /** @param seconds until the next request is accepted */
  #refuse(message: string, seconds: number): Reply {
    this.refused++
    const { code = 'REQUEST_LIMIT_EXCEEDED', retryAfter } = this.#options
    const whole = Math.ceil(seconds)
    // A date is cut to whole seconds. Without this, it would be too early.
    const date = new Date(Date.now() + whole * 1_000 + 999)
    return refusal(429, {
      code,
      message,
      ...(retryAfter === undefined ? {} : { retryAfter: retryAfter === 'date' ? date : whole }),
    })
  }
}
