import type { SendRequest } from '../traffic.js'
import { requestEntraToken, type EntraApplication } from './entra.js'
import { githubToken, type GitHubTokenSource } from './github-token.js'
import { renewedToken } from './renewed-token.js'
import type { OnToken, SignIn } from './sign-in.js'

const AUTH_TYPE = 'github-oidc-azure'

/** Whom Entra ID takes a GitHub token for. */
const AUDIENCE = 'api://AzureADTokenExchange'

/** Signs in to a workspace of Azure with GitHub's token, which Entra ID trusts (auth type `github-oidc-azure`). */
export function githubOidcAzure(
  application: EntraApplication,
  source: GitHubTokenSource,
  send: SendRequest,
  onToken: OnToken,
): SignIn {
  const fetchToken = async () => {
    const assertion = await githubToken(AUTH_TYPE, source, AUDIENCE, send)
    onToken(assertion)
    return await requestEntraToken(AUTH_TYPE, application, { client_assertion: assertion }, send)
  }
  return renewedToken(AUTH_TYPE, fetchToken, onToken)
}
