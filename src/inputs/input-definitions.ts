import { AUTH_TYPES } from '../databricks/auth/auth-methods.js'
import { ALL_APIS } from '../databricks/auth/token-endpoint.js'
import { KEY_CASES } from '../secrets/key-naming.js'
import { IF_EXISTS } from '../sync/options.js'
import { INITIAL_MANAGE_PRINCIPALS, MAX_KEYS } from '../stores/scope.js'

/** What is known about one input of action.yml. */
interface InputDefinition {
  /** The default of action.yml. Its type is the type of the input; undefined is a number without a default. */
  readonly default: string | boolean | number | undefined
  /** The environment variable that is read if the input is empty. */
  readonly variable?: string
  /** The words that the input accepts. */
  readonly choices?: readonly string[]
  /** The smallest and the largest number that the input accepts. */
  readonly min?: number
  readonly max?: number
  /** Whether a number may also be 0, below `min`. */
  readonly orZero?: true
  /** Whether a number may have decimals. */
  readonly decimals?: true
  /** The kinds of targets that the input concerns: a target of the config file has it as a field. None: it concerns the run. */
  readonly target?: 'scope' | 'schema' | 'both'
}

/**
 * Every input, in the order of action.yml: name, default, environment variable, choices and bounds. The runner fills in
 * defaults, so only a comparison with them shows whether the workflow set an input.
 */
export const INPUTS = {
  host: { default: '', variable: 'DATABRICKS_HOST' },
  'workspace-id': { default: '', variable: 'DATABRICKS_WORKSPACE_ID' },
  token: { default: '', variable: 'DATABRICKS_TOKEN' },
  'auth-type': { default: '', variable: 'DATABRICKS_AUTH_TYPE', choices: AUTH_TYPES },
  'client-id': { default: '', variable: 'DATABRICKS_CLIENT_ID' },
  'client-secret': { default: '', variable: 'DATABRICKS_CLIENT_SECRET' },
  'token-audience': { default: '', variable: 'DATABRICKS_TOKEN_AUDIENCE' },
  'oauth-scopes': { default: ALL_APIS },
  'azure-client-id': { default: '', variable: 'ARM_CLIENT_ID' },
  'azure-client-secret': { default: '', variable: 'ARM_CLIENT_SECRET' },
  'azure-tenant-id': { default: '', variable: 'ARM_TENANT_ID' },
  scope: { default: '' },
  schema: { default: '' },
  config: { default: '' },
  'config-variables': { default: '' },
  'create-scope': { default: true, target: 'scope' },
  'initial-manage-principal': { default: 'auto', choices: INITIAL_MANAGE_PRINCIPALS, target: 'scope' },
  secrets: { default: '' },
  'secret-envs': { default: '' },
  'secret-files': { default: '' },
  'secrets-file': { default: '' },
  include: { default: '', target: 'both' },
  exclude: { default: '', target: 'both' },
  'key-strip-prefix': { default: '', target: 'both' },
  'key-case': { default: 'keep', choices: KEY_CASES, target: 'both' },
  'key-prefix': { default: '', target: 'both' },
  'if-exists': { default: 'update', choices: IF_EXISTS, target: 'both' },
  prune: { default: false, target: 'both' },
  'prune-exclude': { default: '', target: 'both' },
  'prune-limit': { default: 10, min: 0, max: MAX_KEYS, target: 'both' },
  permissions: { default: '', target: 'both' },
  'permissions-exact': { default: false, target: 'both' },
  owner: { default: '', target: 'schema' },
  comment: { default: '', target: 'schema' },
  // Ten years.
  'expire-after-days': { default: undefined, min: 1, max: 3_650, target: 'schema' },
  consumers: { default: false, target: 'scope' },
  verify: { default: false, target: 'both' },
  // Ten years.
  'max-age-days': { default: undefined, min: 1, max: 3_650, target: 'both' },
  'dry-run': { default: false },
  concurrency: { default: 16, min: 1, max: 64 },
  // A lower rate would wait for hours between two requests, and would overflow a timer at some point.
  'requests-per-second': { default: 10, min: 0.1, max: 1_000, orZero: true, decimals: true },
  'retry-timeout-seconds': { default: 300, min: 0, max: 3_600 },
  summary: { default: true },
  'pr-comment': { default: false },
  'github-token': { default: '${{ github.token }}' },
} as const satisfies Readonly<Record<string, InputDefinition>>

/** The name of an input, as in action.yml. */
export type InputName = keyof typeof INPUTS

/** The names of the inputs whose definition has these fields. */
export type InputsWith<Fields> = {
  [Name in InputName]: (typeof INPUTS)[Name] extends Fields ? Name : never
}[InputName]

/** The default of an input as action.yml has it: text, and empty if there is none. */
export function defaultText(input: InputName): string {
  return String(INPUTS[input].default ?? '')
}

/**
 * Whether an input has its default. An input that the workflow sets to its default, or to an empty text, looks the same;
 * `True` is `true`. The default of `github-token` is the token of the job. It begins with `ghs_`, like every token of a
 * GitHub App.
 *
 * @param text The text of the input; undefined if the runner did not pass it.
 */
export function isDefault(input: InputName, text = ''): boolean {
  const given = text.trim().toLowerCase()
  if (given === '' || given === defaultText(input)) return true
  return input === 'github-token' && given.startsWith('ghs_')
}
