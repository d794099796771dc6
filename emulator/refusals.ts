import { STATUS_CODES } from 'node:http'
import { apiError, html, text, type Reply } from './reply.js'

/** The shapes of an error that clients of Databricks meet; the code of a `word` and of `coded text` is one. */
export const REFUSAL_SHAPES = ['word', 'number', 'coded text', 'html', 'text'] as const

/** What a refusal says. */
export interface RefusalOptions {
  /**
   * `word` and `number`: `{"error_code", "message"}`, with the status for a number; default `word`. `coded text`:
   * `ERROR_CODE: message`. `html`: a page with the message in `<pre>`, as Databricks itself has it. `text`: the message, as
   * of a gateway.
   */
  readonly shape?: (typeof REFUSAL_SHAPES)[number]
  /** Default the code that goes with the status. */
  readonly code?: string
  /** Default the words that go with the status. */
  readonly message?: string
  /** The header Retry-After: seconds, a date (which it cuts to whole seconds), or any text; default none. */
  readonly retryAfter?: number | Date | string
}

/** The error codes of the statuses that have one of their own (REST reference). */
const CODES: Readonly<Record<number, string>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'RESOURCE_DOES_NOT_EXIST',
  409: 'ABORTED',
  429: 'REQUEST_LIMIT_EXCEEDED',
  503: 'TEMPORARILY_UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

/** An error of the workspace, or of what is in front of it, in the shape that is asked for. */
export function refusal(
  status: number,
  {
    shape = 'word',
    code = CODES[status] ?? 'INTERNAL_ERROR',
    message = STATUS_CODES[status] ?? 'Unknown',
    retryAfter,
  }: RefusalOptions = {},
): Reply {
  const headers: Record<string, string> = {}
  if (retryAfter !== undefined) {
    headers['retry-after'] = retryAfter instanceof Date ? retryAfter.toUTCString() : String(retryAfter)
  }
  switch (shape) {
    case 'word':
      return apiError(status, code, message, headers)
    case 'number':
      return apiError(status, status, message, headers)
    case 'coded text':
      return text(status, `${code}: ${message}`, headers)
    case 'html':
      return html(status, `<html><body><pre>${message}</pre></body></html>`, headers)
    case 'text':
      return text(status, message, headers)
  }
}
