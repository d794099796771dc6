import { SecretValue } from '../../secret-value.js'
import { parseJsonObject, type JsonObject } from '../response.js'
import type { HttpRequest, HttpResponse } from '../http/http-transport.js'
import { readRetryAfter } from '../http/retry-after.js'
import type { CallOptions, SendRequest } from '../http/request-scheduler.js'
import { WorkspaceError } from '../workspace-error.js'
import type { AccessToken } from './token-source.js'

/**
 * Asks somebody who has a part in signing in, and gives back the JSON object of the answer.
 *
 * @throws {WorkspaceError} which says who it was, for every other answer: `redirected`, `refused` with OAuth's code and
 * description (RFC 6749, 5.2), or `unexpected-response`; and for none
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
    throw error.with({ origin: new URL(request.url).origin })
  }
}

/**
 * Takes the token out of what a token endpoint has answered.
 *
 * @throws {WorkspaceError} `unexpected-response` where there is no bearer token in it
 */
export function parseAccessToken({ access_token: token, expires_in: seconds }: JsonObject): AccessToken {
  if (!isToken(token)) throw new WorkspaceError('unexpected-response')
  // Microsoft's older endpoint writes numbers as text.
  const lifetimeMs = Number(seconds) * 1_000
  return { value: new SecretValue(token), lifetimeMs: lifetimeMs > 0 ? lifetimeMs : undefined }
}

/** Whether a text can stand in an `Authorization` header; anything else is no token. */
export function isToken(text: unknown): text is string {
  return typeof text === 'string' && /^[\x21-\x7e]+$/.test(text)
}

function readJson({ status, headers, body }: HttpResponse): JsonObject {
  if (status >= 300 && status < 400) {
    const { location = '' } = headers
    throw new WorkspaceError('redirected', { status, said: String(location) })
  }
  const json = parseJsonObject(body)
  if (status >= 200 && status < 300 && json !== undefined && json['error'] === undefined) return json
  if (status >= 200 && status < 300) throw new WorkspaceError('unexpected-response', { status, said: body })
  const { error, error_description: description, message } = json ?? {}
  const retryAfterMs = readRetryAfter(headers)
  throw new WorkspaceError('refused', {
    status,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    structured: json !== undefined,
    ...(typeof error === 'string' && /^\w{1,64}$/.test(error) && { errorCode: error }),
    said: [description, message, body].find((text) => typeof text === 'string') as string,
  })
}
