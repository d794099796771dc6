import { debug, notice } from '@actions/core'

import type { Retry } from '../databricks/http/request-scheduler.js'
import type { WorkspaceError } from '../databricks/workspace-error.js'

/** Counts the retries of a run by their reason. */
export class RetryLog {
  readonly #counts = new Map<string, number>()

  /** Counts one retry and writes a debug line. */
  readonly add = ({ error, tries, pauseMs }: Retry): void => {
    const reason = reasonOf(error)
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1)
    const call = error.details.call ?? 'signing in'
    debug(`${call}: ${reason}; try ${tries + 1} after a pause of ${Math.ceil(pauseMs)} ms`)
  }

  /** Writes one notice with the number of retries and their reasons, if there were any. */
  report(): void {
    const counts = [...this.#counts].sort(([, one], [, other]) => other - one)
    if (counts.length === 0) return
    const total = counts.reduce((sum, [, count]) => sum + count, 0)
    const parts = counts.map(([reason, count]) => `${count} ${reason}`).join(', ')
    notice(`${total} ${total === 1 ? 'request was' : 'requests were'} retried: ${parts}`)
  }
}

/** The reason without the error code of the response, which is untrusted text. */
function reasonOf(error: WorkspaceError): string {
  const { status } = error.details
  switch (error.failure) {
    case 'unreachable':
      return 'not connected'
    case 'proxy':
      return 'refused by the proxy'
    case 'timeout':
      return 'timed out'
    case 'connection-lost':
      return 'lost the connection'
    default:
      return `${error.isRateLimited ? 'rate-limited' : 'failed with a transient error'} (${status ?? 'no status'})`
  }
}
