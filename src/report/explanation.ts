import type { ErrorKind } from './troubleshooting-link.js'

/** Why something failed and what to do about it, in parts: what differs between two requests is not in the sentences. */
export interface Explanation {
  /** Which heading of docs/troubleshooting.md has more about it. */
  readonly kind: ErrorKind
  /** What happened, in whole sentences. */
  readonly what: string
  /** How often and how long a request was tried, where that was more than once. */
  readonly attempts?: Attempts
  /** What a support case of Databricks asks for. */
  readonly requestId?: string
  /** What to do, in whole sentences. It ends with a colon where commands follow; empty for nothing. */
  readonly advice: string
  /** Commands to copy, one a line. */
  readonly commands: readonly string[]
}

/** How often and how long a request was tried. */
export interface Attempts {
  readonly tries: number
  readonly ms: number
  /** True where these are the most of several requests. */
  readonly atMost?: boolean
}

/** The explanation as one line of text, without its commands. */
export function sentencesOf({ what, attempts, requestId, advice }: Explanation): string {
  return [
    what,
    attempts && describeAttempts(attempts),
    requestId !== undefined && `Request id: ${requestId}.`,
    advice,
  ]
    .filter(Boolean)
    .join(' ')
}

/** The explanation as text of the log, with each command on a line of its own. */
export function linesOf(explanation: Explanation): string {
  return [sentencesOf(explanation), ...explanation.commands].join('\n')
}

function describeAttempts({ tries, ms, atMost = false }: Attempts): string {
  const upTo = atMost ? 'up to ' : ''
  return `It was tried ${upTo}${tries} times in ${upTo}${(ms / 1_000).toFixed(1)} s.`
}
