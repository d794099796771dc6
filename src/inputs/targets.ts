import type { SecretValue } from '../secret-value.js'
import type { SecretToMask } from '../secrets/masks/mask-plan.js'
import type { InputError } from '../secrets/input-error.js'
import type { ReadMapResult, SourceContext } from '../secrets/sources.js'
import { STORES } from '../stores/store-definition.js'
import type { Target } from '../sync/target.js'
import type { InputErrors } from './input-errors.js'
import { stepInputs } from './input-texts.js'
import { readPermissions } from './permissions.js'
import { readSecretInputs, readValuesOfSources } from './secrets.js'
import { readStoreInputs } from './store.js'
import { readSyncInputs } from './sync.js'

const NO_CONFIG = 'has no effect without config. Name the config file in config, or remove this input'

/** What is needed to read the targets. */
export interface TargetContext extends Required<Pick<SourceContext, 'env' | 'credentials' | 'githubTokens'>> {
  /** Whether a text contains a credential of this run. */
  readonly containsCredential: (text: string) => boolean
}

/** The targets that the inputs describe, and what the sources of their secrets contained. */
export interface ReadTargets extends Pick<ReadMapResult, 'omitted' | 'unresolved'> {
  /** Each target, without what depends on all values of the run. */
  readonly targets: readonly Omit<Target, 'isPrintableName'>[]
  /** All values that could be read, also those of invalid lines. */
  readonly values: readonly SecretToMask[]
  /** What has no effect, in the form of errors. */
  readonly notices: readonly InputError[]
}

/** Reads the target that the inputs of the step describe, or those of the config file, with their secrets. Adds all errors. */
export async function readTargets(context: TargetContext, errors: InputErrors): Promise<ReadTargets> {
  if (stepInputs('config').trim() !== '') {
    const { readConfigTargets } = await import('./config/config-targets.js')
    return readConfigTargets(context, errors)
  }
  if (stepInputs('config-variables').trim() !== '') errors.add('config-variables', NO_CONFIG, 'not-visible')
  const store = readStoreInputs(stepInputs, context.env, errors)
  const options = readSyncInputs(stepInputs, errors)
  const map = readSecretInputs(stepInputs, options, STORES[store.kind].limits, context, errors)
  const permissions = readPermissions(stepInputs, store.kind, context.containsCredential, errors)
  const { entries, onlyMasked, neverPruned, omitted, unresolved } = map
  return {
    targets: [{ store, secrets: entries, neverPruned, permissions, options }],
    values: [...entries, ...onlyMasked.map((value) => ({ value }))],
    omitted,
    unresolved,
    notices: [],
  }
}

/** Reads only the values of all targets, for their masks, after {@link readTargets} has thrown. Throws nothing. */
export async function readValuesOfTargets(env: NodeJS.ProcessEnv): Promise<readonly SecretValue[]> {
  const values = readValuesOfSources(env)
  if (stepInputs('config').trim() === '') return values
  try {
    const { readValuesOfConfig } = await import('./config/config-targets.js')
    return [...values, ...readValuesOfConfig(env)]
  } catch {
    return values
  }
}
