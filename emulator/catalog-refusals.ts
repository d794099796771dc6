import { ApiError } from './errors.js'

/** An error as it is answered. */
export interface CatalogRefusal {
  readonly status: number
  readonly code: string
  /** Put before the emulator's own text; default nothing. */
  readonly prefix?: string
}

const NOT_FOUND = { status: 404, code: 'RESOURCE_DOES_NOT_EXIST' }
const DENIED = { status: 403, code: 'PERMISSION_DENIED' }
const INVALID = { status: 400, code: 'INVALID_PARAMETER_VALUE' }
const DISABLED = { status: 403, code: 'FEATURE_DISABLED' }
const NO_ENDPOINT = { status: 404, code: 'ENDPOINT_NOT_FOUND' }

/**
 * The refusals whose form no page and no report settles, each with the forms that it may have. The first is the default:
 * that of Unity Catalog's other calls, where there is one. A client has to cope with each of them.
 */
export const CATALOG_REFUSAL_FORMS = {
  /** A secret by that name exists. 409 is from the test server of the Databricks CLI; 400 is how other securables have it. */
  secretExists: [
    { status: 409, code: 'RESOURCE_ALREADY_EXISTS' },
    { status: 409, code: 'ALREADY_EXISTS' },
    { status: 409, code: 'SECRET_ALREADY_EXISTS' },
    { status: 400, code: 'RESOURCE_ALREADY_EXISTS' },
  ],
  secretMissing: [NOT_FOUND, { status: 404, code: 'SECRET_DOES_NOT_EXIST' }],
  schemaMissing: [{ status: 404, code: 'SCHEMA_DOES_NOT_EXIST' }, NOT_FOUND],
  catalogMissing: [{ status: 404, code: 'CATALOG_DOES_NOT_EXIST' }, NOT_FOUND],
  /** A read of a schema by a principal without a privilege on it. */
  schemaHidden: [{ status: 404, code: 'SCHEMA_DOES_NOT_EXIST' }, NOT_FOUND, DENIED],
  /** A secret that exists, and that the caller may neither manage nor write. */
  secretHidden: [DENIED, NOT_FOUND],
  /** A call that needs `USE_CATALOG` or `USE_SCHEMA`, which the caller does not have. */
  useMissing: [DENIED, { status: 404, code: 'SCHEMA_DOES_NOT_EXIST' }],
  privilegeMissing: [DENIED, { status: 403, code: 'UNAUTHORIZED_ACCESS' }],
  /** A catalog that is bound to other workspaces alone. */
  catalogUnbound: [DENIED, { status: 404, code: 'CATALOG_DOES_NOT_EXIST' }, INVALID],
  /** A write to a catalog that is bound read-only. */
  catalogReadOnly: [DENIED, INVALID],
  /** A write to a schema whose secrets are another manager's. */
  externallyManaged: [
    INVALID,
    DENIED,
    { status: 400, code: 'BAD_REQUEST' },
    { status: 400, code: 'INVALID_STATE' },
    { status: 409, code: 'RESOURCE_CONFLICT' },
    { status: 501, code: 'NOT_IMPLEMENTED' },
  ],
  /** Secrets are switched off in the workspace. The word was seen; where an answer has it is not known. */
  secretsOff: [
    { status: 403, code: 'UC_SECRETS_NOT_ENABLED' },
    { status: 400, code: 'UC_SECRETS_NOT_ENABLED' },
    { ...INVALID, prefix: '[UC_SECRETS_NOT_ENABLED] ' },
    { ...DENIED, prefix: '[UC_SECRETS_NOT_ENABLED] ' },
    DISABLED,
    NO_ENDPOINT,
  ],
  /** A workspace without Unity Catalog. */
  noUnityCatalog: [DISABLED, { status: 404, code: 'FEATURE_DISABLED' }, NO_ENDPOINT, NOT_FOUND],
  limitExceeded: [
    { status: 400, code: 'RESOURCE_LIMIT_EXCEEDED' },
    { status: 400, code: 'QUOTA_EXCEEDED' },
    { status: 429, code: 'RESOURCE_EXHAUSTED' },
  ],
  principalMissing: [{ status: 404, code: 'PRINCIPAL_DOES_NOT_EXIST' }, INVALID],
} as const satisfies Record<string, readonly [CatalogRefusal, ...CatalogRefusal[]]>

/** What such a refusal is for. */
export type CatalogRefusalName = keyof typeof CATALOG_REFUSAL_FORMS

/** The form of each refusal that is not to have its default. */
export type CatalogRefusals = Readonly<Partial<Record<CatalogRefusalName, CatalogRefusal>>>

/** A refusal in its chosen form. The messages are the emulator's own. */
export function catalogError(chosen: CatalogRefusals, name: CatalogRefusalName, message: string): ApiError {
  const { status, code, prefix = '' }: CatalogRefusal = chosen[name] ?? CATALOG_REFUSAL_FORMS[name][0]
  return new ApiError(status, code, prefix + message)
}
