import { STATUS_CODES } from 'node:http'
import { apiError, html, text, type Reply } from './reply.js'

/** The formats of errors that Databricks clients get. */
export const REFUSAL_SHAPES = ['word', 'number', 'coded text', 'html', 'text'] as const

/** Options of an error response. */
export interface RefusalOptions {
  /**
   * `word` and `number`: `{"error_code", "message"}`; the error code of `number` is the status. `coded text`:
   * `ERROR_CODE: message`. `html`: a page of Databricks with the message in `<pre>`. `text`: the message, as from a gateway.
   * Default: `word`.
   */
  readonly shape?: (typeof REFUSAL_SHAPES)[number]
  /** Default: the code of the status. */
  readonly code?: string
  /** Default: the reason phrase of the status. */
  readonly message?: string
  /** The header Retry-After: seconds, a date (cut to whole seconds), or any text. Default: none. */
  readonly retryAfter?: number | Date | string
}

/** The error codes that belong to a status (REST reference). */
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

/** Returns an error response of the workspace or of a gateway. */
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
