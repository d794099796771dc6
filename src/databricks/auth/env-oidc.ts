import type { SecretValue } from '../../secret-value.js'
import type { WorkspaceHost } from '../host.js'
import type { SendRequest } from '../http/request-scheduler.js'
import { tokenExchange, type Federation } from './token-exchange.js'
import type { OnToken, TokenSource } from './token-source.js'

/** Authenticates with an OIDC token from an environment variable (auth type `env-oidc`). */
export function envOidc(
  federation: Federation,
  token: SecretValue,
  host: WorkspaceHost,
  send: SendRequest,
  onToken: OnToken,
): TokenSource {
  const subjectToken = () => Promise.resolve(token)
  return tokenExchange(
    { ...federation, authType: 'env-oidc', subjectToken, needsAudience: false },
    host,
    send,
    onToken,
  )
}
