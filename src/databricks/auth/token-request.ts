import { SecretValue } from '../../secret-value.js'
import type { HttpRequest, HttpResponse } from '../http/http-transport.js'
import type { CallOptions, SendRequest } from '../http/request-scheduler.js'
import { readRetryAfter } from '../http/retry-after.js'
import { parseJsonObject, type JsonObject } from '../response.js'
import { WorkspaceError } from '../workspace-error.js'
import type { AccessToken } from './token-source.js'

/**
 * Sends a request for authentication, and returns the JSON object of a successful response.
 *
 * @throws {WorkspaceError} with the origin, for any other response or none: `redirected`, `error-response` with the OAuth
 * error code and description (RFC 6749, 5.2), `unexpected-response`, or an error of the connection.
 */
export async function requestJson(
  send: SendRequest,
  request: HttpRequest,
  options?: Pick<CallOptions, 'optional'>,
): Promise<JsonObject> {
  try {
    return await send(request, readJson, options)
  } catch (error) {
    if (!(error instanceof WorkspaceError)) throw error
    throw error.withDetails({ origin: new URL(request.url).origin })
  }
}

/**
 * Returns the token in the response of a token endpoint.
 *
 * @throws {WorkspaceError} `unexpected-response` if it contains no bearer token.
 */
export function parseAccessToken({ access_token: token, expires_in: seconds }: JsonObject): AccessToken {
  if (!isToken(token)) throw new WorkspaceError('unexpected-response')
  // Microsoft's older endpoint returns the number as text.
  const lifetimeMs = Number(seconds) * 1_000
  return { value: new SecretValue(token), lifetimeMs: lifetimeMs > 0 ? lifetimeMs : undefined }
}

/** Whether a text can be a token: an `Authorization` header can carry it. Node would refuse others with a less clear error. */
export function isToken(text: unknown): text is string {
  return typeof text === 'string' && /^[\x21-\x7e]+$/.test(text)
}

function readJson({ status, headers, body }: HttpResponse): JsonObject {
  if (status >= 300 && status < 400) {
    const { location = '' } = headers
    throw new WorkspaceError('redirected', { status, serverMessage: String(location) })
  }
  const json = parseJsonObject(body)
  if (status >= 200 && status < 300 && json !== undefined && json['error'] === undefined) return json
  if (status >= 200 && status < 300)
    throw new WorkspaceError('unexpected-response', { status, serverMessage: body })
  const { error, error_description: description, message } = json ?? {}
  const retryAfterMs = readRetryAfter(headers)
  throw new WorkspaceError('error-response', {
    status,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    isJson: json !== undefined,
    ...(typeof error === 'string' && /^\w{1,64}$/.test(error) && { errorCode: error }),
    serverMessage: [description, message, body].find((text) => typeof text === 'string') as string,
  })
}
