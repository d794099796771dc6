import { AuthError } from '../auth/auth-error.js'
import type { JsonObject } from '../response.js'
import { WorkspaceError, type WorkspaceErrorDetails } from '../workspace-error.js'
import type { AdaptiveRateLimit } from './adaptive-rate-limit.js'
import { CircuitBreaker } from './circuit-breaker.js'
import { monotonicMs } from './clock.js'
import { HttpTransport, type HttpRequest, type HttpResponse } from './http-transport.js'
import { RequestQueue, type QueueLimits } from './request-queue.js'
import { backoffMs, isTransient } from './transient-error.js'

/** How long an optional read is retried, in ms. */
const OPTIONAL_RETRY_MS = 15_000

/**
 * If a request is rejected for the rate limit more often than this while others succeed, its rejections no longer count
 * for the rate. The workspace may always reject this request.
 */
const MAX_COUNTED_REJECTIONS = 3

/** During an outage all requests pause. The pause is at most the backoff after this many failures of one request. */
const MAX_SHARED_BACKOFF_STEP = 2

/** Options of an API call. */
export interface CallOptions {
  /**
   * True for a read that the run does not require. It is retried for at most 15 seconds, and its failures never stop other
   * requests.
   */
  readonly optional?: boolean
  /**
   * True for a read that must not slow down the run: see {@link RequestQueue}. It is retried as long as other requests, and
   * its failures never stop or slow down other requests.
   */
  readonly background?: boolean
  /** Called each time the request has failed and will be retried. */
  readonly onRetry?: () => void
}

/**
 * Sends a request with retries, and returns the result of `read`, which parses the response and throws a WorkspaceError if
 * it is an error. An optional request is retried for at most 15 seconds.
 */
export type SendRequest = (
  request: HttpRequest,
  read: (response: HttpResponse) => JsonObject,
  options?: Pick<CallOptions, 'optional'>,
) => Promise<JsonObject>

/** Sends a request once, and returns the response with any status. */
export type SendOnce = (request: HttpRequest) => Promise<HttpResponse>

/** A retry, as reported when it is sent. */
export interface Retry {
  /** The error of the last try. */
  readonly error: WorkspaceError
  /** How often the request was tried before; 1 or more. */
  readonly tries: number
  /** The pause before the retry, in ms, without the time in the queue. */
  readonly pauseMs: number
}

/** The limits for the requests of a run. */
export interface SchedulerOptions extends QueueLimits {
  /** How long transient errors are retried while no request succeeds, in ms; 0 for no retries. */
  readonly retryTimeoutMs: number
}

/** What the responses have shown. Background requests are apart, so that their errors do not concern the other requests. */
interface ResponseHistory {
  readonly rateLimit: AdaptiveRateLimit
  /** Transient errors of API calls since the last success. */
  errorsInRow: number
}

/** A request and all of its tries. */
interface RequestAttempts {
  readonly callDetails: WorkspaceErrorDetails
  readonly options: CallOptions
  readonly isBackground: boolean
  readonly history: ResponseHistory
  readonly circuitBreaker: CircuitBreaker
  /** How often it was tried. */
  tries: number
  firstSentAt: number
  /** When its last try was sent. */
  sentAt: number
  /** The time of its failed tries and of the pauses after them, in ms, without the time in the queue. */
  failedMs: number
  /** When its last try ended. */
  endedAt: number
  /** How often it was rejected for the rate limit. */
  rejections: number
  /** The error of its last try. */
  lastError: WorkspaceError | undefined
  /** The pause before the next try, in ms. */
  pauseMs: number
}

/**
 * Sends all requests of a run. It retries transient errors within the run's retry budget. API calls also wait for the limits
 * of the workspace and of the inputs.
 */
export class RequestScheduler {
  readonly #transport: HttpTransport
  readonly #queue: RequestQueue
  readonly #requiredBreaker: CircuitBreaker
  readonly #optionalBreaker: CircuitBreaker
  readonly #backgroundBreaker: CircuitBreaker
  readonly #retryTimeoutMs: number
  readonly #workspaceOrigin: string
  readonly #cancelled: AbortSignal
  readonly #onRetry: (retry: Retry) => void
  readonly #concurrency: number
  readonly #history: ResponseHistory
  readonly #backgroundHistory: ResponseHistory
  /** For each pause before a retry, the function that ends it early. */
  readonly #pauses = new Set<() => void>()

