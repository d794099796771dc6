import { formatNumber } from '../format-number.js'
import type { InputProblem } from '../secrets/input-error.js'
import type { SecretLimits } from '../secrets/secret-limits.js'
import type { StoreDefinition } from './store-definition.js'

/** The values of the input `initial-manage-principal`. */
export const INITIAL_MANAGE_PRINCIPALS = ['auto', 'users', 'creator'] as const

/** Who manages a scope that the run creates: see action.yml. */
export type InitialManagePrincipal = (typeof INITIAL_MANAGE_PRINCIPALS)[number]

/** The scope that a run writes to, and whether to create it if it is missing. */
export interface DesiredScope {
  readonly kind: 'scope'
  readonly name: string
  readonly create: boolean
  readonly initialManagePrincipal: InitialManagePrincipal
}

/** The most keys in one scope (Databricks, "Secret management"). */
export const MAX_KEYS = 1_000

/** The largest value in bytes: 128 KB, which is 131,072 bytes in Databricks. */
const MAX_VALUE_BYTES = 131_072

/** The most characters in the name of a scope, and in a key (REST reference). */
export const MAX_NAME_LENGTH = 128

const KEY_TOO_LONG: InputProblem = {
  message: `the key has more than ${MAX_NAME_LENGTH} characters, the limit of a secret scope. Shorten the key or its key-prefix`,
  kind: 'invalid-key',
}

/** The limits of Databricks for a secret scope. */
export const SCOPE_LIMITS: SecretLimits = {
  maxKeys: MAX_KEYS,
  tooMany: (count) =>
    `the map has ${formatNumber(count)} keys, but a scope can contain at most ${formatNumber(MAX_KEYS)}. Use several scopes`,
  maxValueBytes: MAX_VALUE_BYTES,
  tooLarge:
    `the value is larger than ${formatNumber(MAX_VALUE_BYTES)} bytes, the limit of Databricks for one secret. Split it, or ` +
    'store it in a Unity Catalog volume',
  check: ({ key }) => (key.length > MAX_NAME_LENGTH ? [KEY_TOO_LONG] : []),
}

/** What is known of secret scopes. */
export const SCOPE: StoreDefinition = {
  limits: SCOPE_LIMITS,
  label: 'Scope',
  permissionCommands: 'cli',
  listCommand: (name) => [['databricks', 'secrets', 'list-secrets'], [name]],
  readCall: (name, key, isText) =>
    `dbutils.secrets.${isText ? 'get' : 'getBytes'}(scope=${JSON.stringify(name)}, key="${key}")`,
  reference: (name, key) => `{{secrets/${name}/${key}}}`,
}
