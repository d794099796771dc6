import type { SecretValue } from '../../secret-value.js'
import type { AuthType } from './auth-methods.js'

/** Supplies the tokens of one authentication method. */
export interface TokenSource {
  readonly authType: AuthType

  /**
   * Returns the bearer token for the next request. Callers at the same time share one token.
   *
   * @param rejected A token that the workspace has rejected. It is returned again if there is no other.
   * @throws {AuthError} if there is no token.
   */
  token(rejected?: SecretValue): Promise<SecretValue>

  /** Records that the workspace has accepted this token. */
  markAccepted(token: SecretValue): void
}

/** A token and its lifetime. */
export interface AccessToken {
  readonly value: SecretValue
  /** The lifetime from now on, in ms; undefined if unknown. */
  readonly lifetimeMs: number | undefined
}

/** Called with each new token before anything else happens, so that it is masked first. */
export type OnToken = (token: SecretValue) => void
