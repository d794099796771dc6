import { debug, notice } from '@actions/core'

import type { Retry } from '../databricks/http/request-scheduler.js'
import type { WorkspaceError } from '../databricks/workspace-error.js'

/** Counts the requests that were sent again, by what has become of them before. */
export class RetryLog {
  readonly #counts = new Map<string, number>()

  /** Notes a request that is sent again, with a debug line. */
  readonly note = ({ error, tries, pauseMs }: Retry): void => {
    const reason = reasonOf(error)
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1)
    const call = error.details.call ?? 'signing in'
    debug(`${call}: ${reason}; try ${tries + 1} after a pause of ${Math.ceil(pauseMs)} ms`)
  }

  /** Tells in one notice how many there were and why, if there were any. */
  tell(): void {
    const counts = [...this.#counts].sort(([, one], [, other]) => other - one)
    if (counts.length === 0) return
    const total = counts.reduce((sum, [, count]) => sum + count, 0)
    const parts = counts.map(([reason, count]) => `${count} ${reason}`).join(', ')
    notice(`${total} ${total === 1 ? 'request was' : 'requests were'} sent again: ${parts}`)
  }
}

/** In our own words: the code of an answer is the other side's. */
function reasonOf(error: WorkspaceError): string {
  const { status } = error.details
  switch (error.failure) {
    case 'unreachable':
      return 'without a connection'
    case 'proxy':
      return 'not let through by the proxy'
    case 'timeout':
      return 'not answered in time'
    case 'connection-lost':
      return 'cut in the middle'
    default:
      return `${error.isRateLimited ? 'throttled' : 'answered with a passing error'} (${status ?? 'no status'})`
  }
}
