import type { SecretValue } from '../../secret-value.js'
import type { SendRequest } from '../http/request-scheduler.js'
import { requestEntraToken, type EntraApplication } from './entra.js'
import { refreshingTokenSource } from './refreshing-token-source.js'
import type { OnToken, TokenSource } from './token-source.js'

const AUTH_TYPE = 'azure-client-secret'

/** Authenticates to a workspace on Azure with a client secret of Entra ID (auth type `azure-client-secret`). */
export function azureClientSecret(
  application: EntraApplication,
  clientSecret: SecretValue,
  send: SendRequest,
  onToken: OnToken,
): TokenSource {
  return refreshingTokenSource(
    AUTH_TYPE,
    () => requestEntraToken(AUTH_TYPE, application, { client_secret: clientSecret }, send),
    onToken,
  )
}
