import type { ListedKey } from '../databricks/secrets-api.js'
import { sameKey } from '../secrets/key.js'
import type { SecretMap } from '../secrets/secret-map.js'
import type { PruneOptions } from './options.js'
import { SyncError } from './sync-error.js'

/** As many names are told of a plan that is refused. */
const MAX_NAMED = 50

/**
 * Chooses the keys to delete: those in the scope that the map does not have in any case of letters, but none outside of
 * the prefix and none that is excluded.
 *
 * @throws {SyncError} when they are more than the limit: a map can be small by mistake (a job that does not see its
 * secrets), and then most of a scope would go.
 */
export function keysToDelete(
  map: SecretMap,
  present: readonly ListedKey[],
  { keyPrefix, isExcluded, limit }: PruneOptions,
): string[] {
  const wanted = new Set(map.map(({ key }) => sameKey(key)))
  const keys = present
    .map(({ name }) => name)
    .filter((name) => !wanted.has(sameKey(name)))
    .filter((name) => sameKey(name).startsWith(sameKey(keyPrefix)) && !isExcluded(name))
  if (keys.length > limit) throw tooMany(keys, limit)
  return keys
}

function tooMany(keys: readonly string[], limit: number): SyncError {
  const named = keys.slice(0, MAX_NAMED)
  const more = keys.length > MAX_NAMED ? ` and ${keys.length - MAX_NAMED} more` : ''
  return new SyncError(
    `${keys.length} keys of the scope are not in the map, and prune-limit is ${limit}, so nothing was written. If they ` +
      `are to go, set prune-limit: ${keys.length}; if not, check that this job sees all of its secrets, or name them in ` +
      `prune-exclude. They are: ${named.join(', ')}${more}.`,
  )
}
