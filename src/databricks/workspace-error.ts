/** Why a request failed. */
export type Failure =
  /** No connection was made: the host name is unknown, the port is closed, or the network is down. Nothing was sent. */
  | 'unreachable'
  /** The runner's proxy could not be reached, or it refused the connection. */
  | 'proxy'
  /** The runner does not trust the server's certificate, or the TLS handshake failed. */
  | 'tls'
  /** The connection was made, but no response came in time. */
  | 'timeout'
  /** The connection was lost before the response was complete. */
  | 'connection-lost'
  /** The response redirects to another address. Redirects are not followed. */
  | 'redirected'
  /** The response has an unexpected format: not a JSON object, too long, or other fields than the REST API documents. */
  | 'unexpected-response'
  /** The response to a read of a secret has everything except the value. */
  | 'value-missing'
  /** The server returned an error. */
  | 'error-response'
  /** The run was cancelled before the request was sent, or before its response was complete. */
  | 'cancelled'

/** Details of a failed request. A missing field is unknown. */
export interface WorkspaceErrorDetails {
  /** The origin that the request was sent to, if that is not the workspace. */
  readonly origin?: string
  /** The API call, such as `secrets/put`. */
  readonly call?: string
  /** True for a write. If it fails, it may or may not have been applied. */
  readonly write?: boolean
  /** True for a read of a secret's value. The response may contain the value, so no text of it may be shown. */
  readonly readsValue?: boolean
  /** The HTTP status of the response. */
  readonly status?: number
  /** The API's error code, such as `PERMISSION_DENIED`. Some services return a number: then its digits. */
  readonly errorCode?: string
  /** True if the response was a JSON object, as errors of Databricks are. Errors of a gateway are not. */
  readonly isJson?: boolean
  /** True if the response was an HTML error page of Databricks: status 400, 401 or 403, with the reason in `<pre>` (observed). */
  readonly isHtmlErrorPage?: boolean
  /** The server's message, unfiltered. It may contain anything, also what the action sent: see `report/untrusted-text.ts`. */
  readonly serverMessage?: string
  /** The request id, which Databricks support asks for. */
  readonly requestId?: string
  /** How long the server asks to wait (`Retry-After`), in ms. */
  readonly retryAfterMs?: number
  /** True if no byte of the request was sent, in this try or an earlier one. */
  readonly notSent?: boolean
  /** True if the request used a kept-alive connection. The server may have closed it at the same moment. */
  readonly reusedConnection?: boolean
  /** True if a retry would fail in the same way, although errors of this kind are usually transient. */
  readonly permanent?: boolean
  /** True if the cause is probably a mistake in the workflow. Then only a few retries make sense. */
  readonly likelyMistake?: boolean
  /** How often the request was tried, if more than once. */
  readonly tries?: number
  /** The time from the start of the first try to the end of the last one, in ms. */
  readonly triedMs?: number
  /** True if an earlier try may have been applied. */
  readonly earlierTryMayBeApplied?: boolean
}

/** The API's error codes for a request that exceeded a rate limit and was not applied. */
const RATE_LIMIT_CODES = new Set(['REQUEST_LIMIT_EXCEEDED', 'RESOURCE_EXHAUSTED'])

/**
 * A failed request to the workspace, or to a server that issues tokens. The error's own message contains no
 * untrusted text, and there is no `cause`: the server's message is only in {@link WorkspaceErrorDetails.serverMessage}.
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

  /** True if this was a write and it is unknown whether any of its tries was applied. */
  get outcomeUnknown(): boolean {
    return this.details.write === true && (this.details.earlierTryMayBeApplied === true || this.mayBeApplied)
  }

  /** True if this try may have been applied although it failed. */
  get mayBeApplied(): boolean {
    const { notSent, status = 0, errorCode } = this.details
    if (notSent === true) return false
    if (this.failure !== 'error-response')
      return ['timeout', 'connection-lost', 'redirected', 'unexpected-response', 'cancelled'].includes(
        this.failure,
      )
    // A gateway may return an error while the workspace still processes the request.
    return !this.isRateLimited && (status >= 500 || errorCode === 'TEMPORARILY_UNAVAILABLE')
  }

  /** True if the server rejected the request because of a rate limit. */
  get isRateLimited(): boolean {
    const { status, errorCode = '' } = this.details
    return this.failure === 'error-response' && (status === 429 || RATE_LIMIT_CODES.has(errorCode))
  }

  /** True if the server rejected the token: status 401, or the number 403 as the error code. */
  get isTokenRejected(): boolean {
    return (
      this.failure === 'error-response' && (this.details.status === 401 || this.details.errorCode === '403')
    )
  }

  /** True if the server returned this error code. */
  hasErrorCode(errorCode: string): boolean {
    return this.failure === 'error-response' && this.details.errorCode === errorCode
  }

  /** Returns the same error with more details. */
  withDetails(more: WorkspaceErrorDetails): WorkspaceError {
    return new WorkspaceError(this.failure, { ...this.details, ...more })
  }

  /**
   * Returns the same error without any text of the response.
   *
   * @param knownCodes The error codes that stay. Any other code is text of the response, too.
   */
  withoutText(knownCodes: ReadonlySet<string>): WorkspaceError {
    const details: { -readonly [Name in keyof WorkspaceErrorDetails]: WorkspaceErrorDetails[Name] } = {
      ...this.details,
    }
    delete details.serverMessage
    delete details.requestId
    if (!knownCodes.has(details.errorCode ?? '')) delete details.errorCode
    return new WorkspaceError(this.failure, details)
  }
}

/** Whether an error is a 404 in JSON without an error code. It may mean that a scope or a secret is missing. */
export function isNotFoundWithoutCode(error: unknown): boolean {
  if (!(error instanceof WorkspaceError) || error.failure !== 'error-response') return false
  const { status, errorCode, isJson } = error.details
  return status === 404 && isJson === true && errorCode === undefined
}

/** Whether the workspace reports that the scope, secret or permission does not exist. Unity Catalog may have its own code. */
export function isNotFound(error: unknown): error is WorkspaceError {
  return (
    error instanceof WorkspaceError &&
    (error.hasErrorCode('RESOURCE_DOES_NOT_EXIST') || error.hasErrorCode('SECRET_DOES_NOT_EXIST'))
  )
}
