import { getInput } from '@actions/core'

import { readCommentInputs } from './comment.js'
import { readRequestInputs } from './requests.js'
import { chooseAuthMethod, type AuthMethod } from '../databricks/auth/choose-auth-method.js'
import type { AuthSetting, AuthSettings } from '../databricks/auth/auth-settings.js'
import { HostError, isWorkspaceId, parseHost, type WorkspaceHost } from '../databricks/host.js'
import type { SchedulerOptions } from '../databricks/http/request-scheduler.js'
import type { InputError } from '../secrets/input-error.js'
import { isDefault, type InputName } from './known-inputs.js'
import { findMisspeltInputs } from './misspelt-inputs.js'
import { readPermissionInputs } from './permissions.js'
import { checkProcessEnvironment } from './process-environment.js'
import { readBoolean, readChoice, type AddInputError } from './scalars.js'
import { collectValues, type SecretValue } from '../secret-value.js'
import { MAX_NAME_LENGTH } from '../secrets/key.js'
import { KEY_CASES } from '../secrets/key-naming.js'
import type { MaskedSecret } from '../secrets/masks/mask-plan.js'
import { searchableParts } from '../secrets/masks/masks.js'
import { createPrintableNameCheck } from '../secrets/printable-name-check.js'
import { isCommonPlaceholder } from '../secrets/placeholders.js'
import type { SecretMap } from '../secrets/secret-map.js'
import { readSources, SOURCE_INPUTS, type Sources } from '../secrets/sources.js'
import { readAuthInputs } from './auth.js'
import { readSyncInputs } from './sync.js'
import type { SyncOptions } from '../sync/options.js'
import type { DesiredPermission } from '../sync/permissions.js'
import { INITIAL_MANAGE_PRINCIPALS, type DesiredScope } from '../sync/scope.js'

/** All that a run is told, checked and typed. */
export interface Inputs {
  readonly host: WorkspaceHost
  /** The variables that stand in for `host` and `workspace-id`, as `host from DATABRICKS_HOST`. */
  readonly hostFromVariables: readonly string[]
  /** How to sign in, and with what. */
  readonly auth: AuthMethod & { readonly settings: AuthSettings }
  readonly scheduler: SchedulerOptions
  readonly scope: DesiredScope
  readonly secrets: SecretMap
  readonly options: SyncOptions
  /** Whether the name of a key can be told: it has the form of one, and shows nothing of a value or a credential. */
  readonly isPrintableName: (key: string) => boolean
  /** Who is to have which permission on the scope; empty where the workflow leaves that alone. */
  readonly permissions: readonly DesiredPermission[]
  /** Names of a JSON or dotenv map that were left out: their values are credentials of this run. */
  readonly omitted: readonly string[]
  /** The keys that these names would be: they are not deleted. */
  readonly neverPruned: readonly string[]
  /** Keys whose values look encrypted, or like a reference, and are written as they are. */
  readonly unresolved: readonly string[]
  readonly warnings: readonly string[]
  /** What to ask GitHub with for a comment on the pull request; undefined where none is wanted. */
  readonly commentToken: SecretValue | undefined
}

/** What reading the inputs came to, and what is needed to tell of it safely. */
export interface ParsedInputs {
  /** All that is to be run, or undefined when there is a fault. */
  readonly inputs: Inputs | undefined
  readonly errors: readonly InputError[]
  /** Every value and credential that could be read, errors or not: nothing that is printed may show them. */
  readonly values: readonly SecretValue[]
  /** The same for the runner, which masks them: to be registered before anything is printed. */
  readonly masked: { readonly secrets: readonly MaskedSecret[]; readonly credentials: readonly SecretValue[] }
  /** Whether to write the job summary. */
  readonly summary: boolean
  /** Whether to write nothing. */
  readonly dryRun: boolean
}

/**
 * Reads all inputs, with the variables that stand in for absent ones, and finds everything that is wrong with them.
 * Nothing is printed, and nothing is thrown for what the workflow may have got wrong.
 */