  /**
   * @param workspaceOrigin Token requests to this origin also count for the rate.
   * @param cancelled Ends everything when it fires: see {@link HttpTransport}.
   * @param onRetry Called for each retry.
   */
  constructor(
    options: SchedulerOptions,
    workspaceOrigin: string,
    cancelled: AbortSignal,
    onRetry: (retry: Retry) => void,
  ) {
    this.#transport = new HttpTransport(cancelled)
    this.#queue = new RequestQueue(options)
    this.#concurrency = options.concurrency
    this.#retryTimeoutMs = options.retryTimeoutMs
    this.#history = { rateLimit: this.#queue.rateLimit, errorsInRow: 0 }
    this.#backgroundHistory = { rateLimit: this.#queue.backgroundRateLimit, errorsInRow: 0 }
    this.#requiredBreaker = new CircuitBreaker(options.retryTimeoutMs)
    this.#optionalBreaker = new CircuitBreaker(Math.min(options.retryTimeoutMs, OPTIONAL_RETRY_MS))
    this.#backgroundBreaker = new CircuitBreaker(options.retryTimeoutMs)
    this.#workspaceOrigin = workspaceOrigin
    this.#cancelled = cancelled
    this.#onRetry = onRetry
    cancelled.addEventListener('abort', () => {
      this.#queue.recheck()
      for (const end of this.#pauses) end()
    })
  }

  /**
   * Sends a request for authentication. API calls wait for its token, so it does not wait in the queue.
   *
   * @throws {WorkspaceError}
   */
  readonly send: SendRequest = async (request, read, options = {}) => {
    const attempts = this.#newAttempts({}, options)
    return await this.#withRetries(attempts, async () => {
      if (new URL(request.url).origin === this.#workspaceOrigin) this.#queue.takeUnqueued()
      this.#startTry(attempts)
      return read(await this.#transport.send(request))
    })
  }

  /**
   * Makes an API call, with retries, when the queue allows it.
   *
   * @param callDetails Details of the call for its errors.
   * @param attempt Sends the request and parses the response. It is called for each try, when it may be sent, so that
   * waiting requests hold no body and no old token.
   * @throws {WorkspaceError} and every other error of `attempt`
   */
  async call(
    callDetails: WorkspaceErrorDetails & { readonly call: string },
    attempt: (send: SendOnce) => Promise<JsonObject>,
    options: CallOptions = {},
  ): Promise<JsonObject> {
    const attempts = this.#newAttempts(callDetails, options)
    const rejectionReason = (): WorkspaceError | undefined =>
      this.#cancelled.aborted
        ? new WorkspaceError('cancelled', { notSent: true })
        : attempts.circuitBreaker.rejectionReason(callDetails.call)
    const { isBackground } = attempts
    const attemptWhenAllowed = async (): Promise<JsonObject> => {
      await this.#queue.acquire({ isRetry: attempts.tries > 0, isBackground }, rejectionReason)
      try {
        this.#startTry(attempts)
        return await this.#attemptOnce(attempts, attempt)
      } finally {
        this.#queue.release({ isBackground })
      }
    }
    return await this.#withRetries(attempts, attemptWhenAllowed)
  }

  /** Closes all connections, which would keep the process alive. */
  close(): void {
    this.#transport.close()
  }

  #newAttempts(callDetails: WorkspaceErrorDetails, options: CallOptions): RequestAttempts {
    const isBackground = options.background === true
    const circuitBreaker = options.optional === true ? this.#optionalBreaker : this.#requiredBreaker
    return {
      callDetails,
      options,
      isBackground,
      history: isBackground ? this.#backgroundHistory : this.#history,
      circuitBreaker: isBackground ? this.#backgroundBreaker : circuitBreaker,
      tries: 0,
      firstSentAt: 0,
      sentAt: 0,
      failedMs: 0,
      endedAt: 0,
      rejections: 0,
      lastError: undefined,
      pauseMs: 0,
    }
  }

