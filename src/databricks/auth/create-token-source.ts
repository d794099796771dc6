import type { WorkspaceHost } from '../host.js'
import type { SendRequest } from '../http/request-scheduler.js'
import { azureCli } from './azure-cli.js'
import { azureClientSecret } from './azure-client-secret.js'
import { entraLoginHost } from './azure-host.js'
import { envOidc } from './env-oidc.js'
import { fileOidc } from './file-oidc.js'
import { githubOidc } from './github-oidc.js'
import { githubOidcAzure } from './github-oidc-azure.js'
import { oauthM2m } from './oauth-m2m.js'
import { personalAccessToken } from './pat.js'
import type { AuthType, OnToken, TokenSource } from './token-source.js'
import type { AuthSetting, AuthSettings } from './auth-settings.js'

/** What every way needs besides its settings. */
export interface TokenSourceContext {
  readonly host: WorkspaceHost
  readonly send: SendRequest
  readonly onToken: OnToken
  /** Gives the environment that the Azure CLI may see: work that grows with the map, and that most runs do not need. */
  readonly azureCliEnv: () => NodeJS.ProcessEnv
  /** Ends what signing in has started when it fires. */
  readonly cancelled: AbortSignal
}

/** Makes the way to sign in that `chooseWay` has chosen of these settings. Nothing is sent until a token is asked for. */
export function createTokenSource(
  authType: AuthType,
  settings: AuthSettings,
  context: TokenSourceContext,
): TokenSource {
  const { host, send, onToken } = context
  const clientId = settings.clientId?.value
  // With auth-type, the workflow has said that it means this method.
  const isMeant = settings.authType !== undefined
  const application = () => ({
    clientId: valueOf(settings.azureClientId),
    tenantId: valueOf(settings.azureTenantId),
    login: needed(entraLoginHost(host)),
  })
  switch (authType) {
    case 'pat':
      return personalAccessToken(valueOf(settings.token))
    case 'oauth-m2m':
      return oauthM2m(
        { clientId: valueOf(settings.clientId), clientSecret: valueOf(settings.clientSecret) },
        host,
        send,
        onToken,
      )
    case 'github-oidc': {
      const federation = {
        clientId,
        audience: settings.tokenAudience?.value,
        source: needed(settings.github),
        ...(!isMeant && settings.clientSecret === undefined && { emptySecret: 'client-secret' as const }),
      }
      return githubOidc(federation, host, send, onToken)
    }
    case 'env-oidc':
      return envOidc(clientId, valueOf(settings.oidcToken), host, send, onToken)
    case 'file-oidc':
      return fileOidc(clientId, valueOf(settings.oidcTokenFile), host, send, onToken)
    case 'github-oidc-azure':
      return githubOidcAzure(
        application(),
        needed(settings.github),
        isMeant || settings.azureClientSecret !== undefined,
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
  return needed(setting).value
}

function needed<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('a way to sign in was chosen that is not complete')
  return value
}