export function readInputs(env: NodeJS.ProcessEnv): ParsedInputs {
  const errors: InputError[] = []
  const warnings: string[] = []
  const addError: AddInputError = (input, message, cause) =>
    void errors.push({ input, message, ...(cause !== undefined && { cause }) })

  errors.push(...findMisspeltInputs(env))
  checkProcessEnvironment(env, addError)
  const hostSettings = {
    pasted: readSetting(env, 'host', 'DATABRICKS_HOST'),
    id: readSetting(env, 'workspace-id', 'DATABRICKS_WORKSPACE_ID'),
  }
  const host = readHost(hostSettings, addError, warnings)
  const { settings, credentials } = readAuthInputs(env, addError)
  const way = chooseAuthMethod(settings, host)
  if ('message' in way) addError(way.input, way.message, way.cause)
  const scope = readScope(addError)
  const keyPrefix = getInput('key-prefix')
  // It would rename every key, and prune would delete the old ones.
  if (getInput('key-case') === '') readChoice('key-case', KEY_CASES, addError)
  const options = readSyncInputs(keyPrefix, errors)
  const traffic = readRequestInputs(addError)
  const summary = readBoolean('summary', addError) ?? true
  const comment = readCommentInputs(addError)
  const githubTokens = comment.token === undefined ? [] : [comment.token]
  const {
    entries,
    discarded,
    omitted,
    neverPruned,
    unresolved,
    errors: mapErrors,
  } = readSources(
    {
      ...textsOfSources(),
      include: getInput('include', { trimWhitespace: false }),
      exclude: getInput('exclude', { trimWhitespace: false }),
      'key-strip-prefix': getInput('key-strip-prefix'),
      'key-case': getInput('key-case'),
      'key-prefix': keyPrefix,
    },
    {
      env,
      workspace: workspaceFolder(env),
      credentials,
      unnamed: githubTokens,
      // A report on the ages of keys needs no secrets.
      mayBeEmpty: options.maxAgeDays !== undefined,
      neededBy: NEED_SECRETS.filter((input) => !isDefault(input, getInput(input))),
      prunes: options.prune !== undefined,
    },
  )
  // Not spread into a call: a file may have a million lines that are wrong, and a call has room for some 100,000.
  for (const each of mapErrors) errors.push(each)
  // Not the values: a map of all secrets may well have the host's address among them, or the scope's name.
  const holdsCredential = (text: string): boolean =>
    searchableParts([...credentials, ...githubTokens], text.length).some((piece) => piece.occursIn(text))
  for (const [input, variableName] of [
    ['host', 'DATABRICKS_HOST'],
    ['workspace-id', 'DATABRICKS_WORKSPACE_ID'],
    ['scope', ''],
    ['key-prefix', ''],
  ] as const) {
    if (holdsCredential(getInput(input) || variable(env, variableName))) addError(input, HOLDS_CREDENTIAL)
  }
  // Untrimmed, so that lines are counted from the first.
  const { permissions, errors: permissionErrors } = readPermissionInputs(
    getInput('permissions', { trimWhitespace: false }),
    holdsCredential,
  )
  for (const each of permissionErrors) errors.push(each)

  const maskedSecrets = [...entries, ...discarded.map((value) => ({ value }))].filter(isToBeMasked)
  const maskedCredentials = [...credentials, ...githubTokens]
  const all = [...maskedCredentials, ...maskedSecrets.map(({ value }) => value)]
  const isPrintableName = createPrintableNameCheck(all)
  const complete = host !== undefined && !('message' in way) && scope !== undefined && errors.length === 0
  return {
    inputs: complete
      ? {
          host,
          hostFromVariables: fromVariables(hostSettings, host),
          auth: { ...way, settings },
          scheduler: traffic,
          scope,
          secrets: entries,
          options,
          isPrintableName,
          permissions,
          omitted: omitted.filter(isPrintableName),
          neverPruned,
          unresolved,
          warnings,
          commentToken: comment.wanted ? comment.token : undefined,
        }
      : undefined,
    errors,
    values: all,
    masked: { secrets: maskedSecrets, credentials: maskedCredentials },
    summary,
    dryRun: options.dryRun,
  }
}

/** What makes no sense in a run that only reports ages: a workflow that gives one of them expects secrets. */
const NEED_SECRETS = [
  'initial-manage-principal',
  'key-prefix',
  'if-exists',
  'prune',
  'prune-exclude',
  'prune-limit',
  'permissions',
  'verify',
  'pr-comment',
] as const satisfies readonly InputName[]

/** The inputs that hold values, or say where values are. */
function textsOfSources(): Pick<Sources, (typeof SOURCE_INPUTS)[number]> {
  // Untrimmed: the blanks at the end of the last line belong to its value, and lines are counted from the first.
  return {
    secrets: getInput('secrets', { trimWhitespace: false }),
    'secret-envs': getInput('secret-envs', { trimWhitespace: false }),
    'secret-files': getInput('secret-files', { trimWhitespace: false }),
    'secrets-file': getInput('secrets-file'),
  }
}

/** Relative to where the process is, if the runner does not say: looked up only for paths that are relative, too. */
function workspaceFolder(env: NodeJS.ProcessEnv): string {
  return env['GITHUB_WORKSPACE'] ?? '.'
}

/**
 * Reads the values and credentials and nothing else, for their masks, after {@link readInputs} has failed: each source by
 * itself, so that one that cannot be read keeps no other from it. Throws nothing.
 */