  #startTry(attempts: RequestAttempts): void {
    const { lastError: error, tries, pauseMs } = attempts
    attempts.sentAt = monotonicMs()
    if (error === undefined) attempts.firstSentAt = attempts.sentAt
    else this.#onRetry({ error, tries, pauseMs })
    attempts.tries++
  }

  /** Makes one attempt, and adapts the rate limit to its result. */
  async #attemptOnce(
    attempts: RequestAttempts,
    attempt: (send: SendOnce) => Promise<JsonObject>,
  ): Promise<JsonObject> {
    const { rateLimit } = attempts.history
    let requests = 0
    const send: SendOnce = async (request) => {
      // After a rejected token there is a second request.
      if (++requests > 1) this.#queue.takeUnqueued()
      return await this.#transport.send(request)
    }
    try {
      const response = await attempt(send)
      rateLimit.accepted(monotonicMs())
      return response
    } catch (error) {
      if (error instanceof WorkspaceError) this.#slowDown(attempts, error)
      throw error
    }
  }

  /** Slows down all requests after an error that concerns the others too. */
  #slowDown(attempts: RequestAttempts, error: WorkspaceError): void {
    const now = monotonicMs()
    const { history, isBackground, sentAt } = attempts
    const { rateLimit } = history
    if (!isTransient(error, 1)) {
      if (error.failure === 'error-response') rateLimit.accepted(now)
      return
    }
    const { circuitBreaker } = attempts
    const othersSucceed = history.errorsInRow === 0
    history.errorsInRow++
    circuitBreaker.failed(attempts, now)
    const retryAfterMs = Math.min(error.details.retryAfterMs ?? 0, circuitBreaker.remainingMs(now))
    if (error.isRateLimited) {
      if (++attempts.rejections <= MAX_COUNTED_REJECTIONS || !othersSucceed) {
        if (isBackground) rateLimit.rejected(sentAt, now, retryAfterMs)
        else this.#queue.rejected(sentAt, now, retryAfterMs)
      }
      return
    }
    if (circuitBreaker.isWidespread) rateLimit.pauseUntil(now + retryAfterMs)
    // During an outage, do not let a thousand requests fail one by one.
    if (history.errorsInRow % this.#concurrency === 0 && circuitBreaker.remainingMs(now) > 0) {
      const failures = Math.min(history.errorsInRow / this.#concurrency, MAX_SHARED_BACKOFF_STEP)
      rateLimit.pauseUntil(now + backoffMs(failures))
    }
  }

  /** Makes attempts until one succeeds or no retry is left. */
  async #withRetries(attempts: RequestAttempts, attempt: () => Promise<JsonObject>): Promise<JsonObject> {
    const { callDetails, options } = attempts
    let earlierTryMayBeApplied = false
    for (;;) {
      const { tries, lastError } = attempts
      let error: WorkspaceError
      try {
        const response = await attempt()
        this.#recordSuccess(attempts)
        return response
      } catch (reason) {
        // No token, so no retry can show whether the earlier try was applied.
        if (earlierTryMayBeApplied && callDetails.write === true && reason instanceof AuthError)
          throw reason.withEarlierTryMayBeApplied()
        if (!(reason instanceof WorkspaceError)) throw reason
        error = reason.withDetails(callDetails)
      }
      const writeDetails = earlierTryMayBeApplied && { earlierTryMayBeApplied }
      if (error.details.notSent === true && lastError !== undefined) {
        // This try was not sent, so report the last one that was.
        attempts.tries = tries
        if (error.failure === 'cancelled')
          throw error.withDetails({ ...tryDetails(attempts), tries, ...writeDetails })
        throw lastError.withDetails({ ...tryDetails(attempts), ...writeDetails })
      }
      attempts.endedAt = monotonicMs()
      const wait = this.#retryDelayMs(attempts, error)
      if (wait === undefined) throw error.withDetails({ ...tryDetails(attempts), ...writeDetails })
      earlierTryMayBeApplied ||= error.mayBeApplied
      attempts.lastError = error
      attempts.pauseMs = wait
      attempts.failedMs += attempts.endedAt - attempts.sentAt + wait
      options.onRetry?.()
      await this.#pause(wait)
    }
  }

  /** The pause before a retry, in ms; undefined for no retry. */
  #retryDelayMs(attempts: RequestAttempts, error: WorkspaceError): number | undefined {
    const { callDetails, circuitBreaker, tries } = attempts
    const { reusedConnection, notSent, retryAfterMs = 0 } = error.details
    if (notSent === true) return undefined
    const now = monotonicMs()
    if (!isTransient(error, 1)) {
      // The server is up.
      if (error.failure === 'error-response') this.#recordSuccess(attempts)
      return undefined
    }
    circuitBreaker.failed(attempts, now)
    const remainingMs = Math.min(circuitBreaker.remainingMs(now), this.#ownRemainingMs(attempts, now))
    if (remainingMs > 0 && isTransient(error, tries)) {
      // The server closed an idle connection at the moment it was reused. That is not a sign of an outage.
      return reusedConnection === true && tries === 1
        ? 0
        : Math.min(Math.max(retryAfterMs, backoffMs(tries)), remainingMs)
    }
    if (callDetails.call !== undefined) {
      circuitBreaker.gaveUp(callDetails.call, error.withDetails({ notSent: true }), now)
      this.#queue.recheck()
    }
    return undefined
  }

  /** How long this request may be retried, whether or not other requests succeed, in ms. */
  #ownRemainingMs({ options, isBackground, firstSentAt, failedMs }: RequestAttempts, now: number): number {
    if (options.optional === true) return OPTIONAL_RETRY_MS - (now - firstSentAt)
    return isBackground ? this.#retryTimeoutMs - failedMs : Infinity
  }

  #recordSuccess({ history, isBackground }: RequestAttempts): void {
    const now = monotonicMs()
    history.errorsInRow = 0
    this.#backgroundBreaker.succeeded(now)
    // The writes of a run may fail while its reads succeed. Then a long search must not keep their retries going.
    if (isBackground) return
    this.#requiredBreaker.succeeded(now)
    this.#optionalBreaker.succeeded(now)
  }

  /** Waits, but not after the run is cancelled. */
  async #pause(ms: number): Promise<void> {
    if (this.#cancelled.aborted) return
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer)
        this.#pauses.delete(end)
        resolve()
      }
      const timer = setTimeout(end, ms)
      this.#pauses.add(end)
    })
  }
}

/** The number of tries and their duration, if there was more than one. */
function tryDetails({ tries, firstSentAt, endedAt }: RequestAttempts): WorkspaceErrorDetails {
  return tries > 1 ? { tries, triedMs: endedAt - firstSentAt } : {}
}
