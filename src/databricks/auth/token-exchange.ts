import type { SecretValue } from '../../secret-value.js'
import type { WorkspaceHost } from '../host.js'
import type { SendRequest } from '../http/request-scheduler.js'
import { discoverTokenEndpoint } from './discovery.js'
import { refreshingTokenSource } from './refreshing-token-source.js'
import type { AccessToken, AuthType, OnToken, TokenSource } from './token-source.js'
import { withAuthStep, type EmptySecret } from './auth-error.js'
import { parseTokenClaims } from './token-claims.js'
import { requestToken } from './token-endpoint.js'

/** Somebody whose token the workspace trusts, and trades for one of its own. */
export interface Federation {
  readonly authType: AuthType
  /** The application id of the service principal; undefined for account-wide federation. */
  readonly clientId: string | undefined
  /** Gives the token to trade, anew each time; `audience` is whom the workspace expects it to be for. Throws a SignInError. */
  readonly subjectToken: (audience: string) => Promise<SecretValue>
  /** Whether the workspace has to be asked for that audience: not where the token is what it is. */
  readonly asksForAudience: boolean
  /** Set where a client secret that is not empty would have made the run sign in with that. */
  readonly emptySecret?: EmptySecret
}

/** Signs in by trading a token that a federation policy of the workspace trusts (RFC 8693). */
export function tokenExchange(
  { authType, clientId, subjectToken, asksForAudience, emptySecret }: Federation,
  host: WorkspaceHost,
  send: SendRequest,
  onToken: OnToken,
): TokenSource {
  const fetchToken = async (): Promise<AccessToken> => {
    const { tokenEndpoint, audience } = await discoverTokenEndpoint(authType, host, send, asksForAudience)
    const subject = await subjectToken(audience ?? tokenEndpoint.href)
    onToken(subject)
    const form = {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      subject_token: subject,
      scope: 'all-apis',
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
