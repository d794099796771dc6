import type { SecretsApi } from '../databricks/secrets-api.js'
import type { CallOptions } from '../databricks/http/request-scheduler.js'
import { isNotFound, WorkspaceError } from '../databricks/workspace-error.js'
import type { SecretEntry } from '../secrets/secret-map.js'
import { mapWithLimit } from './map-with-limit.js'

/** What reading a key's value came to: whether it is the map's, or the error that kept us from knowing. */
export type ReadBack =
  { readonly outcome: 'same' | 'different' } | { readonly outcome: 'unreadable'; readonly error: unknown }

/**
 * Reads the values of these keys from the scope and compares them, byte for byte, with those of the map.
 *
 * The first is read alone, up to its first answer: a workspace that refuses reads refuses them all, and should see one such
 * request rather than a thousand. While it waits to be retried, the others are read, since they may succeed.
 *
 * @param options.optional Whether the run can do without the values: see {@link CallOptions}.
 */
export async function readBack(
  api: SecretsApi,
  scope: string,
  entries: readonly SecretEntry[],
  options: Pick<CallOptions, 'optional'> = {},
): Promise<ReadBack[]> {
  const [first, ...others] = entries
  if (first === undefined) return []
  const reader = async (entry: SecretEntry, onRetry: () => void): Promise<ReadBack> =>
    await readOne(api, scope, entry, { ...options, onRetry })
  let onRetry = (): void => undefined
  const retried = new Promise<undefined>((resolve) => {
    onRetry = () => {
      resolve(undefined)
    }
  })
  const reading = reader(first, onRetry)
  const answer = await Promise.race([reading, retried])
  if (answer?.outcome === 'unreadable' && isRefusal(answer.error)) return entries.map(() => answer)
  const [outcome, rest] = await Promise.all([reading, mapWithLimit(others, reader)])
  return [outcome, ...rest]
}

/** True where the workspace does not let us read: outside of a notebook (`BAD_REQUEST`), or without READ. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof WorkspaceError &&
    (error.hasErrorCode('BAD_REQUEST') || error.hasErrorCode('PERMISSION_DENIED'))
  )
}

async function readOne(
  api: SecretsApi,
  scope: string,
  { key, value }: SecretEntry,
  options: CallOptions,
): Promise<ReadBack> {
  try {
    const stored = await api.getSecret(scope, key, options)
    return { outcome: stored.equals(value) ? 'same' : 'different' }
  } catch (error) {
    // Somebody has deleted it since the keys were listed.
    return isNotFound(error) ? { outcome: 'different' } : { outcome: 'unreadable', error }
  }
}
