import { monotonicMs } from '../monotonic-ms.js'
import type { JsonObject, RawAnswer } from './answer.js'
import { SignInError } from './auth/sign-in-error.js'
import { HttpExchange, type HttpRequest } from './http-exchange.js'
import { backOff, mayPass } from './passing-fault.js'
import { RequestGate, type GateLimits } from './request-gate.js'
import { RetryBudget } from './retry-budget.js'
import { WorkspaceError, type WorkspaceErrorDetails } from './workspace-error.js'

/**
 * Sends a request until it is answered, and gives what `read` makes of the answer; `read` throws a WorkspaceError. With
 * `maxTries`, it is tried no more often, and uses nothing of what the run has for retries.
 */
export type SendRequest = (
  request: HttpRequest,
  read: (answer: RawAnswer) => JsonObject,
  maxTries?: number,
) => Promise<JsonObject>

/** Sends a request once, and gives back the answer, whatever it is. */
export type SendOnce = (request: HttpRequest) => Promise<RawAnswer>

/** A request that is about to be sent again. */
export interface Retry {
  /** What became of the last try. */
  readonly error: WorkspaceError
  /** How often it has been tried, 1 or more. */
  readonly tries: number
  /** How long it waits, in ms, and perhaps longer: until it is its turn. */
  readonly waitMs: number
}

/** How the traffic of a run is held back, and for how long. */
export interface TrafficOptions extends GateLimits {
  /** How long passing faults are retried, in all, in ms; 0 for no retries. */
  readonly retryTimeoutMs: number
}

/**
 * All requests of a run. Those that fail in a way that may pass are sent again, for as long as the run's budget lasts;
 * those to the workspace also keep to its limits and to ours.
 */
export class Traffic {
  readonly #http: HttpExchange
  readonly #gate: RequestGate
  readonly #budget: RetryBudget
  readonly #workspace: string
  readonly #cancelled: AbortSignal
  readonly #onRetry: (retry: Retry) => void
  readonly #concurrency: number
  /** Passing faults of calls since anything got through. */
  #faultsInRow = 0
  /** What ends each pause before its time. */
  readonly #pauses = new Set<() => void>()
  /** What nothing gets through for, if it has been tried for as long as was asked for: then nothing more is sent. */
  #hopeless: WorkspaceError | undefined

