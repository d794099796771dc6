import type { SecretValue } from '../../secret-value.js'
import type { SendRequest } from '../http/request-scheduler.js'
import type { AccessToken } from './token-source.js'
import { requestJson, parseAccessToken } from './token-request.js'

/** What a token endpoint is asked with; undefined fields are left out. */
export type TokenForm = Readonly<Record<string, string | SecretValue | undefined>>

/** A client that says who it is in the `Authorization` header. */
export interface BasicCredentials {
  readonly clientId: string
  readonly clientSecret: SecretValue
}

/**
 * Asks a token endpoint for a token (RFC 6749, 4).
 *
 * @throws {WorkspaceError} when it does not give one
 */
export async function requestToken(
  send: SendRequest,
  endpoint: URL,
  form: TokenForm,
  credentials?: BasicCredentials,
): Promise<AccessToken> {
  const fields = Object.entries(form).filter(([, value]) => value !== undefined)
  return parseAccessToken(
    await requestJson(send, {
      method: 'POST',
      url: endpoint.href,
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
        ...(credentials !== undefined && { authorization: basic(credentials) }),
      },
      body: new URLSearchParams(fields.map(([name, value = '']) => [name, textOf(value)])).toString(),
    }),
  )
}

/** Both parts are form-encoded first (RFC 6749, 2.3.1). */
function basic({ clientId, clientSecret }: BasicCredentials): string {
  const pair = [clientId, textOf(clientSecret)].map((text) =>
    new URLSearchParams({ '': text }).toString().slice(1),
  )
  return `Basic ${Buffer.from(pair.join(':')).toString('base64')}`
}

function textOf(value: string | SecretValue): string {
  return typeof value === 'string' ? value : value.reveal().toString()
}
