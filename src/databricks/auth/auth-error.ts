import { WorkspaceError } from '../workspace-error.js'
import type { AuthType } from './auth-methods.js'

/** The step of authentication that failed. */
export type AuthStep =
  /** Request a GitHub OIDC token for this job. */
  | 'github'
  /** Ask the workspace for its token endpoint. */
  | 'discovery'
  /** Request a token from the workspace's token endpoint. */
  | 'databricks'
  /** Request a token from Microsoft Entra ID. */
  | 'entra'
  /** Run the Azure CLI. */
  | 'az'
  /** Read the token from its file. */
  | 'source'

/** The claims of an OIDC token that federation policies compare: issuer, audience and subject. */
export interface TokenClaims {
  readonly iss: string
  readonly aud: string
  readonly sub: string
}

/** An input that may be empty because its secret is not available to the job. */
export type EmptySecret = 'client-secret' | 'azure-client-secret'

/** Details of a failed authentication. A missing field is unknown. */
export interface AuthErrorDetails {
  /** The error of the request that failed. */
  readonly request?: WorkspaceError
  /** If no request failed: what is wrong and what to change. It contains no untrusted text. */
  readonly problem?: string
  /** The claims of the OIDC token that was rejected. */
  readonly claims?: TokenClaims
  /** The client id of the service principal. */
  readonly clientId?: string
  /** The empty input with which the run would have used another authentication method. */
  readonly emptySecret?: EmptySecret
  /** The error output of the Azure CLI, unfiltered. */
  readonly stderr?: string
  /** True if a write was sent before and may have been applied. */
  readonly earlierTryMayBeApplied?: boolean
}

/** The action could not get a token. The error's own message contains no untrusted text. */
export class AuthError extends Error {
  override readonly name = 'AuthError'
  readonly authType: AuthType
  readonly step: AuthStep
  readonly details: AuthErrorDetails

  constructor(authType: AuthType, step: AuthStep, details: AuthErrorDetails) {
    super(`authentication with ${authType} failed: ${step}`)
    this.authType = authType
    this.step = step
    this.details = details
  }

  /** True if this was a write, and it is unknown whether an earlier try was applied. */
  get outcomeUnknown(): boolean {
    return this.details.earlierTryMayBeApplied === true
  }

  /** Returns the same error for a write that was sent before and may have been applied. */
  withEarlierTryMayBeApplied(): AuthError {
    return new AuthError(this.authType, this.step, { ...this.details, earlierTryMayBeApplied: true })
  }
}

/**
 * Runs a step of authentication, and adds the step to the error of its request.
 *
 * @throws {AuthError} instead of a {@link WorkspaceError}, unless the run was cancelled. Other errors are not changed.
 */
export async function withAuthStep<Result>(
  authType: AuthType,
  step: AuthStep,
  run: () => Promise<Result>,
  details: Omit<AuthErrorDetails, 'request'> = {},
): Promise<Result> {
  try {
    return await run()
  } catch (error) {
    // A cancelled request is not an authentication error.
    if (!(error instanceof WorkspaceError) || error.failure === 'cancelled') throw error
    throw new AuthError(authType, step, { ...details, request: error })
  }
}
