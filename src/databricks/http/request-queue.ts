import type { WorkspaceError } from '../workspace-error.js'
import { AdaptiveRateLimit } from './adaptive-rate-limit.js'
import { monotonicMs } from './clock.js'
import { TokenBucket } from './token-bucket.js'

/** So many requests are sent before `requestsPerSecond` applies. Most maps are smaller. */
const BURST = 100

/** The limits of the queue. */
export interface QueueLimits {
  /** The maximum number of running requests. */
  readonly concurrency: number
  /** The maximum number of requests per second; Infinity for no limit. */
  readonly requestsPerSecond: number
}

/** Returns the error with which a request fails without being sent; undefined if it may be sent. */
export type RejectionReason = () => WorkspaceError | undefined

interface QueuedRequest {
  readonly start: () => void
  readonly reject: (error: WorkspaceError) => void
  readonly rejectionReason: RejectionReason
}

/**
 * Starts requests in order, within the limits of concurrency and rate. If both retries and new requests wait, they take
 * turns, so that a request that always fails does not block the others. It sets a timer only while a request waits for the
 * rate.
 */
export class RequestQueue {
  /** The workspace's own rate limit, after its first rejection. */
  readonly rateLimit = new AdaptiveRateLimit()
  readonly #concurrency: number
  readonly #tokenBucket: TokenBucket
  readonly #retries: QueuedRequest[] = []
  readonly #newRequests: QueuedRequest[] = []
  #running = 0
  #lastWasRetry = false
  #timer: NodeJS.Timeout | undefined

  constructor({ concurrency, requestsPerSecond }: QueueLimits) {
    this.#concurrency = concurrency
    this.#tokenBucket = new TokenBucket(requestsPerSecond, BURST)
  }

  /**
   * Waits until a request may be sent. Then it counts as running until `release`.
   *
   * @param isRetry True if the request was sent before.
   * @param rejectionReason Called now, and at each `recheck` while the request waits.
   * @throws {WorkspaceError} the rejection reason.
   */
  async acquire(isRetry: boolean, rejectionReason: RejectionReason): Promise<void> {
    const error = rejectionReason()
    if (error !== undefined) throw error
    await new Promise<void>((start, reject) => {
      const queue = isRetry ? this.#retries : this.#newRequests
      queue.push({ start, reject, rejectionReason })
      this.#startNext()
    })
  }

  /** Records that the workspace rejected a request because of its rate limit. The first rejection ends the burst. */
  rejected(sentAt: number, now: number, retryAfterMs: number): void {
    this.#tokenBucket.endBurst(now)
    this.rateLimit.rejected(sentAt, now, retryAfterMs)
  }

  /** Records that a running request has ended. */
  release(): void {
    this.#running--
    this.#startNext()
  }

  /** Records a request that is sent without waiting, because others depend on it. Later requests wait longer instead. */
  takeUnqueued(): void {
    const now = monotonicMs()
    this.#tokenBucket.take(now)
    this.rateLimit.take(now)
  }

  /** Rejects the waiting requests that now have a rejection reason. */
  recheck(): void {
    for (const queue of [this.#retries, this.#newRequests]) {
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
    while (this.#running < this.#concurrency && this.#retries.length + this.#newRequests.length > 0) {
      const now = monotonicMs()
      const wait = Math.max(this.#tokenBucket.nextAt, this.rateLimit.nextAt) - now
      if (wait > 0) {
        this.#timer = setTimeout(() => {
          this.#startNext()
        }, wait)
        return
      }
      this.#tokenBucket.take(now)
      this.rateLimit.take(now)
      this.#running++
      this.#lastWasRetry = this.#retries.length > 0 && !(this.#lastWasRetry && this.#newRequests.length > 0)
      const queue = this.#lastWasRetry ? this.#retries : this.#newRequests
      queue.shift()?.start()
    }
  }
}
