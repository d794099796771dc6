import { getInput } from '@actions/core'

import { readComment } from './comment-inputs.js'
import { readClient } from './client-inputs.js'
import { chooseWay, type ChosenWay } from './databricks/auth/choose.js'
import type { Setting, SignInSettings } from './databricks/auth/sign-in-settings.js'
import { HostError, isWorkspaceId, parseHost, type WorkspaceHost } from './databricks/host.js'
import type { TrafficOptions } from './databricks/traffic.js'
import type { Fault } from './fault.js'
import { isDefault, type InputName } from './known-inputs.js'
import { findMisspeltInputs } from './misspelt-inputs.js'
import { readPermissions } from './permissions-input.js'
import { checkProcessEnvironment } from './process-environment.js'
import { readBoolean, readChoice, type ReportFault } from './scalar-inputs.js'
import { valuesReadBy, type SecretValue } from './secret-value.js'
import { MAX_NAME_LENGTH } from './secrets/key.js'
import { KEY_CASES } from './secrets/key-naming.js'
import type { MaskedSecret } from './secrets/mask-plan.js'
import { tellingPieces } from './secrets/masks.js'
import { namable } from './secrets/namable.js'
import { isCommonPlaceholder } from './secrets/placeholders.js'
import type { SecretMap } from './secrets/secret-map.js'
import { readSources, SOURCES, type Sources } from './secrets/sources.js'
import { readSignIn } from './sign-in-inputs.js'
import { readSyncOptions } from './sync-inputs.js'
import type { SyncOptions } from './sync/options.js'
import type { WantedPermission } from './sync/permissions.js'
import { INITIAL_MANAGE_PRINCIPALS, type WantedScope } from './sync/scope.js'

/** All that a run is told, checked and typed. */
export interface Inputs {
  readonly host: WorkspaceHost
  /** The variables that stand in for `host` and `workspace-id`, as `host from DATABRICKS_HOST`. */
  readonly hostFromVariables: readonly string[]
  /** How to sign in, and with what. */
  readonly signIn: ChosenWay & { readonly settings: SignInSettings }
  readonly traffic: TrafficOptions
  readonly scope: WantedScope
  readonly secrets: SecretMap
  readonly options: SyncOptions
  /** Whether the name of a key can be told: it has the form of one, and shows nothing of a value or a credential. */
  readonly canBeNamed: (key: string) => boolean
  /** Who is to have which permission on the scope; empty where the workflow leaves that alone. */
  readonly permissions: readonly WantedPermission[]
  /** Names of a JSON or dotenv map that were left out: their values are credentials of this run. */
  readonly leftOut: readonly string[]
  /** The keys that these names would be: they are not deleted. */
  readonly neverPruned: readonly string[]
  /** Keys whose values look encrypted, or like a reference, and are written as they are. */
  readonly unresolved: readonly string[]
  readonly warnings: readonly string[]
  /** What to ask GitHub with for a comment on the pull request; undefined where none is wanted. */
  readonly commentToken: SecretValue | undefined
}

