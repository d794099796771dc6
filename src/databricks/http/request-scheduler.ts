import { monotonicMs } from './clock.js'
import type { JsonObject } from '../response.js'
import { AuthError } from '../auth/auth-error.js'
import { CircuitBreaker } from './circuit-breaker.js'
import { HttpTransport, type HttpRequest, type HttpResponse } from './http-transport.js'
import { backoffMs, isTransient } from './transient-error.js'
import { RequestQueue, type QueueLimits } from './request-queue.js'
import { WorkspaceError, type WorkspaceErrorDetails } from '../workspace-error.js'

/** A read that the run can do without is retried for this long, in ms. */
const OPTIONAL_RETRY_MS = 15_000

/**
 * A request that is refused for the rate limit more often than this, while others get through, says nothing about the
 * rate: it may be refused for good.
 */
const TELLING_REFUSALS = 3

/** The pauses of all requests while nothing gets through grow up to this many failures of a request in a row. */
const LONGEST_COMMON_BACK_OFF = 2

/** How a request is handled. */
export interface CallOptions {
  /**
   * True for a read that the run can do without. It is retried for 15 seconds at most, and however often it fails, no
   * other request is given up for it.
   */
  readonly optional?: boolean
  /** Called each time the request failed and waits to be retried. */
  readonly onRetry?: () => void
}

/**
 * Sends a request until it is answered, and gives what `read` makes of the answer; `read` throws a WorkspaceError. Where it
 * is optional, it is retried for 15 seconds at most.
 */
export type SendRequest = (
  request: HttpRequest,
  read: (answer: HttpResponse) => JsonObject,
  options?: Pick<CallOptions, 'optional'>,
) => Promise<JsonObject>

/** Sends a request once, and gives back the answer, whatever it is. */
export type SendOnce = (request: HttpRequest) => Promise<HttpResponse>

/** A request that is sent again. */
export interface Retry {
  /** What became of the last try. */
  readonly error: WorkspaceError
  /** How often it was tried before, 1 or more. */
  readonly tries: number
  /** The pause before it, in ms; then it waited for its turn. */
  readonly pauseMs: number
}

/** How the traffic of a run is held back, and for how long. */
export interface SchedulerOptions extends QueueLimits {
  /** How long transient errors are retried while nothing gets through, in ms; 0 for no retries. */
  readonly retryTimeoutMs: number
}

/** A request through all its tries. */
interface RequestAttempts {
  readonly about: WorkspaceErrorDetails
  readonly options: CallOptions
  readonly breaker: CircuitBreaker
  /** How often it was sent. */
  tries: number
  firstSentAt: number
  /** When its last try ended. */
  endedAt: number
  /** How often it was refused for the rate limit. */
  refusals: number
  /** What became of its last try. */
  last: WorkspaceError | undefined
  /** The pause before the next try, in ms. */
  pauseMs: number
}

/**
 * All requests of a run. Those that fail with a transient error are retried for as long as the run's budget lasts; those
 * to the workspace also keep to its limits and to ours.
 */
export class RequestScheduler {
  readonly #http: HttpTransport
  readonly #gate: RequestQueue
  /** For the requests that a run cannot do without. */
  readonly #required: CircuitBreaker
  readonly #optional: CircuitBreaker
  readonly #workspace: string
  readonly #cancelled: AbortSignal
  readonly #onRetry: (retry: Retry) => void
  readonly #concurrency: number
  /** Transient errors of calls since anything got through. */
  #faultsInRow = 0
  /** What ends each pause before its time. */
  readonly #pauses = new Set<() => void>()

