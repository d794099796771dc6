import type { WorkspaceError } from '../workspace-error.js'

/** So many tries are made of what may well be a mistake: they take 25 seconds on average. */
const DOUBTFUL_TRIES = 8

/** Statuses of a server or a gateway that passes through a bad time. */
const PASSING_STATUSES = new Set([429, 500, 502, 503, 504])

/**
 * Whether a request that failed may succeed when it is sent again as it is. All calls that we make may be repeated.
 *
 * @param tries How often it has been tried.
 */
export function isTransient(error: WorkspaceError, tries: number): boolean {
  const { status = 0, errorCode, permanent: lasting, likelyMistake: doubtful } = error.details
  if (lasting === true) return false
  switch (error.failure) {
    case 'unreachable':
    case 'proxy':
      return doubtful !== true || tries < DOUBTFUL_TRIES
    case 'timeout':
    case 'connection-lost':
      return true
    case 'refused':
      // An error inside of the workspace is also what a service principal gets that it does not know.
      if (status === 500 && !error.isThrottled) return tries < DOUBTFUL_TRIES
      return error.isThrottled || PASSING_STATUSES.has(status) || errorCode === 'TEMPORARILY_UNAVAILABLE'
    case 'tls':
    case 'redirected':
    case 'unexpected-response':
    case 'cancelled':
      return false
  }
}

/** The longest pause before the first repetition, in ms; it doubles with each one. */
const FIRST_PAUSE_MS = 500

const MAX_PAUSE_MS = 20_000

/**
 * How long to wait before a request is sent again, in ms: by chance, up to a bound that grows ("full jitter"), so that
 * many that failed together do not come back together.
 *
 * @param failures How many times in a row it has failed, from 1.
 */
export function backoffMs(failures: number): number {
  return Math.random() * Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1))
}
