import { monotonicMs } from './clock.js'
import { TokenBucket } from './token-bucket.js'
import { AdaptiveRateLimit } from './adaptive-rate-limit.js'
import type { WorkspaceError } from '../workspace-error.js'

/** This many requests may go before `requestsPerSecond` holds them back: most maps fit into it. */
const BURST = 100

/** What holds requests back. */
export interface QueueLimits {
  /** Requests under way at most. */
  readonly concurrency: number
  /** Requests a second at most; Infinity for no limit. */
  readonly requestsPerSecond: number
}

/** Says why a request must not be sent any more; undefined if it may be. */
export type RejectionReason = () => WorkspaceError | undefined

interface QueuedRequest {
  readonly enter: () => void
  readonly turnAway: (error: WorkspaceError) => void
  readonly reasonAgainst: RejectionReason
}

/**
 * Lets requests to the workspace go out one after the other in the order in which they came, so many at a time and so
 * many a second. Of those that are sent again and those that are new, each has every other turn where both wait: one that
 * fails each time must not keep the others from the workspace. It costs a timer only while something waits for its time.
 */
export class RequestQueue {
  /** The workspace's own limit, where it has shown one. */
  readonly rateLimit = new AdaptiveRateLimit()
  readonly #concurrency: number
  readonly #pace: TokenBucket
  readonly #again: QueuedRequest[] = []
  readonly #new: QueuedRequest[] = []
  #underWay = 0
  #wasAgain = false
  #timer: NodeJS.Timeout | undefined

  constructor({ concurrency, requestsPerSecond }: QueueLimits) {
    this.#concurrency = concurrency
    this.#pace = new TokenBucket(requestsPerSecond, BURST)
  }

  /**
   * Waits until a request may go; it is under way then, until `leave`.
   *
   * @param again True for one that has been sent before.
   * @param reasonAgainst Asked now, and at each `review` while the request waits.
   * @throws {WorkspaceError} the reason against it
   */
  async acquire(again: boolean, reasonAgainst: RejectionReason): Promise<void> {
    const error = reasonAgainst()
    if (error !== undefined) throw error
    await new Promise<void>((enter, turnAway) => {
      const queue = again ? this.#again : this.#new
      queue.push({ enter, turnAway, reasonAgainst })
      this.#letIn()
    })
  }

  /** A request was refused since there are too many: see {@link AdaptiveRateLimit.refused}. From the first of them on, there is no burst. */
  refused(sentAt: number, now: number, retryAfterMs: number): void {
    this.#pace.endBurst(now)
    this.rateLimit.refused(sentAt, now, retryAfterMs)
  }

  /** A request that had entered is over. */
  release(): void {
    this.#underWay--
    this.#letIn()
  }

  /** A request goes that waits for nobody, since others wait for it: those that come later make up for it. */
  takeUnqueued(): void {
    const now = monotonicMs()
    this.#pace.take(now)
    this.rateLimit.take(now)
  }

  /** Turns away the waiting requests that must not be sent any more. */
  review(): void {
    for (const queue of [this.#again, this.#new]) {
      for (const waiting of queue.splice(0)) {
        const error = waiting.reasonAgainst()
        if (error === undefined) queue.push(waiting)
        else waiting.turnAway(error)
      }
    }
    this.#letIn()
  }

  #letIn(): void {
    clearTimeout(this.#timer)
    while (this.#underWay < this.#concurrency && this.#again.length + this.#new.length > 0) {
      const now = monotonicMs()
      const wait = Math.max(this.#pace.next, this.rateLimit.next) - now
      if (wait > 0) {
        this.#timer = setTimeout(() => {
          this.#letIn()
        }, wait)
        return
      }
      this.#pace.take(now)
      this.rateLimit.take(now)
      this.#underWay++
      this.#wasAgain = this.#again.length > 0 && !(this.#wasAgain && this.#new.length > 0)
      const queue = this.#wasAgain ? this.#again : this.#new
      queue.shift()?.enter()
    }
  }
}
