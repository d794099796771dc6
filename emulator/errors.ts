/**
 * A refusal in the shape of the workspace: an HTTP status and `{"error_code", "message"}`.
 *
 * Only the texts marked "seen" were pasted by people from a live workspace. The others are the emulator's own: a client
 * may show them, but has to go by the code.
 */
export class ApiError extends Error {
  /** The HTTP status of the answer. */
  readonly status: number
  /** A word, or the number that the layer in front of the API gives when a token is refused. */
  readonly errorCode: string | number

  constructor(status: number, errorCode: string | number, message: string) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.errorCode = errorCode
  }
}

/** No usable `Authorization` header. Seen, with its number as error_code. */
export const credentialMissing = (): ApiError =>
  new ApiError(401, 401, 'Credential was not sent or was of an unsupported type for this API.')

/** A token that no identity of the workspace has. Seen, with its number as error_code. */
export const tokenInvalid = (): ApiError => new ApiError(403, 403, 'Invalid access token.')

/**
 * An access token that was good once. That it is a 401 with a number for a code is from the same reports as the other two;
 * the text is an assumption.
 */
export const tokenExpired = (): ApiError => new ApiError(401, 401, 'Token is expired.')

/**
 * A token that is limited to other API scopes. The text was seen, in `databrickslabs/ontos`; status and code are an
 * assumption.
 */
export const apiScopeMissing = (scope: string): ApiError =>
  new ApiError(403, 403, `Provided OAuth token does not have required scopes: ${scope}`)

/** A path or a method that no call has. `path` starts after `/api/2.0`. Seen. */
export const endpointNotFound = (method: string, path: string): ApiError =>
  new ApiError(404, 'ENDPOINT_NOT_FOUND', `No API found for '${method} ${path}'`)

/** A body that cannot be read as the call's request. Code from the REST reference. */
export const malformedRequest = (message: string): ApiError => new ApiError(400, 'MALFORMED_REQUEST', message)

/** A field that can be read, but not accepted. Code from the REST reference. */
export const invalidParameter = (message: string): ApiError =>
  new ApiError(400, 'INVALID_PARAMETER_VALUE', message)

/** A call that this scope or this workspace does not take. Code from the REST reference. */
export const badRequest = (message: string): ApiError => new ApiError(400, 'BAD_REQUEST', message)

/** No such scope, secret or ACL. Code from the REST reference. */
export const doesNotExist = (message: string): ApiError =>
  new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', message)

/** The caller's permission on the scope is too low. Code from the REST reference. */
export const permissionDenied = (message: string): ApiError => new ApiError(403, 'PERMISSION_DENIED', message)

/** A scope by that name, case-insensitive. Seen. */
export const scopeAlreadyExists = (name: string): ApiError =>
  new ApiError(400, 'RESOURCE_ALREADY_EXISTS', `Scope ${name} already exists!`)

/** One scope or one secret too many. Code from the REST reference; it gives no status, 400 is an assumption. */
export const limitExceeded = (message: string): ApiError =>
  new ApiError(400, 'RESOURCE_LIMIT_EXCEEDED', message)

/** A scope name that Databricks keeps for itself. Code from the REST reference. */
export const scopeNameReserved = (name: string): ApiError =>
  new ApiError(403, 'CUSTOMER_UNAUTHORIZED', `The scope name ${name} is reserved.`)

/** Creating a scope on the Standard plan without `initial_manage_principal: "users"`. Seen, 2019 to 2022. */
export const premiumDisabled = (): ApiError =>
  badRequest(
    'Premium Tier is disabled in this workspace. ' +
      'Secret scopes can only be created with initial_manage_principal "users".',
  )

/** Creating a scope for anybody but `users`. Seen. */
export const principalNotAllowed = (principal: string): ApiError =>
  badRequest(`Cannot specify ${principal} as initial_manage_principal.`)

/** Creating a key vault scope with a personal access token. Seen. */
export const entraTokenMissing = (): ApiError =>
  invalidParameter('Scope with Azure KeyVault must have userAADToken defined!')

/** `acls/*` on the Standard plan. That the calls fail is documented; code and status are an assumption. */
export const aclsDisabled = (): ApiError =>
  new ApiError(403, 'FEATURE_DISABLED', 'Secret ACLs are disabled in this workspace.')
