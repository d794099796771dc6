/**
 * How a workspace refuses a call, as the REST reference and people's own reports have it. This is the yardstick that the
 * emulator is held to, so it is written down here once more and shares nothing with the emulator.
 */
export interface Refusal {
  readonly status: number
  /** A number where the layer in front of the API refuses; undefined where the answer is not JSON. */
  readonly code: string | number | undefined
  /** The text, where people have pasted it from a live workspace; undefined where it is not known. */
  readonly message?: string
  /** The whole body, where that is not JSON; the message is then what a person should read of it. */
  readonly body?: string
}

/** The refusals that are known, by what is wrong. */
export const REFUSALS = {
  scopeExists: (scope: string): Refusal => ({
    status: 400,
    code: 'RESOURCE_ALREADY_EXISTS',
    message: `Scope ${scope} already exists!`,
  }),
  premiumDisabled: {
    status: 400,
    code: 'BAD_REQUEST',
    message:
      'Premium Tier is disabled in this workspace. Secret scopes can only be created with initial_manage_principal "users".',
  },
  principalNotAllowed: (principal: string): Refusal => ({
    status: 400,
    code: 'BAD_REQUEST',
    message: `Cannot specify ${principal} as initial_manage_principal.`,
  }),
  entraTokenMissing: {
    status: 400,
    code: 'INVALID_PARAMETER_VALUE',
    message: 'Scope with Azure KeyVault must have userAADToken defined!',
  },
  badRequest: { status: 400, code: 'BAD_REQUEST' },
  invalidParameter: { status: 400, code: 'INVALID_PARAMETER_VALUE' },
  malformed: { status: 400, code: 'MALFORMED_REQUEST' },
  // The reference gives no status.
  limitExceeded: { status: 400, code: 'RESOURCE_LIMIT_EXCEEDED' },
  // How Databricks says that there is no such job: the SDKs correct it to "does not exist" (error_overrides.go of the Go SDK).
  jobMissing: (id: string): Refusal => ({
    status: 400,
    code: 'INVALID_PARAMETER_VALUE',
    message: `Job ${id} does not exist.`,
  }),
  doesNotExist: { status: 404, code: 'RESOURCE_DOES_NOT_EXIST' },
  permissionDenied: { status: 403, code: 'PERMISSION_DENIED' },
  // A Unity Catalog secret; the code is that of the Databricks CLI's test server.
  secretExists: { status: 409, code: 'RESOURCE_ALREADY_EXISTS' },
  schemaMissing: { status: 404, code: 'SCHEMA_DOES_NOT_EXIST' },
  catalogMissing: { status: 404, code: 'CATALOG_DOES_NOT_EXIST' },
  principalMissing: { status: 404, code: 'PRINCIPAL_DOES_NOT_EXIST' },
  // A word that was seen; that it is the code is an assumption.
  secretsOff: { status: 403, code: 'UC_SECRETS_NOT_ENABLED' },
  noUnityCatalog: { status: 403, code: 'FEATURE_DISABLED' },
  featureDisabled: { status: 404, code: 'FEATURE_DISABLED' },
  nameReserved: { status: 403, code: 'CUSTOMER_UNAUTHORIZED' },
  tokenInvalid: { status: 403, code: 403, message: 'Invalid access token.' },
  // That ACL calls fail on the Standard plan is documented; how they do is not.
  aclsDisabled: { status: 403, code: 'FEATURE_DISABLED' },
} as const satisfies Record<string, Refusal | ((name: string) => Refusal)>

/** How the token endpoint refuses (RFC 6749, 5.2). */
export interface SignInRefusal {
  readonly status: number
  /** OAuth's error code. */
  readonly error: string
  /** The text beside it, which is each server's own. */
  readonly description: string
}

/**
 * Such refusals, by what is wrong. RFC 6749 (5.2) has both codes and the 401; what Databricks answers is not published, and
 * an `invalid_grant` for a JWT is an assumption.
 */
export const SIGN_IN_REFUSALS = {
  clientUnknown: { status: 401, error: 'invalid_client' },
  tokenRefused: { status: 400, error: 'invalid_grant' },
} as const satisfies Record<string, Omit<SignInRefusal, 'description'>>
