import type { SecretValue } from '../../secret-value.js'
import type { SendRequest } from '../http/request-scheduler.js'
import { withAuthStep, type EmptySecret } from './auth-error.js'
import type { AuthType } from './auth-methods.js'
import { parseTokenClaims } from './token-claims.js'
import { requestToken } from './token-endpoint.js'
import type { AccessToken } from './token-source.js'

/** The id of the Azure Databricks application, which is the same in every tenant. */
export const AZURE_DATABRICKS = '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d'

/** An application in Entra ID that is a service principal of the workspace. */
export interface EntraApplication {
  readonly clientId: string
  readonly tenantId: string
  /** The address of Entra ID in this cloud, without a trailing slash. */
  readonly login: string
}

/**
 * Requests a token for Azure Databricks from Entra ID.
 *
 * @param proof The credential of the application: its client secret, or a token that it trusts.
 * @param emptySecret For the error: see `AuthErrorDetails`.
 * @throws {AuthError} if Entra ID returns no token.
 */
export async function requestEntraToken(
  authType: AuthType,
  { clientId, tenantId, login }: EntraApplication,
  proof: { client_secret: SecretValue } | { client_assertion: SecretValue },
  send: SendRequest,
  emptySecret?: EmptySecret,
): Promise<AccessToken> {
  const form = {
    grant_type: 'client_credentials',
    client_id: clientId,
    resource: AZURE_DATABRICKS,
    ...proof,
    ...('client_assertion' in proof && {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    }),
  }
  const claims = 'client_assertion' in proof ? parseTokenClaims(proof.client_assertion) : undefined
  const endpoint = new URL(`${login}/${encodeURIComponent(tenantId)}/oauth2/token`)
  return await withAuthStep(authType, 'entra', () => requestToken(send, endpoint, form), {
    clientId,
    ...(claims !== undefined && { claims }),
    ...(emptySecret !== undefined && { emptySecret }),
  })
}
