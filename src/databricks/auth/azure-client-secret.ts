import type { SecretValue } from '../../secret-value.js'
import type { SendRequest } from '../traffic.js'
import { requestEntraToken, type EntraApplication } from './entra.js'
import { renewedToken } from './renewed-token.js'
import type { OnToken, SignIn } from './sign-in.js'

const AUTH_TYPE = 'azure-client-secret'

/** Signs in to a workspace of Azure with a client secret of Entra ID (auth type `azure-client-secret`). */
export function azureClientSecret(
  application: EntraApplication,
  clientSecret: SecretValue,
  send: SendRequest,
  onToken: OnToken,
): SignIn {
  return renewedToken(
    AUTH_TYPE,
    () => requestEntraToken(AUTH_TYPE, application, { client_secret: clientSecret }, send),
    onToken,
  )
}
