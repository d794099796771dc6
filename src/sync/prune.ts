import type { ListedKey } from '../databricks/secrets-api.js'
import type { InputLocation } from '../secrets/input-error.js'
import { isKey, normalizeKey } from '../secrets/key.js'
import type { PruneOptions } from './options.js'
import { SyncError } from './sync-error.js'
import type { DesiredState } from './desired-state.js'

/** As many names are told of a plan that is refused. */
const MAX_NAMED = 50

/**
 * Chooses the keys to delete: those in the scope that the map does not have in any case of letters, but none outside of
 * the prefix, none that is excluded, and none that is never to be pruned. A name that the map cannot have (`folder/KEY`) was
 * written by another tool: it is left alone.
 *
 * @throws {SyncError} when they are more than the limit: a map can be small by mistake (a job that does not see its
 * secrets), and then most of a scope would go.
 */
export function keysToDelete(
  { secrets, neverPruned }: Pick<DesiredState, 'secrets' | 'neverPruned'>,
  present: readonly ListedKey[],
  { keyPrefix, exclude, limit }: PruneOptions,
): string[] {
  const desired = new Set([...secrets.map(({ key }) => key), ...neverPruned].map(normalizeKey))
  const keys = present
    .map(({ name }) => name)
    .filter((name) => isKey(name) && !desired.has(normalizeKey(name)))
    .filter((name) => normalizeKey(name).startsWith(normalizeKey(keyPrefix)))
    .filter((name) => !exclude.some(({ matches }) => matches(name)))
  if (keys.length > limit) throw tooMany(keys, limit)
  return keys
}

/**
 * The patterns of `prune-exclude` that match no key of the scope: one that is misspelt does not protect what it was
 * written for.
 */
export function unmatchedPatterns(
  present: readonly ListedKey[],
  { exclude }: Pick<PruneOptions, 'exclude'>,
): InputLocation[] {
  return exclude
    .filter(({ matches }) => !present.some(({ name }) => matches(name)))
    .map(({ location }) => location)
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
