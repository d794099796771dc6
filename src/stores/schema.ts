import { formatNumber } from '../format-number.js'
import type { InputProblem } from '../secrets/input-error.js'
import { MAX_KEY_LENGTH } from '../secrets/key.js'
import type { SecretLimits } from '../secrets/secret-limits.js'
import type { SecretEntry } from '../secrets/secret-map.js'
import type { StoreDefinition } from './store-definition.js'
import type { SqlGrant } from './sync-error.js'

/** The schema of Unity Catalog that a run writes to, and what its secrets get. */
export interface DesiredSchema {
  readonly kind: 'schema'
  /** `catalog.schema`, in lower case and without backticks. */
  readonly name: string
  /** The owner of the secrets that this run creates; undefined for the identity of this run. */
  readonly owner: string | undefined
  /** The comment of the secrets that this run writes. */
  readonly comment: string
  /** Whether the comment is the default. Then only new secrets get it. */
  readonly isDefaultComment: boolean
  /** The comments of single secrets, by key. They take precedence. */
  readonly comments?: ReadonlyMap<string, string>
  /** After how many days of 24 hours the secrets end that this run writes; undefined to leave their end unchanged. */
  readonly expireAfterDays: number | undefined
}

/** The most characters in the name of a catalog or a schema (REST reference). */
export const MAX_CATALOG_NAME_LENGTH = 248

/** The largest value in bytes (REST reference: 60 KiB before encryption). */
const MAX_VALUE_BYTES = 61_440

const DOT =
  'the key contains a period, which Unity Catalog does not allow in the name of a secret. Rename the key'

const TOO_LONG =
  `the key has more than ${MAX_KEY_LENGTH} characters, the limit of Unity Catalog for the name of a secret. Shorten the key ` +
  'or its key-prefix'

const NOT_TEXT =
  'the value is not text in UTF-8, and Unity Catalog secrets hold only text. Store its base64 text in an earlier step, and ' +
  'decode it in the notebook with base64.b64decode(dbutils.secrets.get(...))'

/** The limits of Databricks for Unity Catalog secrets. Only the workspace knows how many a schema may have. */
export const SCHEMA_LIMITS: SecretLimits = {
  maxKeys: undefined,
  tooMany: (count) =>
    `the map has ${formatNumber(count)} keys, more than a schema can contain. Use several schemas`,
  maxValueBytes: MAX_VALUE_BYTES,
  tooLarge:
    `the value is larger than ${formatNumber(MAX_VALUE_BYTES)} bytes, the limit of Databricks for one Unity Catalog secret. ` +
    'Split it, or store it in a Unity Catalog volume',
  keysInLowerCase: true,
  check: checkSecret,
}

function checkSecret({ key, value, followsKeyCase }: SecretEntry): InputProblem[] {
  const problems: InputProblem[] = []
  const renamed = followsKeyCase === true ? `${DOT}, for example with key-case: snake` : DOT
  if (key.includes('.')) problems.push({ message: renamed, kind: 'invalid-key' })
  if (key.length > MAX_KEY_LENGTH) problems.push({ message: TOO_LONG, kind: 'invalid-key' })
  if (!value.isText) problems.push({ message: NOT_TEXT, kind: 'invalid-value' })
  return problems
}

/** The two parts of `catalog.schema`. */
export function partsOf(name: string): { readonly catalog: string; readonly schema: string } {
  const [catalog = '', schema = ''] = name.split('.')
  return { catalog, schema }
}

/** What a run needs to create secrets in a schema. */
export function grantsToCreate(name: string): SqlGrant[] {
  return [
    { type: 'catalog', name: partsOf(name).catalog, privileges: 'USE CATALOG' },
    { type: 'schema', name, privileges: 'USE SCHEMA, CREATE SECRET' },
  ]
}

/** What is known of schemas of Unity Catalog. */
export const SCHEMA: StoreDefinition = {
  limits: SCHEMA_LIMITS,
  label: 'Schema',
  permissionCommands: 'sql',
  listCommand: (name) => {
    const { catalog, schema } = partsOf(name)
    const query = `catalog_name=${encodeURIComponent(catalog)}&schema_name=${encodeURIComponent(schema)}`
    return [['databricks', 'api', 'get'], [`/api/2.1/unity-catalog/secrets?${query}`]]
  },
  readCall: (name, key) => {
    const { catalog, schema } = partsOf(name)
    return `dbutils.secrets.get(catalog=${JSON.stringify(catalog)}, schema=${JSON.stringify(schema)}, key="${key}")`
  },
  // Clusters cannot refer to Unity Catalog secrets.
  reference: undefined,
}
