import { MAX_KEYS, sameKey } from '../secrets/key.js'
import type { SecretEntry, SecretMap } from '../secrets/secret-map.js'
import type { OpenScope } from './scope.js'
import { SyncError } from './sync-error.js'

/** What is to happen with one key of the map. */
export interface PlannedKey {
  readonly entry: SecretEntry
  readonly action: 'create' | 'update'
}

/** What is to happen in the scope, in the order of the map. */
export interface Plan {
  readonly scope: OpenScope
  readonly keys: readonly PlannedKey[]
}

/**
 * Decides what a run does, from the map and from what is in the scope, and from nothing else.
 *
 * @throws {SyncError} when the scope would hold more keys than Databricks takes; nothing has been written then.
 */
export function makePlan(map: SecretMap, scope: OpenScope): Plan {
  const present = new Set(scope.keys.map(sameKey))
  const keys = map.map((entry): PlannedKey => ({
    entry,
    action: present.has(sameKey(entry.key)) ? 'update' : 'create',
  }))
  const after = present.size + keys.filter(({ action }) => action === 'create').length
  if (after > MAX_KEYS) {
    throw new SyncError(
      `The scope "${scope.name}" would hold ${after} keys, and Databricks takes ${MAX_KEYS}. Nothing was put. Delete ` +
        'keys that are no longer used, or name another scope in the input scope.',
    )
  }
  return { scope, keys }
}
