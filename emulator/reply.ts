import { randomUUID } from 'node:crypto'
import { parseJson } from './parse-json.js'

/** A complete HTTP response. Its content-length is added when it is sent. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer
}

type Headers = Reply['headers']

const fromDatabricks = (): Headers => ({ 'x-request-id': randomUUID(), server: 'databricks' })

/** A JSON response of the API, with the headers for a support case. */
export function json(status: number, value: unknown, headers: Headers = {}): Reply {
  const all = { 'content-type': 'application/json', ...fromDatabricks(), ...headers }
  return { status, headers: all, body: JSON.stringify(value) }
}

/** A JSON response of another server, without the headers of Databricks. */
export function plainJson(status: number, value: unknown, headers: Headers = {}): Reply {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) }
}

/** An error response of the API: `{"error_code", "message"}`. */
export function apiError(
  status: number,
  code: string | number,
  message: string,
  headers: Headers = {},
): Reply {
  return json(status, { error_code: code, message }, headers)
}

/** Returns the error_code of an error response of the API; undefined for any other response. */
export function errorCodeOf({ status, body }: Reply): string | number | undefined {
  if (status < 400) return undefined
  const parsed = parseJson(Buffer.from(body))
  if (typeof parsed !== 'object' || parsed === null || !('error_code' in parsed)) return undefined
  const { error_code: code } = parsed
  return typeof code === 'string' || typeof code === 'number' ? code : undefined
}

/** Plain text, as from a gateway in front of the workspace: without the headers of Databricks. */
export function text(status: number, body: string | Buffer, headers: Headers = {}): Reply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body }
}

/** An HTML page, as from a gateway in front of the workspace: without the headers of Databricks. */
export function html(status: number, body: string, headers: Headers = {}): Reply {
  return text(status, body, { 'content-type': 'text/html; charset=utf-8', ...headers })
}

/** A redirect. With 303 the client changes the method to GET. */
export function redirect(location: string, status = 303): Reply {
  return { status, headers: { location, ...fromDatabricks() }, body: '' }
}

/** The login page for a browser that is not signed in. */
export function loginPage(): Reply {
  return html(
    200,
    '<!doctype html><title>Databricks - Sign In</title><h1>Sign in to Databricks</h1>',
    fromDatabricks(),
  )
}
