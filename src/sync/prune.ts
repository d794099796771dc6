import { formatNumber } from '../format-number.js'
import type { InputLocation } from '../secrets/input-error.js'
import { isKey, normalizeKey } from '../secrets/key.js'
import type { ListedSecret } from '../stores/store.js'
import { SyncError } from '../stores/sync-error.js'
import type { PruneOptions } from './options.js'
import type { Target } from './target.js'

/** The most names that the error of a refused plan lists. */
const MAX_NAMED = 50

/** The existing keys outside the map that prune selects. */
export interface KeysToDelete {
  readonly deletes: readonly string[]
  /** Those that are left alone, because another principal owns or may own them. */
  readonly protectedKeys: readonly ListedSecret[]
}

/**
 * Selects the keys to delete: existing keys that are not in the map (case-insensitive), start with the prefix, are not
 * excluded, and may be pruned. A name that cannot be in a map (`folder/KEY`) was written by another tool and is left alone.
 *
 * @throws {SyncError} if there are more than the limit. The map may be too small by mistake, for example in a job that does
 * not see its secrets.
 */
export function keysToDelete(
  { secrets, neverPruned, store }: Pick<Target, 'secrets' | 'neverPruned' | 'store'>,
  present: readonly ListedSecret[],
  { keyPrefix, exclude, limit }: PruneOptions,
): KeysToDelete {
  const desired = new Set([...secrets.map(({ key }) => key), ...neverPruned].map(normalizeKey))
  const selected = present
    .filter(({ name }) => isKey(name) && !desired.has(normalizeKey(name)))
    .filter(({ name }) => normalizeKey(name).startsWith(normalizeKey(keyPrefix)))
    .filter(({ name }) => !exclude.some(({ matches }) => matches(name)))
  const protectedKeys = selected.filter(({ isProtected }) => isProtected === true)
  const deletes = selected.filter(({ isProtected }) => isProtected !== true).map(({ name }) => name)
  if (deletes.length > limit) throw tooMany(deletes, limit, store.kind)
  return { deletes, protectedKeys }
}

/** The patterns of `prune-exclude` that match no existing key. They may be misspelt, and then they protect nothing. */
export function unmatchedPatterns(
  present: readonly ListedSecret[],
  { exclude }: Pick<PruneOptions, 'exclude'>,
): InputLocation[] {
  return exclude
    .filter(({ matches }) => !present.some(({ name }) => matches(name)))
    .map(({ location }) => location)
}

function tooMany(keys: readonly string[], limit: number, noun: string): SyncError {
  const named = keys.slice(0, MAX_NAMED)
  const more = keys.length > MAX_NAMED ? ` and ${formatNumber(keys.length - MAX_NAMED)} more` : ''
  const one = keys.length === 1
  const areMissing = one ? `1 key of the ${noun} is` : `${formatNumber(keys.length)} keys of the ${noun} are`
  return new SyncError(
    'prune',
    `${areMissing} not in the map, and prune-limit is ${limit}, so nothing was written. To delete ${one ? 'it' : 'them'}, ` +
      `set prune-limit: ${keys.length}. Otherwise, check that all secrets are visible to this job, or add ` +
      `${one ? 'this key' : 'these keys'} to prune-exclude: ${named.join(', ')}${more}.`,
  )
}
