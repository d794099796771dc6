import type { SecretValue } from '../../secret-value.js'
import type { SendRequest } from '../http/request-scheduler.js'
import type { AccessToken, AuthType } from './token-source.js'
import { withAuthStep, type EmptySecret } from './auth-error.js'
import { parseTokenClaims } from './token-claims.js'
import { requestToken } from './token-endpoint.js'

/** The Azure Databricks application, the same in every tenant. */
export const AZURE_DATABRICKS = '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d'

/** An application of Entra ID that is a service principal of the workspace. */
export interface EntraApplication {
  readonly clientId: string
  readonly tenantId: string
  /** Entra ID's address for this cloud, without a slash at the end. */
  readonly login: string
}

/**
 * Asks Entra ID for a token for Azure Databricks.
 *
 * @param proof That we are this application: its secret, or a token that it trusts.
 * @param emptySecret For the error: see `SignInErrorDetails`.
 * @throws {SignInError} when there is none
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
