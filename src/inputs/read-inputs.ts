import type { AuthSettings } from '../databricks/auth/auth-settings.js'
import { chooseAuthMethod, type AuthMethod } from '../databricks/auth/choose-auth-method.js'
import type { WorkspaceHost } from '../databricks/host.js'
import type { SchedulerOptions } from '../databricks/http/request-scheduler.js'
import { collectValues, type SecretValue } from '../secret-value.js'
import type { InputError } from '../secrets/input-error.js'
import type { SecretToMask } from '../secrets/masks/mask-plan.js'
import { createPrintableNameCheck } from '../secrets/printable-name-check.js'
import type { SecretMap } from '../secrets/secret-map.js'
import type { SyncOptions } from '../sync/options.js'
import type { DesiredPermission } from '../sync/permissions.js'
import type { DesiredScope } from '../sync/scope.js'
import { readAuthInputs } from './auth.js'
import { readCommentInputs } from './comment.js'
import { checkPrintedInputs, createCredentialCheck } from './credential-check.js'
import { readHostInputs } from './host.js'
import { InputErrors } from './input-errors.js'
import { findMisspeltInputs } from './misspelt-inputs.js'
import { checkNodeEnvironment } from './node-environment.js'
import { readPermissionInputs } from './permissions.js'
import { readRequestInputs } from './requests.js'
import { readBoolean, readLines } from './scalars.js'
import { readScopeInputs } from './scope.js'
import { readSecretInputs, readValuesOfSources, secretsToMask } from './secrets.js'
import { readSyncInputs } from './sync.js'

/** Everything that a run needs, validated and typed. */
export interface Inputs {
  readonly host: WorkspaceHost
  /** The environment variables used for `host` and `workspace-id`, as in `host from DATABRICKS_HOST`. */
  readonly hostFromVariables: readonly string[]
  /** The authentication method and its settings. */
  readonly auth: AuthMethod & { readonly settings: AuthSettings }
  readonly scheduler: SchedulerOptions
  readonly scope: DesiredScope
  readonly secrets: SecretMap
  readonly options: SyncOptions
  /** Whether the name of a key is safe to print: it has the form of a key, and shows no value or credential. */
  readonly isPrintableName: (key: string) => boolean
  /** The permissions to set on the scope; empty if the workflow leaves them alone. */
  readonly permissions: readonly DesiredPermission[]
  /** Names of a JSON or dotenv map that were left out, because their values are credentials of this run. */
  readonly omitted: readonly string[]
  /** The keys of these names: prune does not delete them. */
  readonly neverPruned: readonly string[]
  /** Keys whose values look encrypted or like a reference. They are written unchanged. */
  readonly unresolved: readonly string[]
  readonly warnings: readonly string[]
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
}

/**
 * Reads all inputs, or their environment variables, and finds all input errors. It prints nothing, and throws nothing
 * for a mistake in the workflow.
 */
export function readInputs(env: NodeJS.ProcessEnv): ParsedInputs {
  const errors = new InputErrors()
  const warnings: string[] = []

  errors.addAll(findMisspeltInputs(env))
  checkNodeEnvironment(env, errors)
  const { host, fromVariables } = readHostInputs(env, errors, warnings)
  const { settings, credentials } = readAuthInputs(env, errors)
  const method = chooseAuthMethod(settings, host)
  if ('message' in method) errors.add(method.input, method.message, method.cause)
  const scope = readScopeInputs(errors)
  const options = readSyncInputs(errors)
  const scheduler = readRequestInputs(errors)
  const summary = readBoolean('summary', errors)
  const comment = readCommentInputs(errors)
  const githubTokens = comment.token === undefined ? [] : [comment.token]
  const map = readSecretInputs(env, { credentials, githubTokens }, options, errors)
  const allCredentials = [...credentials, ...githubTokens]
  const containsCredential = createCredentialCheck(allCredentials)
  checkPrintedInputs(env, containsCredential, errors)
  const permissions = readPermissionInputs(readLines('permissions'), containsCredential, errors)

  const secrets = secretsToMask([...map.entries, ...map.onlyMasked.map((value) => ({ value }))])
  const values = [...allCredentials, ...secrets.map(({ value }) => value)]
  const isPrintableName = createPrintableNameCheck(values)
  const isComplete = host !== undefined && !('message' in method) && errors.all.length === 0
  return {
    inputs: isComplete
      ? {
          host,
          hostFromVariables: fromVariables,
          auth: { ...method, settings },
          scheduler,
          scope,
          secrets: map.entries,
          options,
          isPrintableName,
          permissions,
          omitted: map.omitted.filter(isPrintableName),
          neverPruned: map.neverPruned,
          unresolved: map.unresolved,
          warnings,
          commentToken: comment.enabled ? comment.token : undefined,
        }
      : undefined,
    errors: errors.all,
    values,
    masked: { secrets, credentials: allCredentials },
    summary,
    dryRun: options.dryRun,
  }
}

/** Reads only the values and credentials, for their masks, after {@link readInputs} has thrown. Throws nothing. */
export function readValuesOnly(env: NodeJS.ProcessEnv): ParsedInputs['masked'] {
  const ignored = new InputErrors()
  return {
    secrets: secretsToMask(readValuesOfSources(env).map((value) => ({ value }))),
    credentials: [() => readAuthInputs(env, ignored), () => readCommentInputs(ignored)].flatMap(
      collectValues,
    ),
  }
}
