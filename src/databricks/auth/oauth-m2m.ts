import type { WorkspaceHost } from '../host.js'
import type { SendRequest } from '../traffic.js'
import { discover } from './discovery.js'
import { renewedToken } from './renewed-token.js'
import type { AccessToken, OnToken, SignIn } from './sign-in.js'
import { atStep } from './sign-in-error.js'
import { requestToken, type BasicCredentials } from './token-endpoint.js'

const AUTH_TYPE = 'oauth-m2m'

/** Signs in as a service principal with an OAuth secret (auth type `oauth-m2m`; RFC 6749, 4.4). */
export function oauthM2m(
  credentials: BasicCredentials,
  host: WorkspaceHost,
  send: SendRequest,
  onToken: OnToken,
): SignIn {
  const fetchToken = async (): Promise<AccessToken> => {
    const { tokenEndpoint } = await discover(AUTH_TYPE, host, send)
    const form = { grant_type: 'client_credentials', scope: 'all-apis' }
    const request = () => requestToken(send, tokenEndpoint, form, credentials)
    return await atStep(AUTH_TYPE, 'databricks', request, { clientId: credentials.clientId })
  }
  return renewedToken(AUTH_TYPE, fetchToken, onToken)
}
