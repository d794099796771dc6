import { existsSync } from 'node:fs'

import { getInput } from '@actions/core'

import { readComment } from './comment-inputs.js'
import { readClient } from './client-inputs.js'
import { chooseWay, type ChosenWay } from './databricks/auth/choose.js'
import type { SignInSettings } from './databricks/auth/sign-in-settings.js'
import { HostError, isWorkspaceId, parseHost, type WorkspaceHost } from './databricks/host.js'
import type { TrafficOptions } from './databricks/traffic.js'
import type { Fault } from './fault.js'
import { readPermissions } from './permissions-input.js'
import { readBoolean, type ReportFault } from './scalar-inputs.js'
import type { SecretValue } from './secret-value.js'
import { MAX_NAME_LENGTH } from './secrets/key.js'
import type { MaskedSecret } from './secrets/mask-plan.js'
import { tellingPieces } from './secrets/masks.js'
import { namable } from './secrets/namable.js'
import type { SecretMap } from './secrets/secret-map.js'
import { readSources } from './secrets/sources.js'
import { readSignIn } from './sign-in-inputs.js'
import { readSyncOptions } from './sync-inputs.js'
import type { SyncOptions } from './sync/options.js'
import type { WantedPermission } from './sync/permissions.js'
import { INITIAL_MANAGE_PRINCIPALS, type WantedScope } from './sync/scope.js'

