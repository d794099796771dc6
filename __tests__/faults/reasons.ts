import type { Statement } from './said.js'

/** A write that is in doubt: the report has to say so, and then either is true. */
export const OPEN = /may or may not have been applied/

/** Nothing of it has left the runner. */
export const NOT_SENT = /^Not (?:sent|deleted|taken)\b(?! again)|was not revoked from/

/** It was written, and what should prove it failed. */
export const UNPROVED =
  /(?:Written|Set), but it could not be read back to verify it|Written, but the workspace returns another value or none/

/** The workspace has taken it, and denies it: whose word is true is not for a report to know. */
export const DENIED = /was set to [A-Z]+ several times and (?:is not listed|reads back as)/

/** What a report says of how often a request was sent. */
export function triesIn(reason: string): number {
  return Number(/It was tried (?:up to )?(\d+) times/.exec(reason)?.[1] ?? 1)
}

/** Whether a statement says that something was written, and leaves no doubt. */
export function isWrittenForSure({ outcome, reason }: Statement): boolean {
  return (
    ['created', 'updated', 'deleted', 'set'].includes(outcome) ||
    (outcome === 'failed' && (UNPROVED.test(reason) || DENIED.test(reason)))
  )
}
