import type { CallOptions } from '../databricks/http/request-scheduler.js'
import { isNotFound, WorkspaceError } from '../databricks/workspace-error.js'
import type { SecretEntry } from '../secrets/secret-map.js'
import type { Store } from '../stores/store.js'
import { mapWithLimit } from './map-with-limit.js'

/** Whether a stored value is that of the map, or the error if it could not be read. */
export type ReadBack =
  { readonly outcome: 'same' | 'different' } | { readonly outcome: 'unreadable'; readonly error: unknown }

/**
 * Reads the values of these keys and compares them with the map, byte for byte.
 *
 * The first value is read alone until its first response: a workspace that refuses reads refuses all of them, and should
 * get one such request and not a thousand. If the first read is retried, the others start in the meantime.
 *
 * @param options.optional Whether the run can continue without the values: see {@link CallOptions}.
 */
export async function readBack(
  store: Store,
  entries: readonly SecretEntry[],
  options: Pick<CallOptions, 'optional'> = {},
): Promise<ReadBack[]> {
  const [first, ...others] = entries
  if (first === undefined) return []
  const reader = async (entry: SecretEntry, onRetry: () => void): Promise<ReadBack> =>
    await readOne(store, entry, { ...options, onRetry })
  let onRetry = (): void => undefined
  const retried = new Promise<undefined>((resolve) => {
    onRetry = () => {
      resolve(undefined)
    }
  })
  const reading = reader(first, onRetry)
  const response = await Promise.race([reading, retried])
  if (response?.outcome === 'unreadable' && isRefusedForAll(store, response.error))
    return entries.map(() => response)
  const [outcome, rest] = await Promise.all([reading, mapWithLimit(others, reader)])
  return [outcome, ...rest]
}

function isRefusedForAll(store: Store, error: unknown): boolean {
  return error instanceof WorkspaceError && store.refusesAllReads(error)
}

async function readOne(store: Store, { key, value }: SecretEntry, options: CallOptions): Promise<ReadBack> {
  try {
    const stored = await store.get(key, options)
    return { outcome: stored.equals(value) ? 'same' : 'different' }
  } catch (error) {
    // Deleted since the keys were listed.
    return isNotFound(error) ? { outcome: 'different' } : { outcome: 'unreadable', error }
  }
}
