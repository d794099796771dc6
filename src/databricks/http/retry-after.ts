import type { IncomingHttpHeaders } from 'node:http'

/** A `Retry-After` of more than this is cut, in ms: a wrong clock must not hold up a run for hours. */
const MAX_WAIT_MS = 60_000

/**
 * Reads how long an answer asks us to wait, in ms and 60,000 at most: a number of seconds, or a date (RFC 9110,
 * 10.2.3). A date is taken against the answer's own `Date`, as its clock need not be ours. Undefined where it does not
 * say, or nothing that can be understood.
 */
export function readRetryAfter(headers: IncomingHttpHeaders, now = Date.now()): number | undefined {
  const { 'retry-after': retryAfter, date } = headers
  if (typeof retryAfter !== 'string') return undefined
  if (/^\d+$/.test(retryAfter)) return Math.min(Number(retryAfter) * 1_000, MAX_WAIT_MS)
  const until = dateOf(retryAfter)
  if (until === undefined) return undefined
  return Math.min(Math.max(until - (dateOf(date) ?? now), 0), MAX_WAIT_MS)
}

/** The oldest of the three forms of a date: `Tue Nov 24 12:00:05 2026`. Like the others, it is in UTC (RFC 9110, 5.6.7). */
const ASCTIME = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/

/** Only what looks like a date of HTTP: `Date.parse` makes one of nearly anything. */
function dateOf(text: string | string[] | undefined): number | undefined {
  if (typeof text !== 'string' || !/^[A-Z][a-z]+,? .*\d{2}:\d{2}:\d{2}/.test(text)) return undefined
  const time = Date.parse(ASCTIME.test(text) ? `${text} GMT` : text)
  return Number.isNaN(time) ? undefined : time
}
