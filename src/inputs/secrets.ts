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
import { stepInputs, type InputTexts } from './input-texts.js'
import { readChoice } from './scalars.js'

/** Reads the map of secrets from all of its inputs, and adds its errors. */
export function readSecretInputs(
  texts: InputTexts,
  { maxAgeDays, prune }: SyncOptions,
  limits: SecretLimits,
  { env, credentials, githubTokens }: Required<Pick<SourceContext, 'env' | 'credentials' | 'githubTokens'>>,
  errors: InputErrors,
): ReadMapResult {
  // Taken as the default, an empty text would rename every key, and prune would delete the old keys.
  if (texts('key-case').trim() === '') readChoice('key-case', errors, texts)
  const sources: Sources = {
    ...readSourceInputs(texts),
    include: texts('include'),
    exclude: texts('exclude'),
    'key-strip-prefix': texts('key-strip-prefix').trim(),
    'key-case': texts('key-case').trim(),
    'key-prefix': texts('key-prefix').trim(),
  }
  const map = readSources(sources, {
    env,
    workspace: workspaceFolder(env),
    credentials,
    githubTokens,
    limits,
    // A report about the ages of keys needs no secrets.
    mayBeEmpty: maxAgeDays !== undefined,
    neededBy: REQUIRE_SECRETS.filter((input) => !isDefault(input, texts(input))),
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
    collectValues(() => readSources({ ...none, [source]: readSourceInputs(stepInputs)[source] }, context)),
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
  'owner',
  'comment',
  'expire-after-days',
  'verify',
  'pr-comment',
] as const satisfies readonly InputName[]

/** The inputs that contain values or name their places. Blanks at the end of a line belong to its value. */
function readSourceInputs(texts: InputTexts): Pick<Sources, (typeof SOURCE_INPUTS)[number]> {
  return {
    secrets: texts('secrets'),
    'secret-envs': texts('secret-envs'),
    'secret-files': texts('secret-files'),
    'secrets-file': texts('secrets-file').trim(),
  }
}

/** The folder of relative paths: the working directory if the runner names none. */
function workspaceFolder(env: NodeJS.ProcessEnv): string {
  return env['GITHUB_WORKSPACE'] ?? '.'
}
