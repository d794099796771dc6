import type { IncomingHttpHeaders } from 'node:http'

/** The longest wait that a `Retry-After` header can ask for, in ms. A server with a wrong clock must not delay a run for hours. */
const MAX_WAIT_MS = 60_000

/**
 * Parses a `Retry-After` header: a number of seconds, or a date (RFC 9110, 10.2.3). A date is compared with the response's
 * own `Date`, because the clocks may differ.
 *
 * @returns The wait in ms, at most 60,000; undefined if the header is missing or invalid.
 */
export function readRetryAfter(headers: IncomingHttpHeaders, now = Date.now()): number | undefined {
  const { 'retry-after': retryAfter, date } = headers
  if (typeof retryAfter !== 'string') return undefined
  if (/^\d+$/.test(retryAfter)) return Math.min(Number(retryAfter) * 1_000, MAX_WAIT_MS)
  const until = parseHttpDate(retryAfter)
  if (until === undefined) return undefined
  return Math.min(Math.max(until - (parseHttpDate(date) ?? now), 0), MAX_WAIT_MS)
}

/** The oldest of HTTP's three date formats: `Tue Nov 24 12:00:05 2026`. It is in UTC too (RFC 9110, 5.6.7). */
const ASCTIME = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/

/** Parses only what looks like an HTTP date, because `Date.parse` accepts almost any text. */
function parseHttpDate(text: string | string[] | undefined): number | undefined {
  if (typeof text !== 'string' || !/^[A-Z][a-z]+,? .*\d{2}:\d{2}:\d{2}/.test(text)) return undefined
  const time = Date.parse(ASCTIME.test(text) ? `${text} GMT` : text)
  return Number.isNaN(time) ? undefined : time
}