  /**
   * @param workspace The origin of the workspace: its own sign-in counts among the requests to it.
   * @param cancelled Ends everything when it fires: see {@link HttpExchange}.
   * @param onRetry Told of each request that is sent again.
   */
  constructor(
    options: TrafficOptions,
    workspace: string,
    cancelled: AbortSignal,
    onRetry: (retry: Retry) => void,
  ) {
    this.#http = new HttpExchange(cancelled)
    this.#gate = new RequestGate(options)
    this.#concurrency = options.concurrency
    this.#budget = new RetryBudget(options.retryTimeoutMs)
    this.#workspace = workspace
    this.#cancelled = cancelled
    this.#onRetry = onRetry
    cancelled.addEventListener('abort', () => {
      this.#gate.turnAway(() => new WorkspaceError('cancelled', { notSent: true }))
      for (const end of this.#pauses) end()
    })
  }

  /**
   * Sends a request of somebody who signs in. Requests to the workspace wait for it, so it waits for none of them.
   *
   * @throws {WorkspaceError} which says from whom
   */
  readonly send: SendRequest = async (request, read, maxTries) => {
    const attempt = async (): Promise<JsonObject> => {
      if (new URL(request.url).origin === this.#workspace) this.#gate.passBy()
      return read(await this.#http.send(request))
    }
    return await this.#untilAnswered({}, attempt, () => false, maxTries)
  }

  /**
   * Carries out a call of the workspace's API when it is its turn.
   *
   * @param about What is known of the call, for its errors.
   * @param attempt Makes the request and reads the answer, and throws a WorkspaceError; called anew for each try, and not
   * before it may be sent, so that what waits is small, and the token is fresh.
   * @param isDone Whether a refusal says that an earlier try has been carried out, if it may have been.
   * @throws {WorkspaceError} and whatever else `attempt` throws
   */
  async call(
    about: WorkspaceErrorDetails,
    attempt: (send: SendOnce) => Promise<JsonObject>,
    isDone: (error: WorkspaceError) => boolean,
  ): Promise<JsonObject> {
    const once = async (tries: number): Promise<JsonObject> => {
      if (this.#hopeless !== undefined) throw this.#hopeless
      await this.#gate.enter(tries > 1)
      try {
        return await this.#watch(attempt)
      } finally {
        this.#gate.leave()
      }
    }
    return await this.#untilAnswered(about, once, isDone)
  }

  /** Closes all connections: they would keep the process alive. */
  close(): void {
    this.#http.close()
  }

  /** Makes an attempt, and lets the throttle see what comes of it. */
  async #watch(attempt: (send: SendOnce) => Promise<JsonObject>): Promise<JsonObject> {
    const { throttle } = this.#gate
    const sentAt = monotonicMs()
    let requests = 0
    const send: SendOnce = async (request) => {
      // With a token that is not taken there is a second one.
      if (++requests > 1) this.#gate.passBy()
      return await this.#http.send(request)
    }
    try {
      const answer = await attempt(send)
      throttle.answered(monotonicMs())
      return answer
    } catch (error) {
      if (error instanceof WorkspaceError) this.#holdBack(error, sentAt)
      throw error
    }
  }

  /** Lets all requests feel what one of them has met with. */
  #holdBack(error: WorkspaceError, sentAt: number): void {
    const now = monotonicMs()
    const { throttle } = this.#gate
    const { retryAfterMs } = error.details
    if (error.isThrottled) throttle.refused(sentAt, now, retryAfterMs)
    else if (retryAfterMs !== undefined) throttle.pauseUntil(now + retryAfterMs)
    // A workspace that is down has no use for a thousand requests that find out one by one.
    else if (mayPass(error, 1) && ++this.#faultsInRow % this.#concurrency === 0) {
      if (this.#budget.left(now) > 0)
        throttle.pauseUntil(now + backOff(this.#faultsInRow / this.#concurrency))
    }
  }

  /** Tries, and tries again while that makes sense. */
  async #untilAnswered(
    about: WorkspaceErrorDetails,
    attempt: (tries: number) => Promise<JsonObject>,
    isDone: (error: WorkspaceError) => boolean,
    maxTries?: number,
  ): Promise<JsonObject> {
    const start = monotonicMs()
    let earlierOpen = false
    let last: WorkspaceError | undefined
    for (let tries = 1; ; tries++) {
      let error: WorkspaceError
      try {
        const answer = await attempt(tries)
        this.#passed()
        return answer
      } catch (reason) {
        // Without a token there is no other try, and so no other word on the one that may have been carried out.
        if (earlierOpen && about.write === true && reason instanceof SignInError) throw reason.afterWrite()
        if (!(reason instanceof WorkspaceError)) throw reason
        error = reason.with(about)
      }
      if (last !== undefined && error.details.notSent === true && error.failure !== 'cancelled') {
        // Nothing gets through any more, so this try was not made: what there is to tell is what became of the others.
        throw last.with({ ...triedFrom(start, tries - 1), ...(earlierOpen && { earlierOpen }) })
      }
      if (earlierOpen && isDone(error)) {
        this.#passed()
        return {}
      }
      const wait = maxTries === undefined ? this.#waitAfter(error, tries) : waitWithin(maxTries, error, tries)
      if (wait !== undefined) {
        earlierOpen ||= error.mayHaveHappened
        last = error
        this.#onRetry({ error, tries, waitMs: wait })
        await this.#pause(wait)
        if (!this.#cancelled.aborted) continue
        error = new WorkspaceError('cancelled', { ...about, notSent: true })
      }
      throw error.with({ ...triedFrom(start, tries), ...(earlierOpen && { earlierOpen }) })
    }
  }

  /** How long to wait before the next try, in ms; undefined for not to try again. */
  #waitAfter(error: WorkspaceError, tries: number): number | undefined {
    const { reused, notSent, retryAfterMs = 0 } = error.details
    if (notSent === true) return undefined
    const now = monotonicMs()
    if (!mayPass(error, 1)) {
      // Who says no is there.
      if (error.failure === 'refused') this.#passed()
      return undefined
    }
    this.#budget.failed(now)
    const left = this.#budget.left(now)
    if (left > 0 && mayPass(error, tries)) {
      // The other side has closed a kept connection in the moment in which we took it: that says nothing of how it is.
      return reused === true && tries === 1 ? 0 : Math.min(Math.max(retryAfterMs, backOff(tries)), left)
    }
    // Who signs in and cannot says so, to each call that needs a token: the workspace may be well.
    if (error.details.call !== undefined && this.#budget.isHopeless(now)) {
      const hopeless = error.with({ notSent: true })
      this.#hopeless = hopeless
      this.#gate.turnAway(() => hopeless)
    }
    return undefined
  }

  #passed(): void {
    this.#faultsInRow = 0
    this.#budget.passed(monotonicMs())
    this.#hopeless = undefined
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

/** How long to wait before the next try of a request that has so many; undefined after the last one. */
function waitWithin(maxTries: number, error: WorkspaceError, tries: number): number | undefined {
  return tries < maxTries && mayPass(error, tries) ? backOff(tries) : undefined
}

/** How often a request was tried, and how long, as far as that is worth telling. */
function triedFrom(start: number, tries: number): WorkspaceErrorDetails {
  return tries > 1 ? { tries, triedMs: monotonicMs() - start } : {}
}
