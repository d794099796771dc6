import type { SecretValue } from '../../secret-value.js'
import type { SignIn } from './sign-in.js'

/** Signs in with a personal access token (auth type `pat`): the token is the bearer, for as long as it lives. */
export function personalAccessToken(token: SecretValue): SignIn {
  return { authType: 'pat', token: () => Promise.resolve(token), worked: () => undefined }
}
