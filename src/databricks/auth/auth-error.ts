import { WorkspaceError } from '../workspace-error.js'
import type { AuthType } from './token-source.js'

/** Where on the way to a token something went wrong. */
export type AuthStep =
  /** GitHub was asked for a token of this job. */
  | 'github'
  /** The workspace was asked where its tokens come from. */
  | 'discovery'
  /** The workspace's token endpoint was asked for a token. */
  | 'databricks'
  /** Microsoft Entra ID was asked for a token. */
  | 'entra'
  /** The Azure CLI was. */
  | 'az'
  /** The variable or the file that should hold the token was read. */
  | 'source'

/** What a token says of itself: who made it, for whom, about whom. Federation policies go by these. */
export interface TokenClaims {
  readonly iss: string
  readonly aud: string
  readonly sub: string
}

/** An input of which an empty text may be a secret that the job does not see. */
export type EmptySecret = 'client-secret' | 'azure-client-secret'

/** What is known of a sign-in that failed, as far as it is known. */
export interface AuthErrorDetails {
  /** The request that failed. */
  readonly request?: WorkspaceError
  /** Our own words for what is wrong where no request failed: with what to change, and nothing from outside. */
  readonly problem?: string
  /** The claims of the token that was not taken. */
  readonly claims?: TokenClaims
  /** The service principal that should have been signed in as. */
  readonly clientId?: string
  /** The secret that would have made this run sign in with another method, and that is empty. */
  readonly emptySecret?: EmptySecret
  /** What a program said, word for word. */
  readonly said?: string
  /** True when a write had been sent before, and may have been carried out. */
  readonly earlierTryUnknown?: boolean
}

/**
 * No token could be had, so nothing was sent to the Secrets API, or nothing more. The message holds nothing that came from
 * outside.
 */
export class AuthError extends Error {
  override readonly name = 'SignInError'
  readonly authType: AuthType
  readonly step: AuthStep
  readonly details: AuthErrorDetails

  constructor(authType: AuthType, step: AuthStep, details: AuthErrorDetails) {
    super(`signing in by ${authType} failed: ${step}`)
    this.authType = authType
    this.step = step
    this.details = details
  }

  /** True when it is not known whether what was to be written was: it was sent before the token was missing. */
  get outcomeUnknown(): boolean {
    return this.details.earlierTryUnknown === true
  }

  /** The same failure, where a write was sent before that may have been carried out. */
  afterWrite(): AuthError {
    return new AuthError(this.authType, this.step, { ...this.details, earlierTryUnknown: true })
  }
}

/**
 * Carries out a step of signing in, so that an error of its request says which it was.
 *
 * @throws {AuthError} in place of a {@link WorkspaceError}, but for one that was cancelled; all else that `work` throws
 * as it is
 */
export async function withAuthStep<Result>(
  authType: AuthType,
  step: AuthStep,
  work: () => Promise<Result>,
  details: Omit<AuthErrorDetails, 'request'> = {},
): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    // What was cancelled has not failed.
    if (!(error instanceof WorkspaceError) || error.failure === 'cancelled') throw error
    throw new AuthError(authType, step, { ...details, request: error })
  }
}
