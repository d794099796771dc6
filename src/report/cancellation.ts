import { error, info } from '@actions/core'

/** How long after a signal the process ends, in ms, whatever it does: the runner waits 7.5 s before it sends another. */
const LAST_MOMENT_MS = 4_500

/**
 * Listens for what the runner sends when a job is cancelled: SIGINT, then SIGTERM. (On Windows the first is Ctrl-C, and
 * the second ends the process at once.) The first of them cancels the run, which ends with its report; those that follow
 * change nothing.
 *
 * @returns What fires at the first signal.
 */
export function cancelOnSignal(): AbortSignal {
  const controller = new AbortController()
  const cancel = (): void => {
    if (controller.signal.aborted) return
    info('Cancelled: what is under way has two seconds to end, and nothing else is sent.')
    setTimeout(() => {
      error(
        'Cancelled: the report could not be completed in time. What was sent before may have been carried out.',
      )
      process.exit(1)
    }, LAST_MOMENT_MS).unref()
    controller.abort()
  }
  process.on('SIGINT', cancel)
  process.on('SIGTERM', cancel)
  return controller.signal
}

/**
 * Waits for the comment on the pull request, unless the run is cancelled.
 *
 * @returns What the comment came to; false if the run was cancelled.
 */
export async function unlessCancelled(comment: Promise<boolean>, cancelled: AbortSignal): Promise<boolean> {
  const end = new Promise<boolean>((resolve) => {
    cancelled.addEventListener('abort', () => {
      info('Comment    may not have been written: the job was cancelled')
      resolve(false)
    })
  })
  return await Promise.race([comment, end])
}
