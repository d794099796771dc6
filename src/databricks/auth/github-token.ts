import { SecretValue } from '../../secret-value.js'
import { isLoopback } from '../host.js'
import type { SendRequest } from '../http/request-scheduler.js'
import { WorkspaceError } from '../workspace-error.js'
import { AuthError, withAuthStep } from './auth-error.js'
import type { AuthType } from './auth-methods.js'
import type { GitHubOidcEndpoint } from './auth-settings.js'
import { bearerHeader } from './bearer-header.js'
import { isToken, requestJson } from './token-request.js'

/**
 * Requests an OIDC token for this job from GitHub. It is valid for about five minutes.
 *
 * @throws {AuthError} if GitHub returns no token.
 */
export async function requestGitHubToken(
  authType: AuthType,
  { url, requestToken }: GitHubOidcEndpoint,
  audience: string,
  send: SendRequest,
): Promise<SecretValue> {
  const address = URL.canParse(url) ? new URL(url) : undefined
  const isSecure =
    address?.protocol === 'https:' || (address?.protocol === 'http:' && isLoopback(address.hostname))
  if (address === undefined || !isSecure) {
    throw new AuthError(authType, 'github', { problem: NO_URL })
  }
  address.searchParams.set('audience', audience)
  return await withAuthStep(authType, 'github', async () => {
    const headers = { accept: 'application/json', authorization: bearerHeader(requestToken) }
    const { value } = await requestJson(send, { method: 'GET', url: address.href, headers, body: null })
    if (!isToken(value)) throw new WorkspaceError('unexpected-response', { origin: address.origin })
    return new SecretValue(value)
  })
}

const NO_URL =
  'ACTIONS_ID_TOKEN_REQUEST_URL is not an https address. The runner sets this variable. Do not change it.'
