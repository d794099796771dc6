import { debug, error, info } from '@actions/core'

import { describeCrash } from './describe-crash.js'
import { troubleshootingLink, withLink } from './troubleshooting-link.js'

/**
 * Runs the action. The step fails unless `main` resolves to true, whatever happens to the process.
 *
 * Without this, two things would go wrong. A promise that never settles would end the process with exit code 0. And Node
 * would print errors to stderr, which the runner reads before stdout and so before the masks.
 *
 * @param main Resolves to true if everything was done.
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
  // The log cannot be written any more, for example after the runner was lost. Reporting that would fail again.
  process.stdout.on('error', () => process.exit(1))
  process.once('beforeExit', () => {
    if (!crashed) reportInternal('The action ended before it was done. Please report it as a bug.')
  })
  // The listener of Node writes to stderr.
  process.removeAllListeners('warning')
  process.on('warning', ({ name }) => {
    debug(`Node warns: ${name}`)
  })
  void main()
    .then((done) => {
      if (done && !crashed) process.exitCode = 0
    }, crash)
    // An open connection to a proxy could keep the process alive until the job times out. So it ends as soon as all
    // output is written.
    .then(() => process.stdout.write('', () => process.exit()))
}

/** Prints only the positions in dist of the stack, which starts with the message. `npm run where` maps them to src. */
function reportCrash(crash: unknown): void {
  reportInternal(describeCrash(crash))
  const { stack = '' } = crash instanceof Error ? crash : {}
  for (const [location] of stack.matchAll(/\b(?:\d+\.)?index\.js:\d+:\d+/g)) info(`    at ${location}`)
}

function reportInternal(message: string): void {
  error(withLink(message, troubleshootingLink('internal', process.env)))
}