/** All that a run is told, checked and typed. */
export interface Inputs {
  readonly host: WorkspaceHost
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

  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') {
    fault('NODE_TLS_REJECT_UNAUTHORIZED', TLS_CHECKS_OFF)
  }
  const certificates = env['NODE_EXTRA_CA_CERTS'] ?? ''
  if (certificates !== '' && !existsSync(certificates)) fault('NODE_EXTRA_CA_CERTS', NO_CERTIFICATES)
  const host = readHost(env, fault, warnings)
  if ((env['NODE_DEBUG'] ?? '') !== '') fault('NODE_DEBUG', NODE_DEBUG)
  const { settings, credentials } = readSignIn(env, fault)
  const way = chooseWay(settings, host)
  if ('message' in way) fault(way.input, way.message, way.cause)
  const scope = readScope(fault)
  const keyPrefix = getInput('key-prefix')
  const options = readSyncOptions(keyPrefix, faults)
  const traffic = readClient(fault)
  const summary = readBoolean('summary', fault) ?? true
  const comment = readComment(fault)
  const githubTokens = comment.token === undefined ? [] : [comment.token]
  const {
    entries,
    unused,
    leftOut,
    faults: mapFaults,
  } = readSources(
    {
      // Untrimmed: the blanks at the end of the last line belong to its value, and lines are counted from the first.
      secrets: getInput('secrets', { trimWhitespace: false }),
      'secret-envs': getInput('secret-envs', { trimWhitespace: false }),
      'secret-files': getInput('secret-files', { trimWhitespace: false }),
      'secrets-file': getInput('secrets-file'),
      include: getInput('include', { trimWhitespace: false }),
      exclude: getInput('exclude', { trimWhitespace: false }),
      'key-strip-prefix': getInput('key-strip-prefix'),
      'key-case': getInput('key-case'),
      'key-prefix': keyPrefix,
    },
    {
      env,
      workspace: env['GITHUB_WORKSPACE'] ?? process.cwd(),
      credentials,
      unnamed: githubTokens,
      // A report on the ages of keys needs no secrets.
      mayBeEmpty: options.maxAgeDays !== undefined && options.prune === undefined,
    },
  )
  faults.push(...mapFaults)
  // Not the values: a map of all secrets may well have the host's address among them, or the scope's name.
  const holdsCredential = (text: string): boolean =>
    tellingPieces([...credentials, ...githubTokens], text.length).some((piece) => piece.occursIn(text))
  for (const [input, variableName] of [
    ['host', 'DATABRICKS_HOST'],
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
  faults.push(...permissionFaults)

  // A lone `=` is refused as no secret, and as a mask it would garble the very message that says so.
  const maskedSecrets = [...entries, ...unused.map((value) => ({ value }))].filter(
    ({ value }) => !value.isOnly('='),
  )
  const maskedCredentials = [...credentials, ...githubTokens]
  const all = [...maskedCredentials, ...maskedSecrets.map(({ value }) => value)]
  const canBeNamed = namable(all)
  const complete = host !== undefined && !('message' in way) && scope !== undefined && faults.length === 0
  return {
    inputs: complete
      ? {
          host,
          signIn: { ...way, settings },
          traffic,
          scope,
          secrets: entries,
          options,
          canBeNamed,
          permissions,
          leftOut: leftOut.filter(canBeNamed),
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

const TLS_CHECKS_OFF =
  'set to 0, so any host could take the place of the workspace. Take it out, and for a private certificate authority ' +
  'set NODE_EXTRA_CA_CERTS to its certificate'

const NODE_DEBUG =
  'set, so Node would write requests with their credentials to the log, ahead of any mask. Take it out'

const HOLDS_CREDENTIAL =
  'contains what this run signs in with, and would show it. Check that no two inputs have changed places'

const NO_CERTIFICATES =
  'there is no such file, so the certificates in it are not trusted. Check the path, and that an earlier step has made it'

const NO_HOST =
  'not set. Give the address of the workspace, or set the variable DATABRICKS_HOST; a variable of the ' +
  'repository is read by the expression vars.DATABRICKS_HOST'

function readHost(env: NodeJS.ProcessEnv, fault: ReportFault, warnings: string[]): WorkspaceHost | undefined {
  const workspaceId = readWorkspaceId(env, fault)
  const pasted = getInput('host') || variable(env, 'DATABRICKS_HOST')
  if (pasted === '') {
    fault('host', NO_HOST, 'not-visible')
    return undefined
  }
  try {
    const host = parseHost(pasted)
    if (workspaceId === undefined) return host
    if (host.workspaceId !== undefined && host.workspaceId !== workspaceId.id) {
      warnings.push(
        `${workspaceId.source} names another workspace than the host, which names ${host.workspaceId}: ` +
          `${workspaceId.source} is used. Take one of them out.`,
      )
    }
    return { origin: host.origin, workspaceId: workspaceId.id }
  } catch (error) {
    if (!(error instanceof HostError)) throw error
    fault('host', error.message)
    return undefined
  }
}

function readWorkspaceId(
  env: NodeJS.ProcessEnv,
  fault: ReportFault,
): { id: string; source: string } | undefined {
  const given = getInput('workspace-id')
  const source = given === '' ? 'DATABRICKS_WORKSPACE_ID' : 'workspace-id'
  const id = given || variable(env, 'DATABRICKS_WORKSPACE_ID')
  if (id === '') return undefined
  if (!isWorkspaceId(id))
    fault(source, 'not a number. Copy the digits behind ?o= in the address of the workspace')
  return { id, source }
}

function variable(env: NodeJS.ProcessEnv, name: string): string {
  return env[name]?.trim() ?? ''
}

function readScope(fault: ReportFault): WantedScope | undefined {
  const name = getInput('scope')
  if (name === '') fault('scope', 'not set. Give the name of the secret scope', 'not-visible')
  if (Array.from(name).length > MAX_NAME_LENGTH) fault('scope', `has more than ${MAX_NAME_LENGTH} characters`)
  if (name.includes('##[')) fault('scope', 'holds "##[", which the runner takes for a command')
  if (/\p{Cc}/u.test(name)) fault('scope', 'holds a control character, a line break perhaps. Give one name')

  const create = readBoolean('create-scope', fault)
  const principal = getInput('initial-manage-principal')
  const initialManagePrincipal = INITIAL_MANAGE_PRINCIPALS.find((each) => each === principal)
  if (initialManagePrincipal === undefined) {
    fault('initial-manage-principal', 'must be auto, users or creator')
  }
  return create === undefined || initialManagePrincipal === undefined
    ? undefined
    : { name, create, initialManagePrincipal }
}