  /**
   * @param workspace The origin of the workspace: its own sign-in counts among the requests to it.
   * @param cancelled Ends everything when it fires: see {@link HttpTransport}.
   * @param onRetry Called for each request that is sent again.
   */
  constructor(
    options: SchedulerOptions,
    workspace: string,
    cancelled: AbortSignal,
    onRetry: (retry: Retry) => void,
  ) {
    this.#http = new HttpTransport(cancelled)
    this.#gate = new RequestQueue(options)
    this.#concurrency = options.concurrency
    this.#required = new CircuitBreaker(options.retryTimeoutMs)
    this.#optional = new CircuitBreaker(Math.min(options.retryTimeoutMs, OPTIONAL_RETRY_MS))
    this.#workspace = workspace
    this.#cancelled = cancelled
    this.#onRetry = onRetry
    cancelled.addEventListener('abort', () => {
      this.#gate.review()
      for (const end of this.#pauses) end()
    })
  }

  /**
   * Sends a request of somebody who signs in. Requests to the workspace wait for it, so it waits for none of them.
   *
   * @throws {WorkspaceError} which says from whom
   */
  readonly send: SendRequest = async (request, read, options = {}) => {
    const attempts = this.#newRequest({}, options)
    return await this.#untilAnswered(attempts, async () => {
      if (new URL(request.url).origin === this.#workspace) this.#gate.takeUnqueued()
      this.#noteTry(attempts)
      return read(await this.#http.send(request))
    })
  }

  /**
   * Carries out a call of the workspace's API when it is its turn.
   *
   * @param about What is known of the call, for its errors.
   * @param attempt Makes the request and reads the answer, and throws a WorkspaceError; called anew for each try, and not
   * before it may be sent, so that what waits is small, and the token is fresh.
   * @throws {WorkspaceError} and whatever else `attempt` throws
   */
  async call(
    about: WorkspaceErrorDetails & { readonly call: string },
    attempt: (send: SendOnce) => Promise<JsonObject>,
    options: CallOptions = {},
  ): Promise<JsonObject> {
    const attempts = this.#newRequest(about, options)
    const reasonAgainst = (): WorkspaceError | undefined =>
      this.#cancelled.aborted
        ? new WorkspaceError('cancelled', { notSent: true })
        : attempts.breaker.reasonAgainst(about.call)
    const once = async (): Promise<JsonObject> => {
      await this.#gate.acquire(attempts.tries > 0, reasonAgainst)
      try {
        this.#noteTry(attempts)
        return await this.#watch(attempts, attempt)
      } finally {
        this.#gate.release()
      }
    }
    return await this.#untilAnswered(attempts, once)
  }

  /** Closes all connections: they would keep the process alive. */
  close(): void {
    this.#http.close()
  }

  #newRequest(about: WorkspaceErrorDetails, options: CallOptions): RequestAttempts {
    const breaker = options.optional === true ? this.#optional : this.#required
    const neverSent = { tries: 0, firstSentAt: 0, endedAt: 0, refusals: 0, last: undefined, pauseMs: 0 }
    return { about, options, breaker, ...neverSent }
  }

