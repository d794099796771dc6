import { debug, error, info } from '@actions/core'

import { describeCrash } from './describe-errors.js'

/**
 * Runs the action so that its step is red until the action has proved itself, whatever happens to the process.
 *
 * A promise that never settles would end the process with exit code 0, and what Node prints by itself goes to stderr,
 * which the runner shows ahead of stdout and so ahead of the masks: both are taken over here.
 *
 * @param main Gives true when everything was done.
 */
export function runGuarded(main: () => Promise<boolean>): void {
  let crashed = false
  const crash = (reason: unknown): void => {
    crashed = true
    process.exitCode = 1
    reportCrash(reason)
  }
  process.exitCode = 1
  process.on('uncaughtException', crash)
  // Who reads the log is gone, a lost runner say. To report that would fail in the same way, and so on for ever.
  process.stdout.on('error', () => process.exit(1))
  process.once('beforeExit', () => {
    if (!crashed) error('The action ended before it was done. Please report it as a bug.')
  })
  // Node's own listener writes to stderr.
  process.removeAllListeners('warning')
  process.on('warning', ({ name }) => {
    debug(`Node warns: ${name}`)
  })
  void main()
    .then((done) => {
      if (done && !crashed) process.exitCode = 0
    }, crash)
    // A connection that a silent proxy holds would keep the process until the job's time is up: it ends when all that
    // was printed is out.
    .then(() => process.stdout.write('', () => process.exit()))
}

/**
 * Of a stack, too, only the places in dist are told: it begins with the message. `npm run where` finds them in src.
 */
function reportCrash(crash: unknown): void {
  error(describeCrash(crash))
  const { stack = '' } = crash instanceof Error ? crash : {}
  for (const [location] of stack.matchAll(/\b(?:\d+\.)?index\.js:\d+:\d+/g)) info(`    at ${location}`)
}
