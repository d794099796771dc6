import { randomUUID } from 'node:crypto'
import { parseJson } from './parse-json.js'

/** A whole HTTP answer. Its content-length is added when it is sent. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer
}

type Headers = Reply['headers']

const fromDatabricks = (): Headers => ({ 'x-request-id': randomUUID(), server: 'databricks' })

/** An answer of the API itself: JSON, with the headers that help a support case. */
export function json(status: number, value: unknown, headers: Headers = {}): Reply {
  const all = { 'content-type': 'application/json', ...fromDatabricks(), ...headers }
  return { status, headers: all, body: JSON.stringify(value) }
}

/** JSON of somebody else than Databricks: without its headers. */
export function plainJson(status: number, value: unknown, headers: Headers = {}): Reply {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) }
}

/** A refusal of the API: `{"error_code", "message"}`. */
export function apiError(
  status: number,
  code: string | number,
  message: string,
  headers: Headers = {},
): Reply {
  return json(status, { error_code: code, message }, headers)
}

/** The error_code of an answer, if it is a refusal of the API; undefined otherwise. */
export function errorCodeOf({ status, body }: Reply): string | number | undefined {
  if (status < 400) return undefined
  const parsed = parseJson(Buffer.from(body))
  if (typeof parsed !== 'object' || parsed === null || !('error_code' in parsed)) return undefined
  const { error_code: code } = parsed
  return typeof code === 'string' || typeof code === 'number' ? code : undefined
}

/** Plain text, as of a gateway in front of the workspace: without the headers of Databricks. */
export function text(status: number, body: string | Buffer, headers: Headers = {}): Reply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body }
}

/** An HTML page, as of a gateway in front of the workspace: without the headers of Databricks. */
export function html(status: number, body: string, headers: Headers = {}): Reply {
  return text(status, body, { 'content-type': 'text/html; charset=utf-8', ...headers })
}

/** Sends the client elsewhere; 303 is what it becomes when it may change the method to GET. */
export function redirect(location: string, status = 303): Reply {
  return { status, headers: { location, ...fromDatabricks() }, body: '' }
}

/** The page that a browser ends at when it is not signed in. */
export function loginPage(): Reply {
  return html(
    200,
    '<!doctype html><title>Databricks - Sign In</title><h1>Sign in to Databricks</h1>',
    fromDatabricks(),
  )
}
