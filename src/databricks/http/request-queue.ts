import type { WorkspaceError } from '../workspace-error.js'
import { AdaptiveRateLimit } from './adaptive-rate-limit.js'
import { monotonicMs } from './clock.js'
import { TokenBucket } from './token-bucket.js'

/** So many requests are sent before `requestsPerSecond` applies. Most maps are smaller. */
const BURST = 100

/**
 * Background requests start when no other request has waited or run for this time, in ms. So they fill no gap between two
 * phases of a run, such as its reads and its writes.
 */
const MIN_IDLE_MS = 200

/** The delay after which the background catches up, in ms. Without a burst, later delays lower the rate. */
const BACKGROUND_LATENESS_MS = 50

/** The limits of the queue. */
export interface QueueLimits {
  /** The maximum number of running requests. */
  readonly concurrency: number
  /** The maximum number of requests per second; Infinity for no limit. */
  readonly requestsPerSecond: number
}

/** Returns the error with which a request fails without being sent; undefined if it may be sent. */
export type RejectionReason = () => WorkspaceError | undefined

/** How a request waits in the queue. */
export interface QueueOptions {
  /** True if the request was sent before. */
  readonly isRetry: boolean
  /** True if all other requests go first. */
  readonly isBackground: boolean
}

interface QueuedRequest {
  readonly start: () => void
  readonly reject: (error: WorkspaceError) => void
  readonly rejectionReason: RejectionReason
}

/**
 * Starts requests in order, within the limits of concurrency and rate. If both retries and new requests wait, they take
 * turns, so that a request that always fails does not block the others. It sets a timer only while a request waits for the
 * rate.
 *
 * Background requests must not slow down the others. They start only while no other request waits or runs, and use at most
 * half of `concurrency`. They are spaced evenly, so the burst stays available for the other requests. If the workspace rejects
 * them for the rate limit, only the rate of the background is lowered.
 */
export class RequestQueue {
  /** The workspace's own rate limit, after its first rejection. */
  readonly rateLimit = new AdaptiveRateLimit()
  /** The rate limit that the workspace has for background requests, after the first rejection of one of them. */
  readonly backgroundRateLimit = new AdaptiveRateLimit()
  readonly #concurrency: number
  readonly #tokenBucket: TokenBucket
  readonly #backgroundBucket: TokenBucket
  readonly #retries: QueuedRequest[] = []
  readonly #newRequests: QueuedRequest[] = []
  readonly #background: QueuedRequest[] = []
  /** The number of running requests, without those in the background. */
  #running = 0
  #runningInBackground = 0
  /** When a request that is not in the background last ended, or was sent without waiting. */
  #busyAt = -Infinity
  #lastWasRetry = false
  #timer: NodeJS.Timeout | undefined

  constructor({ concurrency, requestsPerSecond }: QueueLimits) {
    this.#concurrency = concurrency
    this.#tokenBucket = new TokenBucket(requestsPerSecond, BURST)
    this.#backgroundBucket = new TokenBucket(requestsPerSecond, 1, BACKGROUND_LATENESS_MS)
  }

  /**
   * Waits until a request may be sent. Then it counts as running until `release`.
   *
   * @param rejectionReason Called now, and at each `recheck` while the request waits.
   * @throws {WorkspaceError} the rejection reason.
   */
  async acquire({ isRetry, isBackground }: QueueOptions, rejectionReason: RejectionReason): Promise<void> {
    const error = rejectionReason()
    if (error !== undefined) throw error
    await new Promise<void>((start, reject) => {
      const queue = isBackground ? this.#background : isRetry ? this.#retries : this.#newRequests
      queue.push({ start, reject, rejectionReason })
      this.#startNext()
    })
  }

  /**
   * Records that the workspace rejected a request because of its rate limit. The first rejection ends the burst. For a
   * background request, call `backgroundRateLimit.rejected` instead.
   */
  rejected(sentAt: number, now: number, retryAfterMs: number): void {
    this.#tokenBucket.endBurst(now)
    this.rateLimit.rejected(sentAt, now, retryAfterMs)
  }

  /** Records that a running request has ended. */
  release({ isBackground }: Pick<QueueOptions, 'isBackground'>): void {
    if (isBackground) this.#runningInBackground--
    else {
      this.#running--
      this.#busyAt = monotonicMs()
    }
    this.#startNext()
  }

  /** Records a request that is sent without waiting, because others depend on it. Later requests wait longer instead. */
  takeUnqueued(): void {
    const now = monotonicMs()
    this.#tokenBucket.take(now)
    this.rateLimit.take(now)
    this.#busyAt = now
  }

  /** Rejects the waiting requests that now have a rejection reason. */
  recheck(): void {
    for (const queue of [this.#retries, this.#newRequests, this.#background]) {
      for (const request of queue.splice(0)) {
        const error = request.rejectionReason()
        if (error === undefined) queue.push(request)
        else request.reject(error)
      }
    }
    this.#startNext()
  }

  #startNext(): void {
    clearTimeout(this.#timer)
    while (this.#retries.length + this.#newRequests.length > 0) {
      if (this.#running + this.#runningInBackground >= this.#concurrency) return
      const now = monotonicMs()
      if (this.#mustWait(Math.max(this.#tokenBucket.nextAt, this.rateLimit.nextAt) - now)) return
      this.#tokenBucket.take(now)
      this.rateLimit.take(now)
      this.#running++
      this.#lastWasRetry = this.#retries.length > 0 && !(this.#lastWasRetry && this.#newRequests.length > 0)
      const queue = this.#lastWasRetry ? this.#retries : this.#newRequests
      queue.shift()?.start()
    }
    if (this.#background.length > 0 && this.#running === 0) this.#startBackground()
  }

  /** Starts background requests. No other request waits or runs. */
  #startBackground(): void {
    const limits = [this.#tokenBucket, this.#backgroundBucket, this.rateLimit, this.backgroundRateLimit]
    while (this.#background.length > 0 && this.#runningInBackground < Math.ceil(this.#concurrency / 2)) {
      const now = monotonicMs()
      const startAt = Math.max(this.#busyAt + MIN_IDLE_MS, ...limits.map(({ nextAt }) => nextAt))
      if (this.#mustWait(startAt - now)) return
      for (const limit of limits) limit.take(now)
      this.#runningInBackground++
      this.#background.shift()?.start()
    }
  }

  /** Whether the next request must wait; then a timer starts it. */
  #mustWait(ms: number): boolean {
    if (ms <= 0) return false
    this.#timer = setTimeout(() => {
      this.#startNext()
    }, ms)
    return true
  }
}
