import type { HttpResponse } from './http/http-transport.js'
import { readRetryAfter } from './http/retry-after.js'
import { WorkspaceError, type WorkspaceErrorDetails } from './workspace-error.js'

/** The JSON object that every call of the REST API answers with. */
export type JsonObject = Readonly<Record<string, unknown>>

/**
 * Takes the JSON object out of an answer.
 *
 * @throws {WorkspaceError} for every other answer: `redirected`, `refused` with what the workspace says, or `unexpected-response`
 * for what no workspace says. The shapes of errors are those that the Go SDK's parser takes, too: JSON, the old
 * `ERROR_CODE: message`, a gateway's HTML with the message in `<pre>`, and plain text.
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
    throw new WorkspaceError('redirected', { ...details, said: utf8(first(headers['location']) ?? '') })
  }
  const json = parseJsonObject(body)
  // Whatever the status: an error that is taken for a success is a secret that is missing.
  if (json !== undefined && ERROR_FIELDS.some((field) => (json[field] ?? undefined) !== undefined)) {
    throw new WorkspaceError('refused', {
      ...details,
      ...codeOf(json['error_code']),
      structured: true,
      said: typeof json['message'] === 'string' ? json['message'] : body,
    })
  }
  if (status >= 200 && status < 300) {
    if (json !== undefined) return json
    throw new WorkspaceError('unexpected-response', { ...details, said: body })
  }
  const [, code, message] = /^([A-Z][A-Z0-9_]+): (.*)$/s.exec(body) ?? []
  const reason = between(body, '<pre>', '</pre>')
  throw new WorkspaceError('refused', {
    ...details,
    ...codeOf(code),
    ...(code === undefined && reason !== undefined && PAGE_STATUSES.has(status) && { page: true }),
    said: message ?? reason ?? body,
  })
}

/** With these, Databricks itself answers with an HTML page that has the reason in `<pre>` (seen). */
const PAGE_STATUSES = new Set([400, 401, 403])

/** Fields that an answer which is none of an error never has. */
const ERROR_FIELDS = ['error_code', 'error', 'message']

/** The code is a word in capitals, or a number in its place; anything else is not taken for one. */
function codeOf(code: unknown): Pick<WorkspaceErrorDetails, 'errorCode'> {
  const text = typeof code === 'number' ? String(code) : code
  return typeof text === 'string' && /^(?:[A-Z][A-Z0-9_]{0,63}|\d{1,4})$/.test(text)
    ? { errorCode: text }
    : {}
}

/** Reads a text as a JSON object, with a byte order mark or without; undefined if it is none. */
export function parseJsonObject(body: string): JsonObject | undefined {
  try {
    const json: unknown = JSON.parse(body.replace(/^\ufeff/, ''))
    return typeof json === 'object' && json !== null && !Array.isArray(json)
      ? (json as JsonObject)
      : undefined
  } catch {
    return undefined // The parser's message quotes the body, so it goes no further.
  }
}

/** What stands between the first `start` and the `end` behind it; a pattern would search a hostile page for ever. */
function between(text: string, start: string, end: string): string | undefined {
  const from = text.indexOf(start)
  const to = from === -1 ? -1 : text.indexOf(end, from)
  return to === -1 ? undefined : text.slice(from + start.length, to)
}

/** Node reads headers as Latin-1; who puts more into them writes UTF-8. */
function utf8(header: string): string {
  return Buffer.from(header, 'latin1').toString()
}

function first(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}
