import type { SecretToMask } from '../secrets/masks/mask-plan.js'
import type { ReadMapResult, SourceContext } from '../secrets/sources.js'
import { STORES } from '../stores/store-definition.js'
import type { Target } from '../sync/target.js'
import type { InputErrors } from './input-errors.js'
import { stepInputs } from './input-texts.js'
import { readPermissionInputs } from './permissions.js'
import { readSecretInputs } from './secrets.js'
import { readStoreInputs } from './store.js'
import { readSyncInputs } from './sync.js'

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
}

/** Reads the target that the inputs of the step describe, with its secrets, and adds the errors. */
export function readTargets(context: TargetContext, errors: InputErrors): ReadTargets {
  const store = readStoreInputs(stepInputs, context.env, errors)
  const options = readSyncInputs(stepInputs, errors)
  const map = readSecretInputs(stepInputs, options, STORES[store.kind].limits, context, errors)
  const permissions = readPermissionInputs(stepInputs('permissions'), context.containsCredential, errors)
  const { entries, onlyMasked, neverPruned, omitted, unresolved } = map
  return {
    targets: [{ store, secrets: entries, neverPruned, permissions, options }],
    values: [...entries, ...onlyMasked.map((value) => ({ value }))],
    omitted,
    unresolved,
  }
}
