import type { AuthMethod } from '../databricks/auth/choose-auth-method.js'
import type { AuthSettings } from '../databricks/auth/auth-settings.js'

/**
 * The identity of this run as commands of Databricks name it: the application id of a service principal. Undefined where
 * only the token names it.
 */
export function identityOf({
  authType,
  settings: { clientId, azureClientId },
}: Pick<AuthMethod, 'authType'> & { readonly settings: AuthSettings }): string | undefined {
  switch (authType) {
    case 'oauth-m2m':
    case 'github-oidc':
    case 'env-oidc':
    case 'file-oidc':
      return clientId?.value
    case 'github-oidc-azure':
    case 'azure-client-secret':
      return azureClientId?.value
    case 'pat':
    case 'azure-cli':
      return undefined
  }
}
