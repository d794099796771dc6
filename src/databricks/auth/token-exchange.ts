import type { SecretValue } from '../../secret-value.js'
import type { WorkspaceHost } from '../host.js'
import type { SendRequest } from '../http/request-scheduler.js'
import { withAuthStep, type EmptySecret } from './auth-error.js'
import type { AuthType } from './auth-methods.js'
import { discoverTokenEndpoint } from './discovery.js'
import { refreshingTokenSource } from './refreshing-token-source.js'
import { parseTokenClaims } from './token-claims.js'
import { requestToken } from './token-endpoint.js'
import type { AccessToken, OnToken, TokenSource } from './token-source.js'

/** The token to request from the workspace. */
export interface Federation {
  /** The application id of the service principal; undefined for account-wide federation. */
  readonly clientId: string | undefined
  /** The API scopes of the token, separated by spaces (RFC 6749, 3.3). */
  readonly oauthScopes: string
}

/** Which OIDC token is exchanged, and for which token of the workspace. */
export interface TokenExchangeOptions extends Federation {
  readonly authType: AuthType
  /** Returns the OIDC token; called for each exchange. `audience` is what the workspace expects. Throws an AuthError. */
  readonly subjectToken: (audience: string) => Promise<SecretValue>
  /** Whether that audience is needed. A token that exists already has its own. */
  readonly needsAudience: boolean
  /** Set if the run would have used this secret, but it is empty. */
  readonly emptySecret?: EmptySecret
}

/** Exchanges an OIDC token, which a federation policy of the workspace trusts, for a token of the workspace (RFC 8693). */
export function tokenExchange(
  { authType, clientId, oauthScopes, subjectToken, needsAudience, emptySecret }: TokenExchangeOptions,
  host: WorkspaceHost,
  send: SendRequest,
  onToken: OnToken,
): TokenSource {
  const fetchToken = async (): Promise<AccessToken> => {
    const { tokenEndpoint, audience } = await discoverTokenEndpoint(authType, host, send, needsAudience)
    const subject = await subjectToken(audience ?? tokenEndpoint.href)
    onToken(subject)
    const form = {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      subject_token: subject,
      scope: oauthScopes,
      client_id: clientId,
    }
    const claims = parseTokenClaims(subject)
    return await withAuthStep(authType, 'databricks', () => requestToken(send, tokenEndpoint, form), {
      ...(clientId !== undefined && { clientId }),
      ...(claims !== undefined && { claims }),
      ...(emptySecret !== undefined && { emptySecret }),
    })
  }
  return refreshingTokenSource(authType, fetchToken, onToken)
}
