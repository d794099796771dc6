import type { WorkspaceError } from '../workspace-error.js'

/** The maximum number of tries if the cause may well be a mistake in the workflow: about 25 seconds on average. */
const MAX_TRIES_IF_DOUBTFUL = 8

/** HTTP statuses that usually mean a temporary problem of the server or a gateway. */
const TRANSIENT_STATUSES = new Set([429, 500, 502, 503, 504])

/**
 * Whether a failed request may succeed when it is sent again. Every call of this action is safe to repeat.
 *
 * @param tries How often the request has been tried.
 */
export function isTransient(error: WorkspaceError, tries: number): boolean {
  const { status = 0, errorCode, permanent, likelyMistake } = error.details
  if (permanent === true) return false
  switch (error.failure) {
    case 'unreachable':
    case 'proxy':
      return likelyMistake !== true || tries < MAX_TRIES_IF_DOUBTFUL
    case 'timeout':
    case 'connection-lost':
      return true
    case 'error-response':
      // The workspace also returns 500 for a service principal that it does not know.
      if (status === 500 && !error.isRateLimited) return tries < MAX_TRIES_IF_DOUBTFUL
      return error.isRateLimited || TRANSIENT_STATUSES.has(status) || errorCode === 'TEMPORARILY_UNAVAILABLE'
    case 'tls':
    case 'redirected':
    case 'unexpected-response':
    case 'value-missing':
    case 'cancelled':
      return false
  }
}

/** The longest pause before the first retry, in ms. It doubles with each retry, up to {@link MAX_PAUSE_MS}. */
const MAX_FIRST_PAUSE_MS = 500

const MAX_PAUSE_MS = 20_000

/**
 * Returns the pause before a retry, in ms: exponential backoff with full jitter, so that requests that failed together are
 * not retried together.
 *
 * @param failures How many times in a row the request has failed; 1 or more.
 */
export function backoffMs(failures: number): number {
  return Math.random() * Math.min(MAX_PAUSE_MS, MAX_FIRST_PAUSE_MS * 2 ** (failures - 1))
}
