import type { WorkspaceHost } from '../host.js'
import type { SendRequest } from '../http/request-scheduler.js'
import type { EmptySecret } from './auth-error.js'
import type { GitHubOidcEndpoint } from './auth-settings.js'
import { requestGitHubToken } from './github-token.js'
import { tokenExchange, type Federation, type TokenExchangeOptions } from './token-exchange.js'
import type { OnToken, TokenSource } from './token-source.js'

const AUTH_TYPE = 'github-oidc'

/** The settings of this method. */
export interface GitHubOidcOptions extends Federation {
  /** The audience of the GitHub token. Undefined: the audience that the workspace expects. */
  readonly audience: string | undefined
  readonly source: GitHubOidcEndpoint
  /** Set if the run would have used this secret, but it is empty. */
  readonly emptySecret?: EmptySecret
}

/** Authenticates with this job's GitHub OIDC token (auth type `github-oidc`). No credential is stored. */
export function githubOidc(
  { clientId, oauthScopes, audience, source, emptySecret }: GitHubOidcOptions,
  host: WorkspaceHost,
  send: SendRequest,
  onToken: OnToken,
): TokenSource {
  const subjectToken = (expected: string) => requestGitHubToken(AUTH_TYPE, source, audience ?? expected, send)
  const options: TokenExchangeOptions = {
    authType: AUTH_TYPE,
    clientId,
    oauthScopes,
    subjectToken,
    needsAudience: audience === undefined,
    ...(emptySecret !== undefined && { emptySecret }),
  }
  return tokenExchange(options, host, send, onToken)
}
