import type { AuthSettings } from '../databricks/auth/auth-settings.js'
import { chooseAuthMethod, type AuthMethod } from '../databricks/auth/choose-auth-method.js'
import type { WorkspaceHost } from '../databricks/host.js'
import type { SchedulerOptions } from '../databricks/http/request-scheduler.js'
import { collectValues, type SecretValue } from '../secret-value.js'
import type { InputError } from '../secrets/input-error.js'
import type { SecretToMask } from '../secrets/masks/mask-plan.js'
import { createPrintableNameCheck } from '../secrets/printable-name-check.js'
import type { Target } from '../sync/target.js'
import { checkClientIds, readAuthInputs } from './auth.js'
import { readCommentInputs } from './comment.js'
import { checkPrintedInputs, createCredentialCheck } from './credential-check.js'
import { readHostInputs } from './host.js'
import { InputErrors } from './input-errors.js'
import { stepInputs } from './input-texts.js'
import { findMisspeltInputs } from './misspelt-inputs.js'
import { checkNodeEnvironment } from './node-environment.js'
import { readRequestInputs } from './requests.js'
import { readBoolean } from './scalars.js'
import { secretsToMask } from './secrets.js'
import { readTargets, readValuesOfTargets } from './targets.js'

/** Everything that a run needs, validated and typed. */
export interface Inputs {
  readonly host: WorkspaceHost
  /** The environment variables used for `host` and `workspace-id`, as in `host from DATABRICKS_HOST`. */
  readonly hostFromVariables: readonly string[]
  /** The authentication method and its settings. */
  readonly auth: AuthMethod & { readonly settings: AuthSettings }
  readonly scheduler: SchedulerOptions
  /** The scopes and schemas to write to. */
  readonly targets: readonly Target[]
  /** Whether to plan only. */
  readonly dryRun: boolean
  /** Names of a JSON or dotenv map that were left out, because their values are credentials of this run. */
  readonly omitted: readonly string[]
  /** Keys whose values look encrypted or like a reference. They are written unchanged. */
  readonly unresolved: readonly string[]
  readonly warnings: readonly string[]
  /** What has no effect in the config file, in the form of errors. */
  readonly notices: readonly InputError[]
  /**
   * The inputs that identify the config file and its variables; undefined without one. With a file, reports name keys as
   * `target/key`.
   */
  readonly config: readonly string[] | undefined
  /** The token for the comment on the pull request; undefined without `pr-comment`. */
  readonly commentToken: SecretValue | undefined
}

/** The result of reading the inputs, with what is needed to report it safely. */
export interface ParsedInputs {
  /** Undefined if there is any error. */
  readonly inputs: Inputs | undefined
  readonly errors: readonly InputError[]
  /** All values and credentials that could be read, also after errors. Nothing that is printed may show them. */
  readonly values: readonly SecretValue[]
  /** The same for the masks. Register them before you print anything. */
  readonly masked: { readonly secrets: readonly SecretToMask[]; readonly credentials: readonly SecretValue[] }
  /** Whether to write the job summary. */
  readonly summary: boolean
  /** Whether to plan only. */
  readonly dryRun: boolean
  /** The comment that says that there is no plan because of the errors; undefined if this run has none. */
  readonly commentAfterErrors: CommentTarget | undefined
}

/** What identifies the comment of this step on a pull request, and the token for it. */
export interface CommentTarget {
  readonly host: WorkspaceHost
  /** See `PullRequestCommentContext`. */
  readonly commentKey: readonly string[]
  readonly token: SecretValue
}

/**
 * Reads all inputs, or their environment variables, and finds all input errors. It prints nothing, and throws nothing
 * for a mistake in the workflow.
 */
export async function readInputs(env: NodeJS.ProcessEnv): Promise<ParsedInputs> {
  const errors = new InputErrors()
  const warnings: string[] = []

  errors.addAll(findMisspeltInputs(env))
  const misspelt = errors.all.length
  checkNodeEnvironment(env, errors)
  const isConnectionSafe = errors.all.length === misspelt
  const { host, fromVariables } = readHostInputs(env, errors, warnings)
  const { settings, credentials } = readAuthInputs(env, errors)
  const method = chooseAuthMethod(settings, host)
  if ('message' in method) errors.add(method.input, method.message, method.cause)
  checkClientIds(settings, 'message' in method ? undefined : method.authType, errors)
  const dryRun = readBoolean('dry-run', errors)
  const scheduler = readRequestInputs(errors)
  const summary = readBoolean('summary', errors)
  const comment = readCommentInputs(errors)
  const githubTokens = comment.token === undefined ? [] : [comment.token]
  const allCredentials = [...credentials, ...githubTokens]
  const containsCredential = createCredentialCheck(allCredentials)
  const read = await readTargets({ env, credentials, githubTokens, containsCredential }, errors)
  checkPrintedInputs(env, containsCredential, errors)

  const secrets = secretsToMask(read.values)
  const values = [...allCredentials, ...secrets.map(({ value }) => value)]
  const isPrintableName = createPrintableNameCheck(values)
  const config = readConfigIdentity()
  const isComplete = host !== undefined && !('message' in method) && errors.all.length === 0
  return {
    inputs: isComplete
      ? {
          host,
          hostFromVariables: fromVariables,
          auth: { ...method, settings },
          scheduler,
          targets: read.targets.map((target) => ({ ...target, isPrintableName })),
          dryRun,
          omitted: read.omitted.filter(isPrintableName),
          unresolved: read.unresolved,
          warnings,
          notices: read.notices,
          config,
          commentToken: comment.enabled ? comment.token : undefined,
        }
      : undefined,
    errors: errors.all,
    values,
    masked: { secrets, credentials: allCredentials },
    summary,
    dryRun,
    commentAfterErrors:
      host !== undefined &&
      comment.enabled &&
      comment.token !== undefined &&
      isConnectionSafe &&
      (dryRun || errors.all.some(({ input }) => input === 'dry-run')) &&
      !errors.all.some(preventsComment)
        ? { host, commentKey: config ?? read.targets.map(({ store }) => store.name), token: comment.token }
        : undefined,
  }
}

/**
 * Whether the comment cannot be written, or may be another one after the error is corrected. Then the comment of this run
 * would stay for ever.
 */
function preventsComment({ input, line }: InputError): boolean {
  return IDENTIFY_COMMENT.has(input) || (input === 'config' && line === undefined)
}

const IDENTIFY_COMMENT = new Set([
  'github-token',
  'host',
  'DATABRICKS_HOST',
  'workspace-id',
  'DATABRICKS_WORKSPACE_ID',
  'scope',
  'schema',
  'config-variables',
  'key-prefix',
])

function readConfigIdentity(): readonly string[] | undefined {
  const path = stepInputs('config').trim()
  return path === '' ? undefined : [path, stepInputs('config-variables').trim()]
}

/** Reads only the values and credentials, for their masks, after {@link readInputs} has thrown. Throws nothing. */
export async function readValuesOnly(env: NodeJS.ProcessEnv): Promise<ParsedInputs['masked']> {
  const ignored = new InputErrors()
  return {
    secrets: secretsToMask((await readValuesOfTargets(env)).map((value) => ({ value }))),
    credentials: [() => readAuthInputs(env, ignored), () => readCommentInputs(ignored)].flatMap(
      collectValues,
    ),
  }
}