export function readValuesOnly(env: NodeJS.ProcessEnv): ParsedInputs['masked'] {
  const none = { include: '', exclude: '', 'key-strip-prefix': '', 'key-case': 'keep', 'key-prefix': '' }
  const noSource = { secrets: '', 'secret-envs': '', 'secret-files': '', 'secrets-file': '' }
  const context = { env, workspace: workspaceFolder(env), credentials: [] }
  const ignore = (): void => undefined
  const values = SOURCE_INPUTS.flatMap((source) =>
    collectValues(() => readSources({ ...none, ...noSource, [source]: textsOfSources()[source] }, context)),
  )
  return {
    secrets: values.map((value) => ({ value })).filter(isToBeMasked),
    credentials: [() => readAuthInputs(env, ignore), () => readCommentInputs(ignore)].flatMap(collectValues),
  }
}

/** False for what is refused as no secret: as masks, these would garble the very messages that say so. */
function isToBeMasked({ value }: MaskedSecret): boolean {
  return !value.isOnly('=') && !isCommonPlaceholder(value)
}

const HOLDS_CREDENTIAL =
  'contains what this run signs in with, and would show it. Check that no two inputs have changed places'

const NO_HOST =
  'not set. Give the address of the workspace, or set the variable DATABRICKS_HOST; a variable of the ' +
  'repository is read by the expression vars.DATABRICKS_HOST'

/** What says which workspace is meant; undefined where neither the input nor its variable is set. */
interface HostSettings {
  readonly pasted: AuthSetting<string> | undefined
  readonly id: AuthSetting<string> | undefined
}

function fromVariables({ pasted, id }: HostSettings, { workspaceId }: WorkspaceHost): string[] {
  const isIdUsed = id !== undefined && id.value === workspaceId
  return [
    ...(pasted?.from === 'variable' ? [`host from ${pasted.source}`] : []),
    ...(isIdUsed && id.from === 'variable' ? [`workspace-id from ${id.source}`] : []),
  ]
}

function readHost(
  { pasted, id }: HostSettings,
  addError: AddInputError,
  warnings: string[],
): WorkspaceHost | undefined {
  if (id !== undefined && !isWorkspaceId(id.value)) addError(id.source, NO_WORKSPACE_ID)
  if (pasted === undefined) {
    addError('host', NO_HOST, 'not-visible')
    return undefined
  }
  try {
    const host = parseHost(pasted.value)
    if (id === undefined || host.workspaceId === id.value) return host
    // What the step says beats a variable of the job.
    const hostWins = host.workspaceId !== undefined && pasted.from === 'input' && id.from === 'variable'
    if (host.workspaceId !== undefined) {
      warnings.push(
        `${id.source} names another workspace than ${pasted.source}, which names ${host.workspaceId}: the id of ` +
          `${hostWins ? pasted.source : id.source} is used. Take one of them out.`,
      )
    }
    return hostWins ? host : { origin: host.origin, workspaceId: id.value }
  } catch (error) {
    if (!(error instanceof HostError)) throw error
    // A scheme alone stands before a variable that GitHub does not give to this run.
    addError('host', error.message, /^https?:\/*$/i.test(pasted.value) ? 'not-visible' : undefined)
    return undefined
  }
}

const NO_WORKSPACE_ID =
  'not the id of a workspace, which is a number as a rule. Copy what stands behind ?o= or ?w= in the address of the workspace'

function readSetting(env: NodeJS.ProcessEnv, input: string, name: string): AuthSetting<string> | undefined {
  const given = getInput(input)
  if (given !== '') return { value: given, source: input, from: 'input' }
  const value = variable(env, name)
  return value === '' ? undefined : { value, source: name, from: 'variable' }
}

function variable(env: NodeJS.ProcessEnv, name: string): string {
  return env[name]?.trim() ?? ''
}

function readScope(addError: AddInputError): DesiredScope | undefined {
  const name = getInput('scope')
  if (name === '') addError('scope', 'not set. Give the name of the secret scope', 'not-visible')
  if (Array.from(name).length > MAX_NAME_LENGTH)
    addError('scope', `has more than ${MAX_NAME_LENGTH} characters`)
  if (name.includes('##['))
    addError('scope', 'holds two number signs and a square bracket, which the runner takes for a command')
  if (/\p{Cc}/u.test(name))
    addError('scope', 'holds a control character, a line break perhaps. Give one name')

  const create = readBoolean('create-scope', addError)
  const initialManagePrincipal = readChoice('initial-manage-principal', INITIAL_MANAGE_PRINCIPALS, addError)
  return create === undefined || initialManagePrincipal === undefined
    ? undefined
    : { name, create, initialManagePrincipal }
}