  #noteTry(attempts: RequestAttempts): void {
    const { last: error, tries, pauseMs } = attempts
    if (error === undefined) attempts.firstSentAt = monotonicMs()
    else this.#onRetry({ error, tries, pauseMs })
    attempts.tries++
  }

  /** Makes an attempt, and lets the throttle see what comes of it. */
  async #watch(
    attempts: RequestAttempts,
    attempt: (send: SendOnce) => Promise<JsonObject>,
  ): Promise<JsonObject> {
    const { rateLimit: throttle } = this.#gate
    const sentAt = monotonicMs()
    let requests = 0
    const send: SendOnce = async (request) => {
      // With a token that is not taken there is a second one.
      if (++requests > 1) this.#gate.takeUnqueued()
      return await this.#http.send(request)
    }
    try {
      const answer = await attempt(send)
      throttle.answered(monotonicMs())
      return answer
    } catch (error) {
      if (error instanceof WorkspaceError) this.#holdBack(attempts, error, sentAt)
      throw error
    }
  }

  /** Lets all requests feel what one of them has met with, where that says something about the others. */
  #holdBack(attempts: RequestAttempts, error: WorkspaceError, sentAt: number): void {
    const now = monotonicMs()
    const { rateLimit: throttle } = this.#gate
    if (!isTransient(error, 1)) {
      if (error.failure === 'refused') throttle.answered(now)
      return
    }
    const { breaker } = attempts
    const othersPass = this.#faultsInRow === 0
    this.#faultsInRow++
    breaker.failed(attempts, now)
    const retryAfterMs = Math.min(error.details.retryAfterMs ?? 0, breaker.left(now))
    if (error.isThrottled) {
      if (++attempts.refusals <= TELLING_REFUSALS || !othersPass) {
        this.#gate.refused(sentAt, now, retryAfterMs)
      }
      return
    }
    if (breaker.isWidespread) throttle.pauseUntil(now + retryAfterMs)
    // A workspace that is down has no use for a thousand requests that find out one by one.
    if (this.#faultsInRow % this.#concurrency === 0 && breaker.left(now) > 0) {
      const failures = Math.min(this.#faultsInRow / this.#concurrency, LONGEST_COMMON_BACK_OFF)
      throttle.pauseUntil(now + backoffMs(failures))
    }
  }

  /** Tries, and tries again while that makes sense. */
  async #untilAnswered(attempts: RequestAttempts, attempt: () => Promise<JsonObject>): Promise<JsonObject> {
    const { about, options } = attempts
    let earlierTryUnknown = false
    for (;;) {
      const { tries, last } = attempts
      let error: WorkspaceError
      try {
        const answer = await attempt()
        this.#passed()
        return answer
      } catch (reason) {
        // Without a token there is no other try, and so no other word on the one that may have been carried out.
        if (earlierTryUnknown && about.write === true && reason instanceof AuthError)
          throw reason.afterWrite()
        if (!(reason instanceof WorkspaceError)) throw reason
        error = reason.with(about)
      }
      const open = earlierTryUnknown && { earlierTryUnknown }
      if (error.details.notSent === true && last !== undefined) {
        // This try was not made: what there is to tell is what became of the others.
        attempts.tries = tries
        if (error.failure === 'cancelled') throw error.with({ ...triedFrom(attempts), tries, ...open })
        throw last.with({ ...triedFrom(attempts), ...open })
      }
      attempts.endedAt = monotonicMs()
      const wait = this.#waitAfter(attempts, error)
      if (wait === undefined) throw error.with({ ...triedFrom(attempts), ...open })
      earlierTryUnknown ||= error.mayBeApplied
      attempts.last = error
      attempts.pauseMs = wait
      options.onRetry?.()
      await this.#pause(wait)
    }
  }

  /** How long to wait before the next try, in ms; undefined for not to try again. */
  #waitAfter(attempts: RequestAttempts, error: WorkspaceError): number | undefined {
    const { about, options, breaker, tries } = attempts
    const { reusedConnection: reused, notSent, retryAfterMs = 0 } = error.details
    if (notSent === true) return undefined
    const now = monotonicMs()
    if (!isTransient(error, 1)) {
      // Who says no is there.
      if (error.failure === 'refused') this.#passed()
      return undefined
    }
    breaker.failed(attempts, now)
    const ofItsOwn = options.optional === true ? OPTIONAL_RETRY_MS - (now - attempts.firstSentAt) : Infinity
    const left = Math.min(breaker.left(now), ofItsOwn)
    if (left > 0 && isTransient(error, tries)) {
      // The other side has closed a kept connection in the moment in which we took it: that says nothing of how it is.
      return reused === true && tries === 1 ? 0 : Math.min(Math.max(retryAfterMs, backoffMs(tries)), left)
    }
    if (about.call !== undefined) {
      breaker.gaveUp(about.call, error.with({ notSent: true }), now)
      this.#gate.review()
    }
    return undefined
  }

  #passed(): void {
    const now = monotonicMs()
    this.#faultsInRow = 0
    this.#required.passed(now)
    this.#optional.passed(now)
  }

  /** Waits, and no longer than until the run is cancelled. */
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

/** How often a request was tried, and how long, as far as that is worth telling. */
function triedFrom({ tries, firstSentAt, endedAt }: RequestAttempts): WorkspaceErrorDetails {
  return tries > 1 ? { tries, triedMs: endedAt - firstSentAt } : {}
}
