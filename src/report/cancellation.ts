import { error, info } from '@actions/core'

import { troubleshootingLink, withLink } from './troubleshooting-link.js'
import { labelled } from './wording.js'

/** The process ends at the latest this long after a signal, in ms. The runner waits 7.5 s before it sends another. */
const LAST_MOMENT_MS = 4_500

/**
 * Listens for the signals that the runner sends when a job is cancelled: SIGINT, then SIGTERM. (On Windows the first is
 * Ctrl-C, and the second ends the process at once.) The first signal cancels the run, which still writes its report. Later
 * signals change nothing.
 *
 * @returns A signal that is aborted by the first of them.
 */
export function cancelOnSignal(): AbortSignal {
  const controller = new AbortController()
  const cancel = (): void => {
    if (controller.signal.aborted) return
    info('Cancelled: requests in progress have two seconds to end, and no others are sent.')
    setTimeout(() => {
      const message =
        'Cancelled: the report could not be completed in time. Requests that were sent may have been applied.'
      error(withLink(message, troubleshootingLink('cancelled', process.env)))
      process.exit(1)
    }, LAST_MOMENT_MS).unref()
    controller.abort()
  }
  process.on('SIGINT', cancel)
  process.on('SIGTERM', cancel)
  return controller.signal
}

/**
 * Waits for the comment on the pull request, or until the run is cancelled.
 *
 * @returns The result of the comment; false if the run was cancelled.
 */
export async function unlessCancelled(comment: Promise<boolean>, cancelled: AbortSignal): Promise<boolean> {
  const end = new Promise<boolean>((resolve) => {
    cancelled.addEventListener('abort', () => {
      info(labelled('Comment', 'may not have been written: the job was cancelled'))
      resolve(false)
    })
  })
  return await Promise.race([comment, end])
}
