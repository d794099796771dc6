import type { SecretValue } from '../../secret-value.js'
import type { TokenSource } from './token-source.js'

/** Authenticates with a personal access token (auth type `pat`), which is the bearer token. It is never refreshed. */
export function personalAccessToken(token: SecretValue): TokenSource {
  return { authType: 'pat', token: () => Promise.resolve(token), markAccepted: () => undefined }
}
