import type { WorkspaceHost } from '../host.js'
import type { SendRequest } from '../http/request-scheduler.js'
import { githubToken, type GitHubTokenSource } from './github-token.js'
import type { EmptySecret } from './auth-error.js'
import type { OnToken, TokenSource } from './token-source.js'
import { tokenExchange, type Federation } from './token-exchange.js'

const AUTH_TYPE = 'github-oidc'

/** A job of GitHub that a federation policy trusts. */
export interface GitHubFederation {
  /** The application id of the service principal; undefined for account-wide federation. */
  readonly clientId: string | undefined
  /** Whom GitHub's token has to be for; undefined for whom the workspace expects. */
  readonly audience: string | undefined
  readonly source: GitHubTokenSource
  /** Set where a client secret that is not empty would have made the run sign in with that. */
  readonly emptySecret?: EmptySecret
}

/** Signs in with the token that GitHub gives this job (auth type `github-oidc`): nothing is stored anywhere. */
export function githubOidc(
  { clientId, audience, source, emptySecret }: GitHubFederation,
  host: WorkspaceHost,
  send: SendRequest,
  onToken: OnToken,
): TokenSource {
  const subjectToken = (expected: string) => githubToken(AUTH_TYPE, source, audience ?? expected, send)
  const asksForAudience = audience === undefined
  const federation: Federation = {
    authType: AUTH_TYPE,
    clientId,
    subjectToken,
    asksForAudience,
    ...(emptySecret !== undefined && { emptySecret }),
  }
  return tokenExchange(federation, host, send, onToken)
}
