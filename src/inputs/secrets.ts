import { getInput } from '@actions/core'

import { collectValues, type SecretValue } from '../secret-value.js'
import type { SecretToMask } from '../secrets/masks/mask-plan.js'
import { isCommonPlaceholder } from '../secrets/placeholders.js'
import {
  readSources,
  SOURCE_INPUTS,
  type ReadMapResult,
  type SourceContext,
  type Sources,
} from '../secrets/sources.js'
import type { SecretLimits } from '../secrets/secret-limits.js'
import { SCOPE_LIMITS } from '../stores/scope.js'
import type { SyncOptions } from '../sync/options.js'
import { isDefault, type InputName } from './input-definitions.js'
import type { InputErrors } from './input-errors.js'
import { readChoice, readLines } from './scalars.js'

/** The credentials of a run: a JSON or dotenv map is read without them. */
type RunCredentials = Required<Pick<SourceContext, 'credentials' | 'githubTokens'>>

/** Reads the map of secrets from all of its inputs, and adds its errors. */
export function readSecretInputs(
  env: NodeJS.ProcessEnv,
  runCredentials: RunCredentials,
  { maxAgeDays, prune }: SyncOptions,
  limits: SecretLimits,
  errors: InputErrors,
): ReadMapResult {
  // Taken as the default, an empty text would rename every key, and prune would delete the old keys.
  if (getInput('key-case') === '') readChoice('key-case', errors)
  const sources: Sources = {
    ...readSourceInputs(),
    include: readLines('include'),
    exclude: readLines('exclude'),
    'key-strip-prefix': getInput('key-strip-prefix'),
    'key-case': getInput('key-case'),
    'key-prefix': getInput('key-prefix'),
  }
  const map = readSources(sources, {
    env,
    workspace: workspaceFolder(env),
    ...runCredentials,
    limits,
    // A report about the ages of keys needs no secrets.
    mayBeEmpty: maxAgeDays !== undefined,
    neededBy: REQUIRE_SECRETS.filter((input) => !isDefault(input, getInput(input))),
    prunes: prune !== undefined,
  })
  errors.addAll(map.errors)
  return map
}

/**
 * Reads only the values of all sources, for their masks, after the inputs could not be read. Each source is read on its
 * own, so that an error in one does not hide the values of another. Throws nothing.
 */
export function readValuesOfSources(env: NodeJS.ProcessEnv): readonly SecretValue[] {
  const none: Sources = {
    secrets: '',
    'secret-envs': '',
    'secret-files': '',
    'secrets-file': '',
    include: '',
    exclude: '',
    'key-strip-prefix': '',
    'key-case': 'keep',
    'key-prefix': '',
  }
  const context = { env, workspace: workspaceFolder(env), credentials: [], limits: SCOPE_LIMITS }
  return SOURCE_INPUTS.flatMap((source) =>
    collectValues(() => readSources({ ...none, [source]: readSourceInputs()[source] }, context)),
  )
}

/** The values to mask. Common placeholders are left out, because their masks would garble the error messages about them. */
export function secretsToMask(secrets: readonly SecretToMask[]): SecretToMask[] {
  return secrets.filter(({ value }) => !value.isOnly('=') && !isCommonPlaceholder(value))
}

/** The inputs that a run without secrets cannot use: a workflow that sets one of them expects secrets. */
const REQUIRE_SECRETS = [
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

/** The inputs that contain values or name their places. Blanks at the end of a line belong to its value. */
function readSourceInputs(): Pick<Sources, (typeof SOURCE_INPUTS)[number]> {
  return {
    secrets: readLines('secrets'),
    'secret-envs': readLines('secret-envs'),
    'secret-files': readLines('secret-files'),
    'secrets-file': getInput('secrets-file'),
  }
}

/** The folder of relative paths: the working directory if the runner names none. */
function workspaceFolder(env: NodeJS.ProcessEnv): string {
  return env['GITHUB_WORKSPACE'] ?? '.'
}
