import type { WorkspaceHost } from '../host.js'
import type { SendRequest } from '../http/request-scheduler.js'
import type { AuthType } from './auth-methods.js'
import type { AuthSetting, AuthSettings } from './auth-settings.js'
import { azureCli } from './azure-cli.js'
import { azureClientSecret } from './azure-client-secret.js'
import { entraLoginHost } from './azure-host.js'
import { envOidc } from './env-oidc.js'
import { fileOidc } from './file-oidc.js'
import { githubOidcAzure } from './github-oidc-azure.js'
import { githubOidc } from './github-oidc.js'
import { oauthM2m } from './oauth-m2m.js'
import { personalAccessToken } from './pat.js'
import { ALL_APIS } from './token-endpoint.js'
import type { OnToken, TokenSource } from './token-source.js'

/** What authentication methods use in addition to their settings. */
export interface TokenSourceContext {
  readonly host: WorkspaceHost
  readonly send: SendRequest
  readonly onToken: OnToken
  /** Returns the environment for the Azure CLI. It is a function because it costs time that most runs need not spend. */
  readonly azureCliEnv: () => NodeJS.ProcessEnv
  /** Stops the Azure CLI when it fires. */
  readonly cancelled: AbortSignal
}

/** Creates the token source of the method that `chooseAuthMethod` has chosen. It sends no request until the first use. */
export function createTokenSource(
  authType: AuthType,
  settings: AuthSettings,
  context: TokenSourceContext,
): TokenSource {
  const { host, send, onToken } = context
  const federation = {
    clientId: settings.clientId?.value,
    oauthScopes: settings.oauthScopes?.value ?? ALL_APIS,
  }
  // With auth-type, the workflow has chosen this method on purpose.
  const isChosenExplicitly = settings.authType !== undefined
  const application = () => ({
    clientId: valueOf(settings.azureClientId),
    tenantId: valueOf(settings.azureTenantId),
    login: required(entraLoginHost(host)),
  })
  switch (authType) {
    case 'pat':
      return personalAccessToken(valueOf(settings.token))
    case 'oauth-m2m':
      return oauthM2m(
        { clientId: valueOf(settings.clientId), clientSecret: valueOf(settings.clientSecret) },
        federation.oauthScopes,
        host,
        send,
        onToken,
      )
    case 'github-oidc': {
      const options = {
        ...federation,
        audience: settings.tokenAudience?.value,
        source: required(settings.github),
        ...(!isChosenExplicitly &&
          settings.clientSecret === undefined && { emptySecret: 'client-secret' as const }),
      }
      return githubOidc(options, host, send, onToken)
    }
    case 'env-oidc':
      return envOidc(federation, valueOf(settings.oidcToken), host, send, onToken)
    case 'file-oidc':
      return fileOidc(federation, valueOf(settings.oidcTokenFile), host, send, onToken)
    case 'github-oidc-azure':
      return githubOidcAzure(
        application(),
        required(settings.github),
        isChosenExplicitly || settings.azureClientSecret !== undefined,
        send,
        onToken,
      )
    case 'azure-client-secret':
      return azureClientSecret(application(), valueOf(settings.azureClientSecret), send, onToken)
    case 'azure-cli':
      return azureCli(context.azureCliEnv, onToken, context.cancelled)
  }
}

function valueOf<Value>(setting: AuthSetting<Value> | undefined): Value {
  return required(setting).value
}

function required<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('the authentication method is incomplete')
  return value
}