/** What reading the inputs came to, and what is needed to tell of it safely. */
export interface InputReading {
  /** All that is to be run, or undefined when there is a fault. */
  readonly inputs: Inputs | undefined
  readonly faults: readonly Fault[]
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
export function readInputs(env: NodeJS.ProcessEnv): InputReading {
  const faults: Fault[] = []
  const warnings: string[] = []
  const fault: ReportFault = (input, message, cause) =>
    void faults.push({ input, message, ...(cause !== undefined && { cause }) })

  faults.push(...findMisspeltInputs(env))
  checkProcessEnvironment(env, fault)
  const hostSettings = {
    pasted: readSetting(env, 'host', 'DATABRICKS_HOST'),
    id: readSetting(env, 'workspace-id', 'DATABRICKS_WORKSPACE_ID'),
  }
  const host = readHost(hostSettings, fault, warnings)
  const { settings, credentials } = readSignIn(env, fault)
  const way = chooseWay(settings, host)
  if ('message' in way) fault(way.input, way.message, way.cause)
  const scope = readScope(fault)
  const keyPrefix = getInput('key-prefix')
  // It would rename every key, and prune would delete the old ones.
  if (getInput('key-case') === '') readChoice('key-case', KEY_CASES, fault)
  const options = readSyncOptions(keyPrefix, faults)
  const traffic = readClient(fault)
  const summary = readBoolean('summary', fault) ?? true
  const comment = readComment(fault)
  const githubTokens = comment.token === undefined ? [] : [comment.token]
  const {
    entries,
    unused,
    leftOut,
    neverPruned,
    unresolved,
    faults: mapFaults,
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
  for (const each of mapFaults) faults.push(each)
  // Not the values: a map of all secrets may well have the host's address among them, or the scope's name.
  const holdsCredential = (text: string): boolean =>
    tellingPieces([...credentials, ...githubTokens], text.length).some((piece) => piece.occursIn(text))
  for (const [input, variableName] of [
    ['host', 'DATABRICKS_HOST'],
    ['workspace-id', 'DATABRICKS_WORKSPACE_ID'],
    ['scope', ''],
    ['key-prefix', ''],
  ] as const) {
    if (holdsCredential(getInput(input) || variable(env, variableName))) fault(input, HOLDS_CREDENTIAL)
  }
  // Untrimmed, so that lines are counted from the first.
  const { permissions, faults: permissionFaults } = readPermissions(
    getInput('permissions', { trimWhitespace: false }),
    holdsCredential,
  )
  for (const each of permissionFaults) faults.push(each)

  const maskedSecrets = [...entries, ...unused.map((value) => ({ value }))].filter(isToBeMasked)
  const maskedCredentials = [...credentials, ...githubTokens]
  const all = [...maskedCredentials, ...maskedSecrets.map(({ value }) => value)]
  const canBeNamed = namable(all)
  const complete = host !== undefined && !('message' in way) && scope !== undefined && faults.length === 0
  return {
    inputs: complete
      ? {
          host,
          hostFromVariables: fromVariables(hostSettings, host),
          signIn: { ...way, settings },
          traffic,
          scope,
          secrets: entries,
          options,
          canBeNamed,
          permissions,
          leftOut: leftOut.filter(canBeNamed),
          neverPruned,
          unresolved,
          warnings,
          commentToken: comment.wanted ? comment.token : undefined,
        }
      : undefined,
    faults,
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
function textsOfSources(): Pick<Sources, (typeof SOURCES)[number]> {
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
export function readValuesAlone(env: NodeJS.ProcessEnv): InputReading['masked'] {
  const none = { include: '', exclude: '', 'key-strip-prefix': '', 'key-case': 'keep', 'key-prefix': '' }
  const noSource = { secrets: '', 'secret-envs': '', 'secret-files': '', 'secrets-file': '' }
  const context = { env, workspace: workspaceFolder(env), credentials: [] }
  const ignore = (): void => undefined
  const values = SOURCES.flatMap((source) =>
    valuesReadBy(() => readSources({ ...none, ...noSource, [source]: textsOfSources()[source] }, context)),
  )
  return {
    secrets: values.map((value) => ({ value })).filter(isToBeMasked),
    credentials: [() => readSignIn(env, ignore), () => readComment(ignore)].flatMap(valuesReadBy),
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
  readonly pasted: Setting<string> | undefined
  readonly id: Setting<string> | undefined
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
  fault: ReportFault,
  warnings: string[],
): WorkspaceHost | undefined {
  if (id !== undefined && !isWorkspaceId(id.value)) fault(id.source, NO_WORKSPACE_ID)
  if (pasted === undefined) {
    fault('host', NO_HOST, 'not-visible')
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
    fault('host', error.message, /^https?:\/*$/i.test(pasted.value) ? 'not-visible' : undefined)
    return undefined
  }
}

const NO_WORKSPACE_ID =
  'not the id of a workspace, which is a number as a rule. Copy what stands behind ?o= or ?w= in the address of the workspace'

function readSetting(env: NodeJS.ProcessEnv, input: string, name: string): Setting<string> | undefined {
  const given = getInput(input)
  if (given !== '') return { value: given, source: input, from: 'input' }
  const value = variable(env, name)
  return value === '' ? undefined : { value, source: name, from: 'variable' }
}

function variable(env: NodeJS.ProcessEnv, name: string): string {
  return env[name]?.trim() ?? ''
}

function readScope(fault: ReportFault): WantedScope | undefined {
  const name = getInput('scope')
  if (name === '') fault('scope', 'not set. Give the name of the secret scope', 'not-visible')
  if (Array.from(name).length > MAX_NAME_LENGTH) fault('scope', `has more than ${MAX_NAME_LENGTH} characters`)
  if (name.includes('##['))
    fault('scope', 'holds two number signs and a square bracket, which the runner takes for a command')
  if (/\p{Cc}/u.test(name)) fault('scope', 'holds a control character, a line break perhaps. Give one name')

  const create = readBoolean('create-scope', fault)
  const initialManagePrincipal = readChoice('initial-manage-principal', INITIAL_MANAGE_PRINCIPALS, fault)
  return create === undefined || initialManagePrincipal === undefined
    ? undefined
    : { name, create, initialManagePrincipal }
}
