import type { SecretValue } from '../../secret-value.js'

/** The ways to sign in, named and ordered as in Databricks' unified authentication. */
export const AUTH_TYPES = [
  'pat',
  'oauth-m2m',
  'github-oidc',
  'env-oidc',
  'file-oidc',
  'github-oidc-azure',
  'azure-client-secret',
  'azure-cli',
] as const

/** One of the eight ways to sign in. */
export type AuthType = (typeof AUTH_TYPES)[number]

/** A way to sign in to a workspace. */
export interface TokenSource {
  readonly authType: AuthType

  /**
   * The bearer token for the next request. Callers that ask at once get the same one, fetched once.
   *
   * @param refused A token that the workspace has not taken; where there is no other to be had, it comes back.
   * @throws {SignInError} when there is none.
   */
  token(refused?: SecretValue): Promise<SecretValue>

  /** Is told of a token that the workspace has let in. */
  worked(token: SecretValue): void
}

/** A token that lives for a while. */
export interface AccessToken {
  readonly value: SecretValue
  /** Milliseconds from now on that it is said to live; undefined where nobody says. */
  readonly lifetimeMs: number | undefined
}

/** Told of every token the moment that it exists, so that it is masked before anything else can happen. */
export type OnToken = (token: SecretValue) => void
