import type { SendRequest } from '../http/request-scheduler.js'
import { requestEntraToken, type EntraApplication } from './entra.js'
import { githubToken, type GitHubTokenSource } from './github-token.js'
import { refreshingTokenSource } from './refreshing-token-source.js'
import type { OnToken, TokenSource } from './token-source.js'

const AUTH_TYPE = 'github-oidc-azure'

/** Whom Entra ID takes a GitHub token for. */
const AUDIENCE = 'api://AzureADTokenExchange'

/**
 * Signs in to a workspace of Azure with GitHub's token, which Entra ID trusts (auth type `github-oidc-azure`).
 *
 * @param isMeant False where a client secret that is not empty would have made the run sign in with that.
 */
export function githubOidcAzure(
  application: EntraApplication,
  source: GitHubTokenSource,
  isMeant: boolean,
  send: SendRequest,
  onToken: OnToken,
): TokenSource {
  const fetchToken = async () => {
    const assertion = await githubToken(AUTH_TYPE, source, AUDIENCE, send)
    onToken(assertion)
    const proof = { client_assertion: assertion }
    return await requestEntraToken(
      AUTH_TYPE,
      application,
      proof,
      send,
      isMeant ? undefined : 'azure-client-secret',
    )
  }
  return refreshingTokenSource(AUTH_TYPE, fetchToken, onToken)
}
