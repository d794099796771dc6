import type { SecretValue } from '../../secret-value.js'
import type { SendRequest } from '../http/request-scheduler.js'
import { parseAccessToken, requestJson } from './token-request.js'
import type { AccessToken } from './token-source.js'

/** The API scope of a token for every API. Databricks' own tools request it too (Go SDK, `config/config.go`). */
export const ALL_APIS = 'all-apis'

/** The form fields of a token request. Undefined fields are left out. */
export type TokenForm = Readonly<Record<string, string | SecretValue | undefined>>

/** A client id and secret for the `Authorization` header. */
export interface BasicCredentials {
  readonly clientId: string
  readonly clientSecret: SecretValue
}

/**
 * Requests a token from a token endpoint (RFC 6749, 4).
 *
 * @throws {WorkspaceError} if it returns no token.
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
        ...(credentials !== undefined && { authorization: basicHeader(credentials) }),
      },
      body: new URLSearchParams(fields.map(([name, value = '']) => [name, textOf(value)])).toString(),
    }),
  )
}

/** Both values must be form-encoded first (RFC 6749, 2.3.1). */
function basicHeader({ clientId, clientSecret }: BasicCredentials): string {
  const pair = [clientId, textOf(clientSecret)].map((text) =>
    new URLSearchParams({ '': text }).toString().slice(1),
  )
  return `Basic ${Buffer.from(pair.join(':')).toString('base64')}`
}

function textOf(value: string | SecretValue): string {
  return typeof value === 'string' ? value : value.reveal().toString()
}
