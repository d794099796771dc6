import type { SendRequest } from '../http/request-scheduler.js'
import type { GitHubOidcEndpoint } from './auth-settings.js'
import { requestEntraToken, type EntraApplication } from './entra.js'
import { requestGitHubToken } from './github-token.js'
import { refreshingTokenSource } from './refreshing-token-source.js'
import type { OnToken, TokenSource } from './token-source.js'

const AUTH_TYPE = 'github-oidc-azure'

/** The audience that Entra ID requires in a GitHub token. */
const AUDIENCE = 'api://AzureADTokenExchange'

/**
 * Authenticates to a workspace on Azure with this job's GitHub OIDC token, which Entra ID trusts (auth type
 * `github-oidc-azure`).
 *
 * @param isChosenExplicitly False if the run would have used a client secret, but that is empty.
 */
export function githubOidcAzure(
  application: EntraApplication,
  source: GitHubOidcEndpoint,
  isChosenExplicitly: boolean,
  send: SendRequest,
  onToken: OnToken,
): TokenSource {
  const fetchToken = async () => {
    const assertion = await requestGitHubToken(AUTH_TYPE, source, AUDIENCE, send)
    onToken(assertion)
    const proof = { client_assertion: assertion }
    return await requestEntraToken(
      AUTH_TYPE,
      application,
      proof,
      send,
      isChosenExplicitly ? undefined : 'azure-client-secret',
    )
  }
  return refreshingTokenSource(AUTH_TYPE, fetchToken, onToken)
}
