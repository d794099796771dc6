import type { SecretValue } from '../../secret-value.js'
import type { TokenSource } from './token-source.js'

/** Signs in with a personal access token (auth type `pat`): the token is the bearer, for as long as it lives. */
export function personalAccessToken(token: SecretValue): TokenSource {
  return { authType: 'pat', token: () => Promise.resolve(token), worked: () => undefined }
}
