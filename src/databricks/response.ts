import type { HttpResponse } from './http/http-transport.js'
import { readRetryAfter } from './http/retry-after.js'
import { WorkspaceError, type WorkspaceErrorDetails } from './workspace-error.js'

/** A JSON object, as every call of the REST API returns. */
export type JsonObject = Readonly<Record<string, unknown>>

/**
 * Returns the JSON object of a successful response.
 *
 * @throws {WorkspaceError} for any other response: `redirected`, `error-response` or `unexpected-response`. It recognizes
 * the same formats of errors as the parser of the Go SDK: JSON, the old `ERROR_CODE: message`, HTML of a gateway with the
 * message in `<pre>`, and plain text.
 */
export function parseResponse({ status, headers, body }: HttpResponse): JsonObject {
  const requestId = first(headers['x-request-id'])
  const retryAfterMs = readRetryAfter(headers)
  const details: WorkspaceErrorDetails = {
    status,
    ...(requestId !== undefined && { requestId }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }
  if (status >= 300 && status < 400) {
    throw new WorkspaceError('redirected', {
      ...details,
      serverMessage: decodeHeader(first(headers['location']) ?? ''),
    })
  }
  const json = parseJsonObject(body)
  // With any status: if an error counted as success, a secret would be missing.
  if (json !== undefined && ERROR_FIELDS.some((field) => (json[field] ?? undefined) !== undefined)) {
    throw new WorkspaceError('error-response', {
      ...details,
      ...parseErrorCode(json['error_code']),
      isJson: true,
      serverMessage: typeof json['message'] === 'string' ? json['message'] : body,
    })
  }
  if (status >= 200 && status < 300) {
    if (json !== undefined) return json
    throw new WorkspaceError('unexpected-response', { ...details, serverMessage: body })
  }
  const [, code, message] = /^([A-Z][A-Z0-9_]+): (.*)$/s.exec(body) ?? []
  const reason = textBetween(body, '<pre>', '</pre>')
  throw new WorkspaceError('error-response', {
    ...details,
    ...parseErrorCode(code),
    ...(code === undefined &&
      reason !== undefined &&
      HTML_ERROR_STATUSES.has(status) && { isHtmlErrorPage: true }),
    serverMessage: message ?? reason ?? body,
  })
}

/** With these statuses, Databricks itself returns an HTML page with the reason in `<pre>` (observed). */
const HTML_ERROR_STATUSES = new Set([400, 401, 403])

/** Fields that only errors have. */
const ERROR_FIELDS = ['error_code', 'error', 'message']

/** Returns the error code if it is a word in capitals or a number. Anything else is ignored. */
function parseErrorCode(code: unknown): Pick<WorkspaceErrorDetails, 'errorCode'> {
  const text = typeof code === 'number' ? String(code) : code
  return typeof text === 'string' && /^(?:[A-Z][A-Z0-9_]{0,63}|\d{1,4})$/.test(text)
    ? { errorCode: text }
    : {}
}

/** Parses a JSON object, with or without a byte order mark. Returns undefined for any other text. */
export function parseJsonObject(body: string): JsonObject | undefined {
  try {
    const json: unknown = JSON.parse(body.replace(/^\ufeff/, ''))
    return typeof json === 'object' && json !== null && !Array.isArray(json)
      ? (json as JsonObject)
      : undefined
  } catch {
    return undefined // The parser's message quotes the body, so it is dropped.
  }
}

/** The text between the first `start` and the next `end`. A regular expression could take forever on a hostile page. */
function textBetween(text: string, start: string, end: string): string | undefined {
  const from = text.indexOf(start)
  const to = from === -1 ? -1 : text.indexOf(end, from)
  return to === -1 ? undefined : text.slice(from + start.length, to)
}

/** Node decodes headers as Latin-1, but servers write other characters in UTF-8. */
function decodeHeader(header: string): string {
  return Buffer.from(header, 'latin1').toString()
}

function first(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}
