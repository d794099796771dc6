/** How a request failed. */
export type Failure =
  /** No connection: the name is unknown, nothing listens, the network is cut off. Nothing was sent. */
  | 'unreachable'
  /** The proxy of this runner was not reached, or did not let the connection through. */
  | 'proxy'
  /** The certificate is not one that this runner trusts. */
  | 'tls'
  /** The workspace took the connection and did not answer in time. */
  | 'timeout'
  /** The connection ended in the middle of the exchange. */
  | 'connection-lost'
  /** The answer points elsewhere: a login page, another host. It is never followed. */
  | 'redirected'
  /** The answer is not what the REST API says: not JSON, not an object, too long, of another shape. */
  | 'unexpected-response'
  /** The workspace answered with an error of its own. */
  | 'refused'
  /** The run was cancelled: the request was not sent, or its answer was not waited for. */
  | 'cancelled'

/** What is known of a failed request, as far as it is known. */
export interface WorkspaceErrorDetails {
  /** Whom the request went to, where that is not the workspace. */
  readonly origin?: string
  /** The call, such as `secrets/put`. */
  readonly call?: string
  /** True when the call writes: then a failure may leave open whether it was carried out. */
  readonly write?: boolean
  /** The HTTP status of the answer. */
  readonly status?: number
  /** Databricks' code for what went wrong, `PERMISSION_DENIED` say; where the service gave a number, its digits. */
  readonly errorCode?: string
  /** True when the answer had the form of Databricks' errors, JSON; what a gateway says never has. */
  readonly structured?: boolean
  /** True when the answer was an HTML page of Databricks' own: 400, 401 or 403 with the reason in `<pre>` (seen). */
  readonly page?: boolean
  /** What the other side says, word for word. It may hold anything, what we sent included: see report/foreign-text. */
  readonly said?: string
  /** What a support case of Databricks asks for. */
  readonly requestId?: string
  /** How long the other side asks to wait, in ms (`Retry-After`). */
  readonly retryAfterMs?: number
  /** True when nothing of the request has left: not by this try, and not by an earlier one. */
  readonly notSent?: boolean
  /** True when the connection was a kept one, which the other side may have closed just as the request went out. */
  readonly reusedConnection?: boolean
  /** True when the next try would fail in the same way, unlike other failures of this kind. */
  readonly permanent?: boolean
  /** True when a few more tries are worth it, and no more: it looks like a mistake rather than like a passing fault. */
  readonly likelyMistake?: boolean
  /** How often it was tried, where that was more than once. */
  readonly tries?: number
  /** How long that took from the first try on, in ms. */
  readonly triedMs?: number
  /** True when an earlier try may have been carried out. */
  readonly earlierTryUnknown?: boolean
}

/** Databricks' codes for a request that came too early and was not carried out. */
const THROTTLED = new Set(['REQUEST_LIMIT_EXCEEDED', 'RESOURCE_EXHAUSTED'])

/**
 * A request to the workspace that did not do what it was sent for. The error's own message holds nothing that came
 * from outside, and there is no `cause`: what the other side said is in {@link WorkspaceErrorDetails.said} alone.
 */
export class WorkspaceError extends Error {
  override readonly name = 'WorkspaceError'
  readonly failure: Failure
  readonly details: WorkspaceErrorDetails

  constructor(failure: Failure, details: WorkspaceErrorDetails = {}) {
    super(`the request failed: ${failure}`)
    this.failure = failure
    this.details = details
  }

  /** True when the request was to write, and it is not known whether that was done. */
  get outcomeUnknown(): boolean {
    return this.details.write === true && (this.details.earlierTryUnknown === true || this.mayBeApplied)
  }

  /** True when what was asked for, in this try, may have been carried out all the same. */
  get mayBeApplied(): boolean {
    const { notSent, status = 0, errorCode } = this.details
    if (notSent === true) return false
    if (this.failure !== 'refused')
      return ['timeout', 'connection-lost', 'redirected', 'unexpected-response', 'cancelled'].includes(
        this.failure,
      )
    // A gateway gives up where the workspace may go on.
    return !this.isThrottled && (status >= 500 || errorCode === 'TEMPORARILY_UNAVAILABLE')
  }

  /** True when the request was refused because there were too many. */
  get isThrottled(): boolean {
    const { status, errorCode = '' } = this.details
    return this.failure === 'refused' && (status === 429 || THROTTLED.has(errorCode))
  }

  /** True when the token was not let in at all: 401, or the number 403 in place of a code. */
  get isTokenRejected(): boolean {
    return this.failure === 'refused' && (this.details.status === 401 || this.details.errorCode === '403')
  }

  /** True when the workspace itself answered with this code. */
  is(errorCode: string): boolean {
    return this.failure === 'refused' && this.details.errorCode === errorCode
  }

  /** The same failure, with more known of it. */
  with(more: WorkspaceErrorDetails): WorkspaceError {
    return new WorkspaceError(this.failure, { ...this.details, ...more })
  }
}

/** Whether a 404 has the form of Databricks' errors and no code, so that it may stand for what is missing. */
export function isNotFoundWithoutCode(error: unknown): boolean {
  if (!(error instanceof WorkspaceError) || error.failure !== 'refused') return false
  const { status, errorCode, structured } = error.details
  return status === 404 && structured === true && errorCode === undefined
}

/** Whether the workspace itself says that what was asked about is not there: a scope, a secret or a permission. */
export function isNotFound(error: unknown): boolean {
  return error instanceof WorkspaceError && error.is('RESOURCE_DOES_NOT_EXIST')
}
