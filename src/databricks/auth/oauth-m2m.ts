import type { WorkspaceHost } from '../host.js'
import type { SendRequest } from '../http/request-scheduler.js'
import { withAuthStep } from './auth-error.js'
import { discoverTokenEndpoint } from './discovery.js'
import { refreshingTokenSource } from './refreshing-token-source.js'
import { requestToken, type BasicCredentials } from './token-endpoint.js'
import type { AccessToken, OnToken, TokenSource } from './token-source.js'

const AUTH_TYPE = 'oauth-m2m'

/**
 * Authenticates as a service principal with an OAuth secret (auth type `oauth-m2m`; RFC 6749, 4.4).
 *
 * @param oauthScopes The API scopes of the token, separated by spaces.
 */
export function oauthM2m(
  credentials: BasicCredentials,
  oauthScopes: string,
  host: WorkspaceHost,
  send: SendRequest,
  onToken: OnToken,
): TokenSource {
  const fetchToken = async (): Promise<AccessToken> => {
    const { tokenEndpoint } = await discoverTokenEndpoint(AUTH_TYPE, host, send)
    const form = { grant_type: 'client_credentials', scope: oauthScopes }
    const request = () => requestToken(send, tokenEndpoint, form, credentials)
    return await withAuthStep(AUTH_TYPE, 'databricks', request, { clientId: credentials.clientId })
  }
  return refreshingTokenSource(AUTH_TYPE, fetchToken, onToken)
}
